// The documents that wait, and the way to count without being asked.

import { GoodsFinder } from "../stock_pages/find_goods.js";
import { useFrozen } from "../stock_pages/frozen.js";
import { html } from "../base/html.js";
import { moment } from "../base/moments.js";
import { Icon, Pill } from "../base/signs.js";
import { begin, open, takeGoods } from "./state.js";
import { words } from "./words.js";

const LATE_MS = 24 * 3600 * 1000;

function Waiting({ one, zone }) {
  const isLate = Date.now() - new Date(one.at) > LATE_MS;
  return html`<li><button type="button" class="btn block tap waiting" onClick=${() => open(one.id)}>
    <span class="grow"><span class="strong">${words.tasks[one.task]} · ${one.number}</span><span class="sub">${[one.partner, one.note, one.own && words.own].filter(Boolean).join(" · ")}</span><span class="sub">${words.askedAt(moment(one.at, zone))}</span></span>
    ${isLate && html`<${Pill} tone="warn">${words.late}</${Pill}>`}<${Pill} tone=${one.found ? "info" : ""}>${words.progress(one.found, one.lines)}</${Pill}></button></li>`;
}

function Begin({ busy }) {
  const { count } = useFrozen();
  return html`<section class="stack" aria-label=${words.begin}><div><h2>${words.begin}</h2><p class="muted">${words.beginHelp}</p></div>
    ${count > 0 && html`<div class="row"><button type="button" class="btn tap" disabled=${busy} onClick=${() => begin({ frozen: true })}>${words.countFrozen}</button></div>`}
    <${GoodsFinder} label=${words.beginLabel} take=${takeGoods} /></section>`;
}

const Blank = () => html`<div class="blank"><${Icon} name="receipt" size=${48} /><h2>${words.empty}</h2><p>${words.emptyHelp}</p></div>`;

export function List({ list, busy, zone }) {
  return html`<section class="card" id="waiting" aria-label=${words.title}>${list.length ? html`<ul class="list">${list.map((one) => html`<${Waiting} key=${one.id} one=${one} zone=${zone} />`)}</ul>` : html`<${Blank} />`}</section>
    <${Begin} busy=${busy} />`;
}
