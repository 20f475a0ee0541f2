// Orders that the hub told after a loss: nobody knows whether they were collected. Somebody looks, then says which.

import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../base/html.js";
import { Icon } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { Head, PlainLines, Who } from "./order_card.js";
import { counter, stagedUnits, verify } from "./state.js";
import { words } from "./words.js";

// A key that is still held down from the button before must not answer the question.
const ignoreHeld = (event) => event.repeat && event.preventDefault();

// That goods are gone is told twice: they leave the books, and the customer's code is dead.
function Sure({ order }) {
  const back = useRef(null);
  useLayoutEffect(() => back.current?.focus(), []);
  return html`<div class="sure" role="group" aria-label=${words.collectedAsk}><p><strong>${words.collectedAsk}</strong></p><p class="small">${words.collectedHelp}</p>
    <div class="pair"><button type="button" ref=${back} class="btn tap" onKeyDown=${ignoreHeld} onClick=${() => counter.set({ sure: null })}>${shared.cancel}</button>
      <button type="button" class="btn danger tap" onKeyDown=${ignoreHeld} onClick=${() => verify(order, true)}>${words.collectedSure}</button></div></div>`;
}

// The two answers. After a question that was taken back, the hands are where they were before.
export function Answers({ order, sure }) {
  const asked = useRef(false);
  const gone = useRef(null);
  const isAsking = sure === order.order;
  useLayoutEffect(() => {
    if (asked.current && !isAsking) gone.current?.focus();
    asked.current = isAsking;
  }, [isAsking]);
  if (isAsking) return html`<${Sure} order=${order} />`;
  return html`<div class="pair"><button type="button" class="btn main tap" data-answer="here" onKeyDown=${ignoreHeld} onClick=${() => verify(order, false)}>${words.stillHere}</button>
    <button type="button" ref=${gone} class="btn tap" onKeyDown=${ignoreHeld} onClick=${() => counter.set({ sure: order.order })}>${words.wasCollected}</button></div>`;
}

function Card({ order, sure }) {
  const staged = stagedUnits(order);
  return html`<article class="card order" aria-labelledby=${"o-" + order.order}>
    <${Head} order=${order}><span class="small muted">${staged ? words.wasStaged(staged) : words.wasNotStaged}</span></${Head}>
    <${Who} order=${order} /><${PlainLines} order=${order} /><${Answers} order=${order} sure=${sure} />
  </article>`;
}

export function CheckLane({ orders, sure, visitors }) {
  if (!orders.length) return null;
  // a customer's order is asked about where the customer is
  const here = visitors.map((one) => one.order.order);
  return html`<section class="check" aria-labelledby="lane-check"><header><${Icon} name="alert" /><div><h2 id="lane-check">${words.toCheck} <span class="count">${orders.length}</span></h2><p class="small">${words.toCheckHelp}</p></div></header>
    <div class="check-cards">${orders.filter((one) => !here.includes(one.order)).map((order) => html`<${Card} key=${order.order} order=${order} sure=${sure} />`)}</div></section>`;
}
