// One order as a card: its number, its customer (masked), its lines with what is picked.

import { html } from "../base/html.js";
import { nameIn } from "../base/goods.js";
import { inCases } from "../base/quantities.js";
import { Icon } from "../base/signs.js";
import { isPicked, openUnits, unitsOf } from "./state.js";
import { words } from "./words.js";

export function Who({ order, children }) {
  const parts = [order.contact, order.phone_tail && words.tail(order.phone_tail), words.items(unitsOf(order)), order.bag && words.bagsLie(order.bag.bags, order.bag.place)];
  return html`<div class="small muted who">${parts.filter(Boolean).join(" · ")}${children}</div>`;
}

export const Head = ({ order, children }) => html`<div class="order-head"><h3 class="number" id=${"o-" + order.order}>${order.number || order.order.slice(-6)}</h3>${children}</div>`;

function Tick({ line }) {
  const open = openUnits(line);
  if (!open) return html`<span class="tick none">−</span>`;
  return html`<span class=${isPicked(line) ? "tick done" : "tick"}>${isPicked(line) && html`<${Icon} name="check" size=${16} />`}</span>`;
}

// `onPick` makes each unpicked line a place to tap, for goods without a barcode.
export function Lines({ order, onPick }) {
  return html`<ul class="order-lines">
    ${order.lines.map((line) => {
      const open = openUnits(line);
      const isDone = isPicked(line);
      const name = nameIn(line.names);
      return html`<li key=${line.line} class=${isDone ? "done" : ""}>
        <${Tick} line=${line} />
        <span class="grow">${name}<span class="sub">${line.shelf && html`<span>${words.shelf(line.shelf)}</span>`}<span>${line.gtin || line.sku}</span>${line.cases?.length > 0 && html`<b>= ${inCases(openUnits(line), line.cases)}</b>`}${line.short > 0 && html`<span class="stock warn">${words.shortOf(line.short)}</span>`}</span></span>
        <span class="of">${open ? words.pieces(line.picked, open) : ""}</span>
        ${onPick && !isDone && html`<button type="button" class="btn tap one" aria-label=${"+1 " + name} onClick=${() => onPick(line)}>+1</button>`}
      </li>`;
    })}
  </ul>`;
}

export function PlainLines({ order }) {
  return html`<ul class="order-lines">${order.lines.map((line) => {
    const units = openUnits(line) || line.done;
    return html`<li key=${line.line}><span class="grow">${nameIn(line.names)}<span class="sub">${line.shelf && html`<span>${words.shelf(line.shelf)}</span>`}<span>${line.gtin || line.sku}</span>${line.short > 0 && html`<span class="stock warn">${words.shortOf(line.short)}</span>`}</span></span><b class="of">× ${units}</b></li>`;
  })}</ul>`;
}
