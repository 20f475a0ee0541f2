// Reports, for managers: what a till took since its last closing, closing it, and every closing before.

import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { clock } from "omo/web/texts.js";
import { get, post } from "../base/api.js";
import { html } from "../base/html.js";
import { LineNotice } from "../base/line_notice.js";
import { livePage } from "../base/live_page.js";
import { note, refused } from "../base/notes.js";
import { OnPaper } from "../base/on_paper.js";
import { PaperState, usePaper } from "../base/papers.js";
import { status } from "../base/status.js";
import { createStore, useStore } from "../base/store.js";
import { TopBar, zoneOf } from "../base/top_bar.js";
import { newId, printOnce } from "../base/print_once.js";
import { words } from "./words.js";

// till: null = the one signed in at; x: null until read; z: the closing that is shown; wish: the closing under way
const reports = createStore({ till: null, x: null, looks: 0, list: null, z: null, wish: null });
const language = document.documentElement.lang || "zh-CN";
const dayOf = (at, timeZone) => new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric", timeZone }).format(new Date(at));
const pathOf = (id) => `/api/v1/reports/z/${encodeURIComponent(id)}`;
const tillNow = () => reports.get().till ?? status.get().till;
const ofTill = () => (tillNow() ? "?till=" + encodeURIComponent(tillNow()) : "");

// Does it, tells a refusal, and says whether it went well.
async function tried(act) {
  try {
    await act();
    return true;
  } catch (problem) {
    refused(problem);
    return false;
  }
}

const readX = () => tried(async () => reports.set({ x: await get("/api/v1/reports/x" + ofTill()), looks: reports.get().looks + 1 }));
const readList = () => tried(async () => reports.set({ list: (await get("/api/v1/reports/z")).reports }));
const readAll = () => Promise.all([readX(), readList()]);
const show = (id) => tried(async () => reports.set({ z: await get(pathOf(id)), wish: null }));
const told = (word, detail = "") => note("ok", word, detail);

function printX() {
  return tried(async () => {
    await printOnce("/api/v1/reports/x/print", tillNow() ? { till: tillNow() } : {});
    told(words.printing);
  });
}

function reprint(id) {
  return tried(async () => {
    await printOnce(pathOf(id) + "/reprint");
    told(words.reprinting, id);
  });
}

// A new wish for each question; a try that was not answered is sent again with the same one.
const ask = () => reports.set({ wish: newId() });

async function close() {
  const body = { request: reports.get().wish, ...(tillNow() ? { till: tillNow() } : {}) };
  const done = await tried(async () => {
    const z = await post("/api/v1/reports/z", body);
    reports.set({ z, wish: null });
    told(words.closed(z.id));
  });
  if (done) await readAll();
}

function Tills({ tills }) {
  if (tills.length < 2) return null;
  const choose = (event) => {
    reports.set({ till: event.target.value, wish: null });
    readX();
  };
  return html`<label class="field"><span>${words.till}</span><select class="input" name="till" value=${tillNow() ?? tills[0]} onChange=${choose}>${tills.map((till) => html`<option value=${till}>${till}</option>`)}</select></label>`;
}

function Question() {
  const yes = useRef(null);
  const [isBusy, busy] = useState(false);
  useEffect(() => yes.current?.focus(), []);
  const go = async () => {
    if (isBusy) return;
    busy(true);
    await close();
    busy(false);
  };
  return html`<div class="notice warn" role="group" aria-labelledby="ask-close"><div class="stack tight"><h3 id="ask-close">${words.ask(tillNow() ?? "")}</h3><p>${words.askHelp}</p>
    <div class="acts"><button type="button" class="btn main tap" ref=${yes} aria-disabled=${isBusy ? "true" : undefined} onClick=${go}>${words.yes}</button>
    <button type="button" class="btn tap" onClick=${() => reports.set({ wish: null })}>${words.no}</button></div></div></div>`;
}

function Now({ x, looks, wish }) {
  const picture = `/api/v1/reports/x/picture${ofTill() || "?"}${ofTill() ? "&" : ""}look=${looks}`;
  return html`<section class="card pad stack" id="now"><h2>${words.now}</h2><p class="small">${words.nowHelp}</p><${Tills} tills=${x.tills} />
    ${wish ? html`<${Question} />` : html`<div class="acts"><button type="button" class="btn tap" onClick=${readX}>${words.again}</button><button type="button" class="btn tap" onClick=${printX}>${words.print}</button>
      <button type="button" class="btn main tap" onClick=${ask}>${words.close}</button></div>`}
    <${OnPaper} name=${words.now} picture=${picture} text=${x.text} /></section>`;
}

function One({ z }) {
  const head = useRef(null);
  const printed = usePaper(z.id, z.printed, pathOf);
  useEffect(() => head.current?.focus(), [z.id]);
  return html`<section class="card pad stack" id="closing"><h2 class="mono" tabindex="-1" ref=${head}>${z.id}</h2><${PaperState} printed=${printed} />
    <div class="acts"><button type="button" class="btn tap" onClick=${() => reprint(z.id)}>${words.reprint}</button><button type="button" class="btn tap" onClick=${() => reports.set({ z: null })}>${words.back}</button></div>
    <${OnPaper} name=${z.id} picture=${pathOf(z.id) + "/picture"} text=${z.text} /></section>`;
}

function Past({ list, shown, zone }) {
  return html`<section class="card" id="past"><header><h2>${words.past}</h2></header>
    ${list?.length ? html`<ul class="list">${list.map((one) => html`<li key=${one.id}><button type="button" class="btn quiet" aria-pressed=${shown === one.id ? "true" : "false"} onClick=${() => show(one.id)}><span class="mono">${one.id}</span><span class="small muted num">${dayOf(one.at, zone)} ${clock(one.at, zone)} · ${words.receipts(one.receipts)}</span></button></li>`)}</ul>` : html`<p class="pad muted">${words.none}</p>`}</section>`;
}

function Page() {
  const facts = useStore(status);
  const { x, looks, list, z, wish } = useStore(reports);
  return html`<${TopBar} /><${LineNotice} facts=${facts} /><main id="main" class="page" tabindex="-1"><div class="stack"><h1>${words.title}</h1>
    <div class="reports">${z ? html`<${One} z=${z} />` : x && html`<${Now} x=${x} looks=${looks} wish=${wish} />`}<${Past} list=${list} shown=${z?.id} zone=${zoneOf(facts)} /></div></div></main>`;
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Page} />`, root);
livePage({}, readAll, "status");
