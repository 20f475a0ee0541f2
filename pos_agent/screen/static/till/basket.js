// The lines of the sale: a table that changes only where something changed.

import { memo } from "./memo.js";
import { money, clock } from "omo/web/texts.js";
import { html } from "../base/html.js";
import { nameIn } from "../base/goods.js";
import { Icon, Mark } from "../base/signs.js";
import { changeBy, dropLine } from "./acts.js";
import { per, shownQty } from "./quantities.js";
import { focusField } from "./scan_field.js";
import { till } from "./state.js";
import { words } from "./words.js";

// Amounts in a column need no sign before each.
const plain = (minor, currency) => money(minor, currency).replace(/^[^\d\u2212]+/, "");

function Stock({ line, since, zone }) {
  if (line.qty > line.free) return html`<span class="stock warn"><${Mark} tone="warn" />${words.freeOnly(Math.max(0, line.free))}</span>`;
  const text = since ? words.freeAsOf(line.free, clock(since, zone)) : words.free(line.free);
  return html`<span class="stock">${text}</span>`;
}

function Steps({ line }) {
  const name = nameIn(line.names);
  const act = (change) => () => {
    change();
    focusField();
  };
  return html`<span class="steps-of">
    <button type="button" class="btn step" aria-label=${words.less + " " + name} onClick=${act(() => changeBy(line, -1))}>−</button>
    <b>${shownQty(line)}</b>
    <button type="button" class="btn step" aria-label=${words.more + " " + name} onClick=${act(() => changeBy(line, 1))}>+</button>
  </span>`;
}

// On a phone the steps stand below their line.
function PhoneSteps({ line }) {
  const drop = () => {
    dropLine(line.line);
    focusField();
  };
  return html`<tr class="last phone-row"><td colspan="3"><${Steps} line=${line} /><button type="button" class="btn tap" onClick=${drop}>${words.removeLine}</button></td></tr>`;
}

function Row({ line, isMarked, currency, since, zone }) {
  const mark = () => till.set({ marked: line.line });
  return html`<tr class=${isMarked ? "last" : ""} aria-current=${isMarked ? "true" : undefined} data-line=${line.line} onClick=${mark}>
    <th scope="row">${nameIn(line.names)}<span class="sub"><span>${line.gtin || line.sku}</span><span class="phone-only">${plain(line.unit_minor, currency)}</span><${Stock} line=${line} since=${since} zone=${zone} /></span></th>
    <td class="num phone-hide">${plain(line.unit_minor, currency)}${per(line)}</td>
    <td class="num qty">${isMarked && html`<${Steps} line=${line} />`}<span class=${isMarked ? "phone-only" : ""}>${shownQty(line)}</span></td>
    <td class="num strong">${plain(line.amount_minor, currency)}</td>
  </tr>${isMarked && html`<${PhoneSteps} line=${line} />`}`;
}

const sameRow = (a, b) =>
  a.isMarked === b.isMarked && a.since === b.since && a.line.qty === b.line.qty && a.line.amount_minor === b.line.amount_minor && a.line.free === b.line.free && a.line.sku === b.line.sku;

const SteadyRow = memo(Row, sameRow);

export function Basket({ ticket, marked, since, zone }) {
  if (!ticket.lines.length)
    return html`<div class="blank grow"><${Icon} name="scanner" size=${48} /><h2>${words.empty}</h2><p>${words.emptyHelp}</p></div>`;
  return html`<div class="scroller grow" id="lines" tabindex="0" role="region" aria-label=${words.linesLabel}><table class="table lines">
    <thead><tr><th>${words.goods}</th><th class="num phone-hide">${words.unitPrice}</th><th class="num">${words.quantity}</th><th class="num">${words.amount}</th></tr></thead>
    <tbody>${ticket.lines.map((line) => html`<${SteadyRow} key=${line.line} line=${line} isMarked=${line.line === marked} currency=${ticket.currency} since=${since} zone=${zone} />`)}</tbody>
  </table></div>`;
}

