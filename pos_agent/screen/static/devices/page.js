// Devices: how each one is and what to do, papers that a person must look after, the cash drawer.

import { render } from "preact";
import { useState } from "preact/hooks";
import { clock } from "omo/web/texts.js";
import { get, post } from "../base/api.js";
import { html } from "../base/html.js";
import { LineNotice } from "../base/line_notice.js";
import { livePage } from "../base/live_page.js";
import { note, refused } from "../base/notes.js";
import { Icon, Pill, State } from "../base/signs.js";
import { readStatusSoon, status } from "../base/status.js";
import { createStore, useStore } from "../base/store.js";
import { TopBar, zoneOf } from "../base/top_bar.js";
import { displaySign, printerSign, scannerSign } from "../base/words.js";
import { fates, kinds, todo, words } from "./words.js";

const looked = createStore({ papers: null, has_drawer: false });
const read = () => get("/api/v1/devices").then(looked.set, refused);

function Device({ icon, one, sign: [tone, text] }) {
  return html`<div class="device" data-device=${one.id}><span class="grow"><${Icon} name=${icon} size=${18} /> <strong>${one.id}</strong></span>
    <${Pill} tone=${tone}>${text}</${Pill}>${tone !== "ok" && todo[one.state] && html`<p class="small">${todo[one.state]}</p>`}${tone !== "ok" && one.why && html`<p class="small muted">${one.why}</p>`}</div>`;
}

function Devices({ facts }) {
  const all = [...facts.printers.map((one) => ["printer", one, printerSign(one)]), ...facts.scanners.map((one) => ["scanner", one, scannerSign(one)]), ...facts.displays.map((one) => ["screen", one, displaySign(one)])];
  if (!all.length) return html`<p class="pad muted">${words.none}</p>`;
  return all.map(([icon, one, sign]) => html`<${Device} key=${icon + one.id} icon=${icon} one=${one} sign=${sign} />`);
}

function Paper({ paper, zone }) {
  const [tone, word, help] = fates[paper.state];
  const kind = kinds[paper.kind] ?? paper.kind;
  const decide = async (decision) => {
    try {
      await post(`/api/v1/papers/${encodeURIComponent(paper.id)}/decision`, { decision });
      note("ok", decision === "again" ? words.printing : words.kept, "");
    } catch (problem) {
      refused(problem);
    }
    read();
  };
  const button = (decision, word, look = "") => html`<button type="button" class=${"btn tap " + look} onClick=${() => decide(decision)}>${word}<span class="visually-hidden"> ${kind} ${clock(paper.at, zone)}</span></button>`;
  return html`<article class="paper-card" data-paper=${paper.id}><img src=${`/api/v1/papers/${encodeURIComponent(paper.id)}/picture`} alt=${words.picture(kind)} loading="lazy" />
    <div class="stack tight"><div class="row"><strong>${kind}</strong><span class="muted small num">${clock(paper.at, zone)}</span><span class="muted small">${paper.printer}</span></div>
    <${State} tone=${tone}>${word}</${State}><p class="small">${help}</p>
    ${paper.state !== "queued" && html`<div class="acts">${paper.state === "uncertain" && button("came_out", words.cameOut, "primary")}${button("again", words.again)}${button("left", words.left, "quiet")}</div>`}</div></article>`;
}

function Drawer() {
  const [reason, write] = useState("");
  const open = async (event) => {
    event.preventDefault();
    try {
      await post("/api/v1/drawer", { reason });
      write("");
      note("ok", words.opened, "");
    } catch (problem) {
      refused(problem);
    }
  };
  return html`<section class="card"><header><h2>${words.drawer}</h2></header><form class="pad stack tight" onSubmit=${open}><p class="small" id="drawer-help">${words.drawerHelp}</p>
    <label class="field"><span>${words.why}</span><input class="input" name="reason" value=${reason} minlength="2" maxlength="200" required aria-describedby="drawer-help" onInput=${(event) => write(event.target.value)} /></label>
    <button class="btn tap" disabled=${reason.trim().length < 2}>${words.open}</button></form></section>`;
}

function Page() {
  const facts = useStore(status);
  const shown = useStore(looked);
  return html`<${TopBar} /><${LineNotice} facts=${facts} /><main id="main" class="page narrow" tabindex="-1"><div class="stack"><h1>${words.title}</h1>
    <section class="card" aria-label=${words.title}><${Devices} facts=${facts} />${facts.staff?.role === "manager" && html`<footer><a class="btn tap" href="/setup-devices"><${Icon} name="settings" />${words.setUp}</a></footer>`}</section>
    <section class="card" id="papers"><header><h2>${words.papers}</h2></header>
      ${shown.papers && (shown.papers.length ? shown.papers.map((paper) => html`<${Paper} key=${paper.id + paper.state} paper=${paper} zone=${zoneOf(facts)} />`) : html`<p class="pad muted">${words.noPapers}</p>`)}</section>
    ${shown.has_drawer && facts.staff?.role === "manager" && html`<${Drawer} />`}
  </div></main>`;
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Page} />`, root);
const changed = () => {
  readStatusSoon();
  read();
};
livePage({ devices: changed }, read, "status");
