// Set up devices, for managers: what is set up, what can be found, and a form to try and keep one.

import { render } from "preact";
import { useState } from "preact/hooks";
import { html } from "../base/html.js";
import { LineNotice } from "../base/line_notice.js";
import { livePage } from "../base/live_page.js";
import { note } from "../base/notes.js";
import { Icon, Pill } from "../base/signs.js";
import { readStatusSoon, status } from "../base/status.js";
import { useStore } from "../base/store.js";
import { TopBar } from "../base/top_bar.js";
import { displaySign, printerSign, scannerSign, words as shared } from "../base/words.js";
import { DeviceForm } from "./form.js";
import { find, newDisplay, newPrinter, newScanner, openForm, read, readTrial, remove, state } from "./state.js";
import { words } from "./words.js";

const sure = { printer: words.sure, scanner: words.sureScanner, display: words.sureDisplay };

function Device({ kind, one, why, sign: [tone, text] }) {
  const [isAsked, ask] = useState(false);
  const name = html`<span class="visually-hidden"> ${one.id}</span>`;
  const gone = async () => {
    ask(false);
    if (await remove(kind, one.id)) note("ok", words.removed, one.id);
  };
  return html`<div class="one" data-device=${one.id}><span class="grow"><strong>${one.id}</strong><span class="small muted">${one.uri}</span>${tone !== "ok" && why && html`<span class="small">${why}</span>`}</span><${Pill} tone=${tone}>${text}</${Pill}>
    <span class="acts"><button type="button" class="btn tap" onClick=${() => openForm(kind, one, false)}>${words.edit}${name}</button><button type="button" class="btn tap quiet" aria-expanded=${String(isAsked)} onClick=${() => ask(!isAsked)}>${words.remove}${name}</button></span>
    ${isAsked && html`<div class="stack tight" role="alert"><p>${sure[kind]}</p><div class="acts"><button type="button" class="btn tap danger" onClick=${gone}>${words.remove}${name}</button><button type="button" class="btn tap" onClick=${() => ask(false)}>${shared.cancel}</button></div></div>`}</div>`;
}

function List({ kind, title, none, add, addWord, all, shown, signOf, icon }) {
  const shownOf = (one) => shown.find(({ id }) => id === one.id) ?? { ...one, state: "unknown" };
  return html`<section class="card" id=${kind + "s"}><header><h2><${Icon} name=${icon} size=${18} /> ${title}</h2></header>
    ${all.length ? all.map((one) => html`<${Device} key=${one.id} kind=${kind} one=${one} why=${shownOf(one).why} sign=${signOf(shownOf(one))} />`) : html`<p class="pad muted">${none}</p>`}
    <footer><button type="button" class="btn tap" onClick=${() => add()}><${Icon} name="plus" />${addWord}</button></footer></section>`;
}

// Lines and network addresses may be either; what is printed on is never a scanner, nor a keyboard a printer.
const isPrinter = (one) => one.kind !== "keyboard";
const isScanner = (one) => ["serial", "keyboard"].includes(one.kind);
const isDisplay = (one) => one.kind === "serial";

function Found({ one }) {
  const title = one.name || one.address || one.kind;
  return html`<li class="one"><span class="grow"><strong>${title}</strong>${one.address && one.address !== title && html`<span class="small muted">${one.address}</span>`}${one.trouble && html`<span class="small">${one.trouble}</span>`}</span>
    ${one.id ? html`<${Pill} tone="ok">${words.already(one.id)}</${Pill}>` : one.address && html`<span class="acts">${isPrinter(one) && html`<button type="button" class="btn tap" onClick=${() => newPrinter(one.address)}>${words.use}<span class="visually-hidden"> ${title}</span></button>`}
      ${isScanner(one) && html`<button type="button" class="btn tap" onClick=${() => newScanner(one.address)}>${words.useScanner}<span class="visually-hidden"> ${title}</span></button>`}
      ${isDisplay(one) && html`<button type="button" class="btn tap" onClick=${() => newDisplay(one.address)}>${words.useDisplay}<span class="visually-hidden"> ${title}</span></button>`}</span>`}</li>`;
}

function Finder({ found, isFinding }) {
  const [host, write] = useState("");
  const look = (event) => {
    event.preventDefault();
    find(host.trim());
  };
  return html`<section class="card" id="finder"><header><h2>${words.find}</h2></header><form class="pad find-row" onSubmit=${look}><div class="field grow"><label for="host">${words.host}</label><input id="host" class="input" value=${host} maxlength="253" autocomplete="off" spellcheck="false" onInput=${(event) => write(event.target.value)} /></div><button class="btn big" disabled=${isFinding}><${Icon} name="search" />${words.find}</button></form>
    <div role="status">${isFinding && html`<p class="pad">${words.finding}</p>`}${found && html`<p class="pad small muted">${found.length ? words.found(found.length) : words.nothing}</p>`}</div>
    ${found && html`<ul class="list">${found.map((one, at) => html`<${Found} key=${one.address + at} one=${one} />`)}</ul>`}</section>`;
}

function Page() {
  const facts = useStore(status);
  const { setup, form, found, isFinding } = useStore(state);
  return html`<${TopBar} /><${LineNotice} facts=${facts} /><main id="main" class="page narrow" tabindex="-1"><div class="stack"><h1>${words.title}</h1><p class="small muted">${words.lead} <a href="/devices">${words.back}</a></p>
    ${setup?.problems.length > 0 && html`<div class="notice bad" role="alert"><${Icon} name="alert" /><div><strong>${words.broken}</strong><p class="small">${setup.problems.join(" ")}</p></div></div>`}
    ${form && html`<${DeviceForm} key=${form.kind + form.isNew} />`}
    ${setup && !form && html`<${List} kind="printer" icon="printer" title=${words.printers} none=${words.noPrinters} add=${newPrinter} addWord=${words.addPrinter} all=${setup.printers} shown=${facts.printers} signOf=${printerSign} />
      <${List} kind="scanner" icon="scanner" title=${words.scanners} none=${words.noScanners} add=${newScanner} addWord=${words.addScanner} all=${setup.scanners} shown=${facts.scanners} signOf=${scannerSign} />
      <${List} kind="display" icon="screen" title=${words.displays} none=${words.noDisplays} add=${newDisplay} addWord=${words.addDisplay} all=${setup.displays} shown=${facts.displays} signOf=${displaySign} />
      <${Finder} found=${found} isFinding=${isFinding} /><p class="small muted">${words.source[setup.source]}</p>
      <section class="card" id="diagnostics"><header><h2>${words.help}</h2></header><div class="pad stack tight"><p>${words.helpSays}</p><p><a class="btn big" href="/api/v1/setup/diagnostics" download>${words.download}</a></p></div></section>`}
  </div></main>`;
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Page} />`, root);
const changed = () => {
  readStatusSoon();
  read();
};
livePage({ devices: changed, trial: () => state.get().form && readTrial() }, read, "status");
