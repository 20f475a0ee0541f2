// The lines of the sale: a table that changes only where something changed.

import { memo } from "./memo.js";
import { money, clock } from "omo/web/texts.js";
import { html } from "../base/html.js";
import { nameIn } from "../base/goods.js";
import { inCases, inUnits, per } from "../base/quantities.js";
import { Icon, Mark } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { changeBy, dropLine } from "./acts.js";
import { focusField } from "./scan_field.js";
import { till } from "./state.js";
import { words } from "./words.js";

// Amounts in a column need no sign before each.
const plain = (minor, currency) => money(minor, currency).replace(/^[^\d\u2212]+/, "");

function Stock({ line, since, zone }) {
  if (line.qty > line.free) return html`<span class="stock warn"><${Mark} tone="warn" />${words.freeOnly(inUnits(Math.max(0, line.free), line))}</span>`;
  const free = inUnits(line.free, line);
  const text = since ? words.freeAsOf(free, clock(since, zone)) : words.free(free);
  return html`<span class="stock">${text}</span>`;
}

// What a label weighed stays as it is: it has no steps.
function Steps({ line }) {
  const name = nameIn(line.names);
  const act = (change) => () => {
    change();
    focusField();
  };
  return html`<span class="steps-of">
    <button type="button" class="btn step" aria-label=${words.less + " " + name} onClick=${act(() => changeBy(line, -1))}>−</button>
    <b>${inUnits(line.qty, line)}</b>
    <button type="button" class="btn step" aria-label=${words.more + " " + name} onClick=${act(() => changeBy(line, 1))}>+</button>
  </span>`;
}

// On a phone the steps stand below their line.
function PhoneSteps({ line }) {
  const drop = () => {
    dropLine(line.line);
    focusField();
  };
  return html`<tr class="last phone-row"><td colspan="3">${!line.is_measured && html`<${Steps} line=${line} />`}<button type="button" class="btn tap" onClick=${drop}>${words.removeLine}</button></td></tr>`;
}

function Row({ line, isMarked, currency, since, zone }) {
  const mark = () => till.set({ marked: line.line });
  const hasSteps = isMarked && !line.is_measured;
  const price = plain(line.unit_minor, currency) + per(line);
  return html`<tr class=${isMarked ? "last" : ""} aria-current=${isMarked ? "true" : undefined} data-line=${line.line} onClick=${mark}>
    <th scope="row">${nameIn(line.names)}<span class="sub"><span>${line.gtin || line.sku}</span><span class="phone-only">${price}</span>${line.is_label_price && html`<span>${shared.labelPrice}</span>`}${line.cases?.length > 0 && html`<b class="cases">${inCases(line.qty, line.cases)}</b>`}<${Stock} line=${line} since=${since} zone=${zone} /></span></th>
    <td class="num phone-hide">${price}</td>
    <td class="num qty">${hasSteps && html`<${Steps} line=${line} />`}<span class=${hasSteps ? "phone-only" : ""}>${inUnits(line.qty, line)}</span></td>
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

