// The labels of an order's bags: how many, where they lie, print. A second time they are marked as copies.

import { useState } from "preact/hooks";
import { html } from "../base/html.js";
import { note, refused } from "../base/notes.js";
import { printOnce } from "../base/print_once.js";
import { Icon } from "../base/signs.js";
import { at, place as placeOrder } from "./state.js";
import { words } from "./words.js";

const MOST = 9;
const numbers = Array.from({ length: MOST }, (_, index) => index + 1);

export function BagLabel({ order }) {
  const [place, write] = useState(order.bag?.place ?? "");
  const [bags, count] = useState(order.bag?.bags ?? 1);
  const [isBusy, busy] = useState(false);
  const print = async (event) => {
    event.preventDefault();
    if (isBusy) return;
    busy(true);
    try {
      placeOrder(await printOnce(at(order.order, "bag-label"), { bags, place: place.trim() }));
      note("ok", words.bagsPrinting(bags), order.number);
    } catch (problem) {
      refused(problem);
    }
    busy(false);
  };
  return html`<form class="bag-label" onSubmit=${print}>
    <div class="field"><label class="small" for=${"p-" + order.order}>${words.bagPlace}</label><input id=${"p-" + order.order} class="input" maxlength="12" autocomplete="off" value=${place} onInput=${(event) => write(event.target.value)} /></div>
    <div class="field"><label class="small" for=${"n-" + order.order}>${words.bags}</label><select id=${"n-" + order.order} class="input" value=${bags} onChange=${(event) => count(Number(event.target.value))}>${numbers.map((one) => html`<option value=${one}>${one}</option>`)}</select></div>
    <button class="btn tap" disabled=${isBusy}><${Icon} name="printer" />${order.bag ? words.bagAgain : words.bagPrint}</button></form>`;
}
