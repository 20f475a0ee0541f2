// The customer's side of a till, for a second screen: what was scanned, what it comes to, the change. It has nothing to
// touch, asks for no sign-in and shows a closed till while nobody works at it.

import { render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { live } from "omo/web/live.js";
import { money } from "omo/web/texts.js";
import { get } from "../base/api.js";
import { nameIn } from "../base/goods.js";
import { html } from "../base/html.js";
import { quantityOf } from "../base/quantities.js";
import { Icon } from "../base/signs.js";
import { createStore, useStore } from "../base/store.js";
import { words } from "./words.js";

const PAID_MS = 30000;
const NOTHING = { state: "idle", lines: [] };
const shown = createStore({ isOpen: false, names: {}, facing: NOTHING });
let timer = 0;

// How long the change stands when nothing follows.
function show(facing) {
  clearTimeout(timer);
  shown.set({ facing, isOpen: true });
  if (facing.state === "paid") timer = setTimeout(() => shown.set({ facing: NOTHING }), PAID_MS);
}

async function read() {
  try {
    const { names, facing } = await get("/api/v1/till/facing");
    if (shown.get().facing.state === "paid" && facing.state === "idle") shown.set({ names, isOpen: true });
    else shown.set({ names }), show(facing);
  } catch {
    close();
  }
}

function close() {
  clearTimeout(timer);
  shown.set({ isOpen: false, facing: NOTHING });
}

const Line = ({ line, currency }) => html`<tr data-line=${line.line}><th scope="row">${nameIn(line.names)}<span class="sub">${quantityOf(line, currency)}</span></th>
  <td class="num strong">${money(line.amount_minor, currency)}</td></tr>`;

function Sale({ facing }) {
  const end = useRef(null);
  useLayoutEffect(() => end.current?.scrollIntoView({ block: "end" }), [facing]);
  return html`<div class="scroller facing-lines" tabindex="0" role="region" aria-label=${words.title}><table class="table"><tbody>${facing.lines.map((line) => html`<${Line} key=${line.line} line=${line} currency=${facing.currency} />`)}</tbody></table><div ref=${end}></div></div>
    <section class="facing-sum" aria-label=${words.toPay}><span class="row spread"><span>${words.toPay}</span><span>${words.items(facing.count)}</span></span>
      <output class="facing-total" id="total" aria-live="polite">${money(facing.total_minor, facing.currency)}</output></section>`;
}

function Paid({ facing }) {
  const { receipt, currency } = facing;
  return html`<section class="facing-middle" aria-label=${words.paid}><${Icon} name="check" size=${72} /><p class="facing-large">${words.paid} ${money(facing.total_minor, currency)}</p>
    ${receipt.tender === "cash" && html`<p>${words.given} ${money(receipt.given_minor, currency)}</p><p class="facing-change"><span>${words.change}</span><output id="change" aria-live="polite">${money(receipt.change_minor, currency)}</output></p>`}
    <p>${words.thanks}</p><p class="small">${words.receipt} <span class="mono">${receipt.number}</span></p></section>`;
}

const Greeting = ({ text, help }) => html`<section class="facing-middle"><${Icon} name="bag" size=${96} /><p class="facing-large">${text}</p>${help && html`<p>${help}</p>`}</section>`;

function Body({ isOpen, facing }) {
  if (!isOpen) return html`<${Greeting} text=${words.closed} help=${words.closedHelp} />`;
  if (facing.state === "sale") return html`<${Sale} facing=${facing} />`;
  if (facing.state === "paid") return html`<${Paid} facing=${facing} />`;
  return html`<${Greeting} text=${words.welcome} />`;
}

function Page() {
  const { isOpen, names, facing } = useStore(shown);
  return html`<main id="main" class="facing" tabindex="-1" data-state=${isOpen ? facing.state : "closed"}><h1>${nameIn(names) || words.title}</h1><${Body} isOpen=${isOpen} facing=${facing} /></main>`;
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Page} />`, root);
// The end of the clerk's session ends the stream; the next one's opens it again.
live("/events?channels=facing", { facing: show, staff: read }, { onState: (state) => (state === "open" ? read() : close()), mark: false });
