// Unknown codes, for managers: what was scanned and not known, what this store said codes are, and the file for HQ.

import { render } from "preact";
import { nameIn } from "../base/goods.js";
import { html } from "../base/html.js";
import { LineNotice } from "../base/line_notice.js";
import { livePage } from "../base/live_page.js";
import { moment } from "../base/moments.js";
import { Icon, Pill } from "../base/signs.js";
import { status } from "../base/status.js";
import { useStore } from "../base/store.js";
import { TopBar, zoneOf } from "../base/top_bar.js";
import { Naming } from "./naming.js";
import { begin, codes, dismiss, readCodes, takeBack } from "./state.js";
import { words } from "./words.js";

const Hidden = ({ text }) => html`<span class="visually-hidden"> ${text}</span>`;

function Unknown({ one, zone }) {
  return html`<li data-code=${one.code}><span class="grow"><b class="mono code">${one.code}</b>
      <span class="sub"><span>${words.seen(one.seen)}</span><span>${words.last(moment(one.last_seen, zone), one.till)}</span><span>${words.hows[one.how]}</span><span>${words.first(moment(one.first_seen, zone))}</span>${one.inside && html`<b>${words.inside(nameIn(one.inside.names))}</b>`}</span></span>
    <span class="acts"><button type="button" class="btn tap" onClick=${() => begin(one)}>${words.nameIt}<${Hidden} text=${one.code} /></button>
      <button type="button" class="btn quiet tap" onClick=${() => dismiss(one)}>${words.dismiss}<${Hidden} text=${one.code} /></button></span></li>`;
}

const saysOtherwise = ({ chain, sku, pieces }) => Boolean(chain) && (chain.sku !== sku || chain.pieces !== pieces);

function Known({ one }) {
  if (!one.chain) return null;
  if (!saysOtherwise(one)) return html`<${Pill} tone="info">${words.known}</${Pill}>`;
  return html`<${Pill} tone="warn">${words.overruled(words.times(nameIn(one.chain.names) || one.chain.sku, one.chain.pieces))}</${Pill}>`;
}

function Overruled({ named }) {
  const count = named.filter(saysOtherwise).length;
  return count > 0 && html`<div class="notice warn" id="overruled" role="status"><${Icon} name="alert" /><div><strong>${words.differ(count)}</strong><p>${words.differHelp}</p></div></div>`;
}

function Named({ one, zone }) {
  return html`<li data-named=${one.code}><span class="grow"><b>${words.times(nameIn(one.names) || one.sku, one.pieces)}</b>
      <span class="sub"><span class="mono code">${one.code}</span><span>${words.by(one.actor, moment(one.at, zone))}</span></span></span>
    <${Known} one=${one} />
    <span class="acts"><button type="button" class="btn quiet tap" onClick=${() => takeBack(one)}>${words.takeBack}<${Hidden} text=${one.code} /></button></span></li>`;
}

const Blank = () => html`<div class="blank"><${Icon} name="check" size=${48} /><h3>${words.none}</h3><p>${words.noneHelp}</p></div>`;

function Unkept({ unkept, zone }) {
  if (!unkept.length) return null;
  return html`<section class="card" id="unkept"><header><h2>${words.unkept}</h2></header><ul class="list">${unkept.map((one) => html`<li><span class="grow">${words.reasons[one.reason]}</span><span class="small muted">${moment(one.last_seen, zone)}</span><b class="num">${one.seen}</b></li>`)}</ul></section>`;
}

function Page() {
  const facts = useStore(status);
  const state = useStore(codes);
  const zone = zoneOf(facts);
  return html`<${TopBar} /><${LineNotice} facts=${facts} /><main id="main" class="page codes" tabindex="-1"><div class="stack"><h1>${words.title}</h1><p>${words.help}</p>
    <${Overruled} named=${state.named} />
    ${state.naming && html`<${Naming} key=${state.naming.id} one=${state.naming} chosen=${state.chosen} />`}
    <section class="card" id="unknown"><header><h2>${words.unknown}</h2></header>
      ${state.isRead && (state.unknown.length ? html`<ul class="list">${state.unknown.map((one) => html`<${Unknown} key=${one.id} one=${one} zone=${zone} />`)}</ul>` : html`<${Blank} />`)}</section>
    <section class="card" id="named"><header><h2>${words.named}</h2></header>
      ${state.named.length ? html`<ul class="list">${state.named.map((one) => html`<${Named} key=${one.id} one=${one} zone=${zone} />`)}</ul>` : html`<p class="pad muted">${words.noneNamed}</p>`}
      <p class="pad small">${words.local}</p></section>
    <${Unkept} unkept=${state.unkept} zone=${zone} />
    <div class="acts file-acts"><a class="btn tap" href="/api/v1/codes.csv" download="codes.csv">${words.file}</a><button type="button" class="btn tap" onClick=${() => print()}>${words.print}</button></div>
  </div></main>`;
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Page} />`, root);
livePage({ codes: readCodes }, readCodes, "status,codes");
