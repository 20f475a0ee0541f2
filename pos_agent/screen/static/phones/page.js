// Phones: open a code for one browser, see who is paired, remove one. A code lives five minutes and opens once.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { _, clock, ngettext } from "omo/web/texts.js";
import { get, post, remove } from "../base/api.js";
import { html } from "../base/html.js";
import { LineNotice } from "../base/line_notice.js";
import { livePage } from "../base/live_page.js";
import { note, refused } from "../base/notes.js";
import { Icon, Pill } from "../base/signs.js";
import { status } from "../base/status.js";
import { createStore, useStore } from "../base/store.js";
import { TopBar, zoneOf } from "../base/top_bar.js";
import { words as shared } from "../base/words.js";

const words = {
  title: _("Phones"),
  shut: _("The pages are not open to phones"),
  shutHelp: _("Set open = true under [lan] in agent.toml and start the agent again. Phones then scan with their camera."),
  trouble: _("The pages could not be opened to phones"),
  stale: _("The certificate for phones is not renewed"),
  pairOne: _("Pair a phone"),
  name: _("Name of the phone"),
  where: _("Works at"),
  counter: _("Pickup counter"),
  give: _("Show a code"),
  scanIt: _("Scan this with the phone's camera, or open the address and enter the code."),
  left: (count) => ngettext("Good for %(num)s second more, for one browser.", "Good for %(num)s seconds more, for one browser.", count),
  picture: _("QR code of the address"),
  states: {
    spent: (name) => _("%(name)s is paired", { name }),
    over: () => _("The code is over. Show another one."),
    blocked: () => _("The code was tried too often. Show another one."),
  },
  paired: _("Paired browsers"),
  none: _("No browser is paired yet."),
  seen: (at) => _("last seen %(at)s", { at }),
  takeOff: _("Remove browser"),
  removed: _("Removed. Whoever was signed in on it is out."),
  sure: (name) => _("Remove %(name)s?", { name }),
  trust: _("Fingerprint of the store's certificate"),
  trustHelp: _("Phones warn of the address until they trust this store. Compare the fingerprint there."),
  how: _("How a phone comes to trust this store"),
  atStore: _("Codes are shown at the store's own machine alone."),
};
const facts = createStore({ isRead: false, browsers: [], tills: [], urls: [], pairing: null });
const read = () => get("/api/v1/browsers").then((found) => facts.set({ ...found, isRead: true, readAt: Date.now() }), refused);

const day = (instant, zone) => new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric", timeZone: zone }).format(new Date(instant)) + " " + clock(instant, zone);
const spaced = (code) => code.slice(0, 4) + " " + code.slice(4);

function Code({ pairing, readAt }) {
  const [now, tick] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(0, pairing.left_s - Math.round((now - readAt) / 1000));
  useEffect(() => {
    if (!left) read();
  }, [left === 0]);
  const cancel = () => remove("/api/v1/pairing").then(read, refused);
  return html`<div class="code-box" data-pairing="open"><img src=${pairing.qr} alt=${words.picture} width="240" height="240" />
    <div class="stack tight"><p class="digits">${spaced(pairing.code)}</p><p>${words.scanIt}</p><p class="mono url">${pairing.url.split("#")[0]}</p>
    <p class="small muted">${words.left(left)}</p><button type="button" class="btn tap" onClick=${cancel}>${shared.cancel}</button></div></div>`;
}

function Form({ tills }) {
  const open = async (event) => {
    event.preventDefault();
    const { name, till } = event.target;
    try {
      const pairing = await post("/api/v1/pairing", { name: name.value.trim(), till: till.value });
      facts.set({ pairing, readAt: Date.now() });
    } catch (problem) {
      refused(problem);
    }
  };
  return html`<form class="find-row" onSubmit=${open}>
    <label class="field grow"><span>${words.name}</span><input class="input" name="name" maxlength="40" required autocomplete="off" /></label>
    <label class="field"><span>${words.where}</span><select class="input" name="till">${tills.map((one) => html`<option value=${one}>${shared.tillNo(one)}</option>`)}<option value="">${words.counter}</option></select></label>
    <button class="btn main tap">${words.give}</button></form>`;
}

function PairOne({ state }) {
  const { pairing } = state;
  if (!state.may_pair) return html`<p>${words.atStore}</p>`;
  if (pairing?.state === "open") return html`<${Code} pairing=${pairing} readAt=${state.readAt} key=${pairing.code} />`;
  const told = pairing && words.states[pairing.state](pairing.name);
  return html`${told && html`<p role="status" data-pairing=${pairing.state}><${Pill} tone=${pairing.state === "spent" ? "ok" : "warn"}>${told}</${Pill}></p>`}<${Form} tills=${state.tills} />`;
}

function Browser({ one, zone }) {
  const [asks, ask] = useState(false);
  const off = async () => {
    try {
      await remove(`/api/v1/browsers/${encodeURIComponent(one.id)}`);
      note("ok", words.removed, "");
    } catch (problem) {
      refused(problem);
    }
    read();
  };
  return html`<div class="browser" data-browser=${one.name}><span class="grow"><strong>${one.name}</strong> <span class="muted small">${one.till ? shared.tillNo(one.till) : words.counter} · ${words.seen(day(one.seen_at, zone))}</span></span>
    ${asks ? html`<span>${words.sure(one.name)}</span><button type="button" class="btn tap" onClick=${() => ask(false)}>${shared.cancel}</button><button type="button" class="btn danger tap" onClick=${off}>${words.takeOff}</button>`
      : html`<button type="button" class="btn tap" onClick=${() => ask(true)}>${words.takeOff}<span class="visually-hidden"> ${one.name}</span></button>`}</div>`;
}

const Notice = ({ title, text }) => html`<div class="notice info" role="status"><${Icon} name="alert" /><div><strong>${title}</strong><p>${text}</p></div></div>`;

function Door({ state }) {
  if (!state.is_open) return html`<${Notice} title=${state.problem ? words.trouble : words.shut} text=${state.problem || words.shutHelp} />`;
  return html`${state.problem && html`<${Notice} title=${words.stale} text=${state.problem} />`}<section class="card" id="pairing"><header><h2>${words.pairOne}</h2></header><div class="pad stack tight"><${PairOne} state=${state} /></div></section>
    <section class="card"><header><h2>${words.trust}</h2></header><div class="pad stack tight"><p>${words.trustHelp} <a href="/ca">${words.how}</a></p><p class="mono fingerprint" id="fingerprint">${state.fingerprint}</p></div></section>`;
}

function Page() {
  const here = useStore(status);
  const state = useStore(facts);
  return html`<${TopBar} /><${LineNotice} facts=${here} /><main id="main" class="page narrow phones" tabindex="-1"><div class="stack"><h1>${words.title}</h1>
    ${state.isRead && html`<${Door} state=${state} /><section class="card"><header><h2>${words.paired}</h2></header>
      ${state.browsers.length ? state.browsers.map((one) => html`<${Browser} key=${one.id} one=${one} zone=${zoneOf(here)} />`) : html`<p class="pad muted">${words.none}</p>`}</section>`}
  </div></main>`;
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Page} />`, root);
livePage({ browsers: read }, read, "status");
