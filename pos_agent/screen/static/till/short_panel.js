// The shelf is short: who would be hurt, and the two honest ways on.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../base/html.js";
import { nameIn } from "../base/goods.js";
import { inUnits } from "../base/quantities.js";
import { Icon } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { dropLine, setQuantity } from "./acts.js";
import { backToSale, pay } from "./paying.js";
import { words } from "./words.js";

// What became of the units that are not free: promised to these orders, set aside for the shop, or nowhere on record.
function Orders({ short, left }) {
  const { orders = [], wanted, promised = 0, online = 0 } = short;
  const unknown = wanted - left - promised - online;
  return html`${promised > 0 && html`<p>${words.shortPromised(promised)}</p><ul class="hurt">${orders.map((order) => html`<li class="pill info">${order}</li>`)}</ul>`}
    ${online > 0 && html`<p>${words.shortOnline(online)}</p>`}
    ${unknown > 0 && html`<p>${words.shortUnknown(unknown)}</p>`}`;
}

function Override({ short, isBusy }) {
  const [reason, setReason] = useState("");
  const submit = (event) => {
    event.preventDefault();
    if (reason.trim()) pay(short.givenMinor, reason.trim());
  };
  return html`<form class="stack tight" onSubmit=${submit}>
    <div class="field"><label for="why">${words.overrideWhy}</label>
      <input id="why" class="input" maxlength="200" required autocomplete="off" value=${reason} onInput=${(event) => setReason(event.target.value)} /></div>
    <div class="reasons" role="group" aria-label=${words.reasonsLabel}>${words.reasons.map((text) => html`<button type="button" class="btn" aria-pressed=${String(reason === text)} onClick=${() => setReason(text)}>${text}</button>`)}</div>
    <p class="small muted">${words.overrideNeeds}</p>
    <button class="btn danger big" disabled=${isBusy || !reason.trim()}>${words.override}</button>
  </form>`;
}

export function ShortPanel({ ticket, short, isBusy }) {
  const line = ticket.lines.find((one) => one.sku === short.sku);
  const left = Math.max(0, short.left ?? 0);
  const fewer = line?.is_measured ? 0 : left; // nobody cuts a weighed piece to what is left
  const reduce = async () => {
    backToSale();
    if (line) await (fewer ? setQuantity(line.line, fewer) : dropLine(line.line));
  };
  const panel = useRef(null);
  // not a button: the Enter that asked for the money may still be down
  useLayoutEffect(() => panel.current.focus({ preventScroll: true }), []);
  return html`<section class="card pad stack short" ref=${panel} tabindex="-1" aria-label=${words.shortTitle}>
    <div class="notice warn" role="alert"><${Icon} name="alert" /><div><strong>${words.shortTitle}</strong>
      <p>${line && nameIn(line.names)} · ${line ? words.shortSentence(inUnits(short.wanted, line), inUnits(left, line)) : words.shortSentence(short.wanted, left)}</p></div></div>
    <${Orders} short=${short} left=${left} />
    <button type="button" class="btn main big" onClick=${reduce}>${fewer ? words.shortReduce(inUnits(fewer, line)) : words.shortDrop}</button>
    <${Override} short=${short} isBusy=${isBusy} />
    <button type="button" class="btn big" onClick=${backToSale}>${shared.cancel} <kbd>Esc</kbd></button>
  </section>`;
}
