// The shelf is short: who would be hurt, and the two honest ways on.

import { useState } from "preact/hooks";
import { html } from "../base/html.js";
import { nameIn } from "../base/goods.js";
import { Icon } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { dropLine, setQuantity } from "./acts.js";
import { backToSale, pay } from "./paying.js";
import { words } from "./words.js";

function Orders({ orders }) {
  if (!orders?.length) return null;
  return html`<p>${words.shortOrders}</p><ul class="hurt">${orders.map((order) => html`<li class="pill info">${order}</li>`)}</ul>`;
}

function Override({ short, isBusy }) {
  const [reason, setReason] = useState(words.reasons[0]);
  const submit = (event) => {
    event.preventDefault();
    if (reason.trim()) pay(short.givenMinor, reason.trim());
  };
  return html`<form class="stack tight" onSubmit=${submit}>
    <div class="field"><label for="why">${words.overrideWhy}</label>
      <input id="why" class="input" list="reasons" maxlength="200" required value=${reason} onInput=${(event) => setReason(event.target.value)} />
      <datalist id="reasons">${words.reasons.map((text) => html`<option value=${text} />`)}</datalist></div>
    <p class="small muted">${words.overrideNeeds}</p>
    <button class="btn danger big" disabled=${isBusy || !reason.trim()}>${words.override}</button>
  </form>`;
}

export function ShortPanel({ ticket, short, isBusy }) {
  const line = ticket.lines.find((one) => one.sku === short.sku);
  const left = Math.max(0, short.left ?? 0);
  const reduce = async () => {
    backToSale();
    if (line) await (left ? setQuantity(line.line, left) : dropLine(line.line));
  };
  return html`<section class="card pad stack short" aria-label=${words.shortTitle}>
    <div class="notice warn" role="alert"><${Icon} name="alert" /><div><strong>${words.shortTitle}</strong>
      <p>${line && nameIn(line.names)} · ${words.shortSentence(short.wanted, left)}</p></div></div>
    <${Orders} orders=${short.orders} />
    <button type="button" class="btn main big" onClick=${reduce}>${left ? words.shortReduce(left) : words.shortDrop}</button>
    <${Override} short=${short} isBusy=${isBusy} />
    <button type="button" class="btn big" onClick=${backToSale}>${shared.cancel} <kbd>Esc</kbd></button>
  </section>`;
}
