// An order in the customer's presence: hand over, with the money in the same step where it is paid here.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { money } from "omo/web/texts.js";
import { CashFields, givenFrom } from "../base/cash_fields.js";
import { decimalsOf } from "../base/goods.js";
import { html } from "../base/html.js";
import { PaperState, usePaper } from "../base/papers.js";
import { Icon, Pill } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { Answers } from "./check_lane.js";
import { dayAndTime } from "./clocks.js";
import { Head, PlainLines, Who } from "./order_card.js";
import { handOver, leave } from "./visiting.js";
import { placeOf, words } from "./words.js";

function Notice({ tone, title, text }) {
  return html`<div class=${"notice " + tone} role="status"><${Icon} name="alert" /><div><strong>${title}</strong><p>${text}</p></div></div>`;
}

const Close = ({ order, label }) => html`<button type="button" class="btn tap" onClick=${() => leave(order.order)}>${label ?? shared.close}</button>`;

function when(at, where, zone) {
  const time = dayAndTime(at, zone);
  return where ? words.finishedAt(time, placeOf(where)) : time;
}

// Where and when it was closed, from the refusal or from the order itself.
function Closed({ order, finished, zone }) {
  const at = finished?.at ?? order.closed_at;
  const where = finished?.where ?? order.closed_by;
  const title = { done: words.finished, short: words.closedShort }[order.outcome] ?? (finished ? words.finished : words.closedReleased);
  const help = title === words.finished ? words.finishedHelp : words.closedHelp;
  return html`<${Notice} tone="bad" title=${title} text=${[at && when(at, where, zone), finished?.receipt, help].filter(Boolean).join(" · ")} />
    <${PlainLines} order=${order} /><${Close} order=${order} />`;
}

function Done({ order, receipt }) {
  const printed = usePaper(receipt.number, receipt.printed);
  return html`<div class="notice ok" role="status"><${Icon} name="check" /><div><strong>${words.handedOver}</strong><p>${words.receipt} <span class="mono">${receipt.number}</span></p></div></div>
    ${receipt.given_minor > 0 && html`<div class="change"><span>${words.change}</span><output>${money(receipt.change_minor, receipt.currency)}</output></div>`}
    <${PaperState} printed=${printed} /><${Close} order=${order} label=${words.done} />`;
}

function Money({ visitor, isBusy }) {
  const { order } = visitor;
  const [text, setText] = useState("");
  const total = order.due_minor;
  const given = givenFrom(text, total, decimalsOf(order.currency));
  const submit = (event) => {
    event.preventDefault();
    if (given !== null && given >= total) handOver(visitor, given);
  };
  return html`<form class="stack" onSubmit=${submit}>
    <div class="due"><span>${words.payHere}</span><b id="due">${money(total, order.currency)}</b></div>
    <${CashFields} total=${total} currency=${order.currency} text=${text} setText=${setText} onQuick=${(minor) => setText(asText(minor, decimalsOf(order.currency)))} isBusy=${isBusy} />
    <div class="pair"><${Close} order=${order} label=${shared.cancel} /><button class="btn main tap" disabled=${isBusy || given === null || given < total}>${isBusy ? words.booking : words.takeAndHandOver}</button></div>
  </form>`;
}

// 12350 -> "123.50": what the field would hold if it had been typed.
function asText(minor, decimals) {
  const digits = String(minor).padStart(decimals + 1, "0");
  return decimals ? digits.slice(0, -decimals) + "." + digits.slice(-decimals) : digits;
}

// A key that is still held down from the code before must not hand over.
const ignoreHeld = (event) => event.repeat && event.preventDefault();

const isTyping = () => document.activeElement?.matches?.("input:not([type=radio]), textarea") && document.activeElement.value.trim();

function Open({ visitor, isBusy }) {
  const { order, proof } = visitor;
  const button = useRef(null);
  // the money comes next, or the hand-over, unless somebody is in the middle of typing something else
  useLayoutEffect(() => {
    if (!isTyping()) (button.current ?? document.getElementById("given"))?.focus();
  }, [proof]);
  const isProven = Object.keys(proof).length > 0;
  if (!isProven) return html`<${Notice} tone="info" title=${words.proofFirst} text=${words.proofFirstHelp} /><${PlainLines} order=${order} /><${Close} order=${order} />`;
  return html`${order.stage !== "ready" && html`<${Notice} tone="warn" title=${words.notPicked} text=${words.notPickedHelp} />`}
    <${PlainLines} order=${order} />
    ${visitor.unsure && html`<p class="fault" role="alert">${words.unsure}</p>`}
    ${order.due_minor > 0
      ? html`<${Money} visitor=${visitor} isBusy=${isBusy} />`
      : html`<div class="pair"><${Close} order=${order} label=${shared.cancel} /><button type="button" ref=${button} class="btn main tap" disabled=${isBusy} onKeyDown=${ignoreHeld} onClick=${() => handOver(visitor)}>${isBusy ? words.booking : words.handOver}</button></div>`}`;
}

// After a loss the code proves that it is this customer's order, not that nobody collected it before.
const Unsure = ({ order, sure }) => html`<${Notice} tone="warn" title=${words.checkFirst} text=${words.checkFirstHelp} />
    <${PlainLines} order=${order} /><${Answers} order=${order} sure=${sure} />${sure !== order.order && html`<${Close} order=${order} />`}`;

export function VisitorCard({ visitor, isBusy, zone, sure }) {
  const { order, receipt, finished } = visitor;
  const isClosed = Boolean(finished) || order.stage === "closed";
  const isUnsure = !isClosed && order.unsure;
  return html`<article class="card order here" aria-labelledby=${"o-" + order.order}>
    <${Head} order=${order}>${isUnsure ? html`<${Pill} tone="warn">${words.toCheckShort}</${Pill}>` : !isClosed && html`<${Pill} tone=${order.due_minor > 0 ? "warn" : "ok"}>${order.due_minor > 0 ? words.payHere : words.paidOnline}</${Pill}>`}</${Head}>
    <${Who} order=${order} />
    ${receipt ? html`<${Done} order=${order} receipt=${receipt} />` : isClosed ? html`<${Closed} order=${order} finished=${finished} zone=${zone} />` : isUnsure ? html`<${Unsure} order=${order} sure=${sure} />` : html`<${Open} visitor=${visitor} isBusy=${isBusy} />`}
  </article>`;
}
