// The form of one device: its fields, each with why it was refused, its test, and what is done with it.

import { useEffect, useRef } from "preact/hooks";
import { html } from "../base/html.js";
import { note } from "../base/notes.js";
import { Mark, State } from "../base/signs.js";
import { useStore } from "../base/store.js";
import { words as shared } from "../base/words.js";
import { closeForm, endTrial, fill, judge, save, state, tryOut } from "./state.js";
import { words } from "./words.js";

function Field({ name, label, help, fault, children }) {
  return html`<div class="field"><label for=${"f-" + name}>${label}</label>${children}
    ${help && html`<span class="hint" id=${"h-" + name}>${help}</span>`}${fault && html`<p class="fault" id=${"e-" + name} role="alert"><${Mark} tone="bad" />${fault}</p>`}</div>`;
}

function Text({ form, name, label, help, ...rest }) {
  const fault = form.faults[name];
  const told = [help && "h-" + name, fault && "e-" + name].filter(Boolean).join(" ") || undefined;
  return html`<${Field} name=${name} label=${label} help=${help} fault=${fault}><input class="input" id=${"f-" + name} value=${form.fields[name]} aria-describedby=${told} aria-invalid=${fault ? "true" : undefined} autocomplete="off" spellcheck="false" onInput=${(event) => fill({ [name]: event.target.value })} ...${rest} /></${Field}>`;
}

function NumberOf({ form, name, label, ...rest }) {
  const set = (event) => fill({ [name]: Number.parseInt(event.target.value, 10) || 0 });
  return html`<${Field} name=${name} label=${label} fault=${form.faults[name]}><input class="input" type="number" id=${"f-" + name} value=${form.fields[name]} aria-describedby=${form.faults[name] ? "e-" + name : undefined} onChange=${set} ...${rest} /></${Field}>`;
}

function Choice({ form, name, label, help, choices }) {
  return html`<${Field} name=${name} label=${label} help=${help} fault=${form.faults[name]}><select class="input" id=${"f-" + name} value=${form.fields[name] ?? ""} aria-describedby=${help ? "h-" + name : undefined} onChange=${(event) => fill({ [name]: event.target.value || null })}>
    ${choices.map(([value, word]) => html`<option value=${value} selected=${value === (form.fields[name] ?? "")}>${word}</option>`)}</select></${Field}>`;
}

function PrinterFields({ form, setup }) {
  const others = setup.printers.filter((one) => one.id !== form.fields.id);
  const model = setup.models.find((one) => one.key === form.fields.profile);
  return html`<${Choice} form=${form} name="profile" label=${words.model} help=${model && words.modelSays(model)} choices=${setup.models.map((one) => [one.key, one.name])} />
    <div class="pairs"><${Choice} form=${form} name="role" label=${words.role} choices=${Object.entries(words.roles)} />
    <${Choice} form=${form} name="fallback" label=${words.fallback} choices=${[["", words.nobody], ...others.map((one) => [one.id, one.id])]} /></div>
    <div><label class="check"><input type="checkbox" checked=${form.fields.drawer} onChange=${(event) => fill({ drawer: event.target.checked })} />${words.drawer}</label>${form.faults.drawer && html`<p class="fault" role="alert"><${Mark} tone="bad" />${form.faults.drawer}</p>`}</div>`;
}

function ScannerFields({ form, setup }) {
  return html`<div class="pairs"><${Choice} form=${form} name="till" label=${words.till} choices=${[["", words.firstTill], ...setup.tills.map((till) => [till, shared.tillNo(till)])]} />
    <${Choice} form=${form} name="end" label=${words.end} choices=${Object.entries(words.ends)} />
    ${form.fields.end === "gap" && html`<${NumberOf} form=${form} name="gap_ms" label=${words.gap} min="10" max="1000" />`}
    <${NumberOf} form=${form} name="debounce_ms" label=${words.bounce} min="0" max="5000" />
    <${Text} form=${form} name="prefix" label=${words.prefix} maxlength="8" /><${Text} form=${form} name="suffix" label=${words.suffix} maxlength="8" /></div>`;
}

function DisplayFields({ form, setup }) {
  return html`<div class="pairs"><${Choice} form=${form} name="kind" label=${words.displayKind} choices=${Object.entries(words.displayKinds)} />
    <${Choice} form=${form} name="till" label=${words.till} choices=${[["", words.firstTill], ...setup.tills.map((till) => [till, shared.tillNo(till)])]} /></div>`;
}

