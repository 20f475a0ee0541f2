// Orders that lie ready, and closed ones whose goods have to go back to the shelf.

import { useState } from "preact/hooks";
import { html } from "../base/html.js";
import { nameIn } from "../base/goods.js";
import { Icon } from "../base/signs.js";
import { BagLabel } from "./bag_label.js";
import { Kept } from "./clocks.js";
import { Head, PlainLines, Who } from "./order_card.js";
import { step } from "./state.js";
import { receive } from "./visiting.js";
import { words } from "./words.js";

// A judgement needs its reason; the agent checks the role.
function Reason({ id, label, help, button, tone, onGive }) {
  const [text, setText] = useState("");
  const submit = (event) => {
    event.preventDefault();
    if (text.trim()) onGive(text.trim());
  };
  return html`<form class="field reason" onSubmit=${submit}><label for=${id}>${label}</label><p class="small muted">${help}</p>
    <input id=${id} class="input" maxlength="200" required value=${text} onInput=${(event) => setText(event.target.value)} />
    <button class=${"btn tap " + tone} disabled=${!text.trim()}>${button}</button></form>`;
}

function More({ order }) {
  return html`<div class="stack">
    <${PlainLines} order=${order} />
    <${BagLabel} order=${order} />
    <${Reason} id=${"w-" + order.order} label=${words.withoutCodeWhy} help=${words.managerOnly} button=${words.withoutCode} tone="" onGive=${(reason) => receive(order, { override: { reason } })} />
    <${Reason} id=${"r-" + order.order} label=${words.releaseWhy} help=${words.releaseHelp} button=${words.release} tone="danger" onGive=${(why) => step(order, "release", { why })} />
  </div>`;
}

// Closed it is two lines; opened it shows the goods and the two judgements a manager may make.
const Card = ({ order, now, zone }) => html`<article class="card" aria-labelledby=${"o-" + order.order}>
  <details class="more"><summary class="order" title=${words.more}>
    <${Head} order=${order}><${Kept} order=${order} now=${now} zone=${zone} /></${Head}>
    <${Who} order=${order} />
  </summary><${More} order=${order} /></details>
</article>`;

function Back({ order }) {
  return html`<article class="card order back" aria-labelledby=${"o-" + order.order}>
    <${Head} order=${order}><span class="small muted">${words.closedReleased}</span></${Head}>
    <ul class="order-lines">${order.lines.filter((line) => line.to_put_back > 0).map((line) => html`<li key=${line.line}>
      <span class="grow">${nameIn(line.names)} × ${line.to_put_back}<span class="sub">${line.shelf && words.shelf(line.shelf)}</span></span>
      <button type="button" class="btn tap" aria-label=${words.putBackOne + ": " + nameIn(line.names)} onClick=${() => step(order, "put-back", { line: line.line })}>${words.putBackOne}</button></li>`)}</ul>
  </article>`;
}

export function ReadyLane({ orders, back, now, zone }) {
  return html`<section class="lane" aria-labelledby="lane-ready"><h2 id="lane-ready">${words.ready} <span class="count">${orders.length}</span></h2>
    ${!orders.length && html`<div class="blank card"><${Icon} name="box" size=${48} /><h3>${words.nothingReady}</h3><p>${words.nothingReadyHelp}</p></div>`}
    ${orders.map((order) => html`<${Card} key=${order.order} order=${order} now=${now} zone=${zone} />`)}
    ${back.length > 0 && html`<h2 class="later">${words.putBack} <span class="count">${back.length}</span></h2><p class="small muted">${words.putBackHelp}</p>`}
    ${back.map((order) => html`<${Back} key=${order.order} order=${order} />`)}
  </section>`;
}