// What differs from kind to kind of device.
const kinds = {
  printer: { heading: words.printer, help: words.printerHelp, Fields: PrinterFields },
  scanner: { heading: words.scanner, help: words.scannerHelp, Fields: ScannerFields },
  display: { heading: words.display, help: words.displayHelp, Fields: DisplayFields },
};

function Scans({ trial }) {
  return html`<ul class="list" id="scans">${trial.scans.map((one, at) => html`<li key=${at}><span class="scanned">${one.is_secret ? words.secret : one.code}</span> <span class="muted small">${words.read(one.length, one.symbology)}</span></li>`)}</ul>`;
}

// What the test came to; after a page, and while a display shows its number, what the person sees counts.
function Outcome({ form, trial }) {
  const asks = trial.good && ((trial.kind === "page" && !trial.running) || trial.kind === "view");
  const advice = trial.kind === "view" ? words.viewAdvice : words.advice;
  return html`<div class="stack tight" id="outcome" role="status">
    ${trial.running && !asks && html`<p>${trial.kind === "scans" && trial.good ? words.scanNow : words.testing}</p>`}
    ${trial.words && (asks || !(trial.running && trial.good)) && html`<${State} tone=${trial.good ? "ok" : "bad"}>${trial.words}</${State}>`}
    ${trial.kind === "scans" && html`<${Scans} trial=${trial} />`}
    ${asks && !form.isTested && html`<p>${trial.kind === "view" ? words.viewNow : words.cameOut}</p><div class="acts"><button type="button" class="btn tap main" onClick=${() => judge(true)}>${words.yes}</button><button type="button" class="btn tap" onClick=${() => judge(false)}>${words.no}</button></div>`}
    ${form.isBad && html`<ul>${advice.map((line) => html`<li class="small">${line}</li>`)}</ul>`}
    ${form.isTested && html`<${State} tone="ok">${words.tested}</${State}>`}</div>`;
}

function Tests({ form, trial }) {
  const isBusy = trial?.running;
  const { kind } = form;
  const isPrinter = kind === "printer";
  return html`<div class="acts">
    ${isPrinter && html`<button type="button" class="btn tap" disabled=${isBusy} onClick=${() => tryOut("page")}>${words.test}</button>`}
    ${isPrinter && form.fields.drawer && html`<button type="button" class="btn tap" disabled=${isBusy} onClick=${() => tryOut("drawer")}>${words.openDrawer}</button>`}
    ${kind === "scanner" && html`<button type="button" class="btn tap" disabled=${isBusy} onClick=${() => tryOut("scans")}>${words.scan}</button>`}
    ${kind === "display" && html`<button type="button" class="btn tap" disabled=${isBusy} onClick=${() => tryOut("view")}>${words.view}</button>`}
    ${!isPrinter && isBusy && html`<button type="button" class="btn tap" onClick=${endTrial}>${words.endTest}</button>`}</div>`;
}

export function DeviceForm() {
  const { form, setup, trial } = useStore(state);
  const head = useRef(null);
  useEffect(() => head.current?.focus(), []);
  const isTested = form.isTested || (form.kind === "scanner" && trial?.scans.length > 0);
  const keep = async (event) => {
    event.preventDefault();
    if (trial?.running) await endTrial();
    if (await save()) note("ok", words.saved, form.fields.id);
  };
  const leave = async () => {
    if (trial?.running) await endTrial();
    closeForm();
  };
  const { heading, help, Fields } = kinds[form.kind];
  return html`<form class="card pad device-form" id="device-form" onSubmit=${keep}><h2 ref=${head} tabindex="-1">${heading(form.fields.id)}</h2>
    ${form.isNew && html`<${Text} form=${form} name="id" label=${words.id} help=${words.idHelp} required maxlength="64" pattern="[A-Za-z0-9][A-Za-z0-9_.\\-]*" />`}
    <${Text} form=${form} name="uri" label=${words.uri} help=${help} required maxlength="200" />
    <${Fields} form=${form} setup=${setup} />
    <${Tests} form=${form} trial=${trial} />${trial && html`<${Outcome} form=${form} trial=${trial} />`}
    <div class="acts"><button class=${"btn tap " + (isTested ? "main" : "")}>${isTested ? words.save : words.saveUntested}</button><button type="button" class="btn tap quiet" onClick=${leave}>${shared.cancel}</button></div></form>`;
}
