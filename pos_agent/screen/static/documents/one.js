// One document: its goods, what was found of them, book or refuse.

import { useEffect, useRef, useState } from "preact/hooks";
import { GoodsFinder } from "../stock_pages/find_goods.js";
import { nameIn } from "../base/goods.js";
import { html } from "../base/html.js";
import { moment } from "../base/moments.js";
import { Icon, Mark, Pill } from "../base/signs.js";
import { useTyped } from "../base/typed.js";
import { words as shared } from "../base/words.js";
import { addOne, blame, book, enter, enterAsAsked, keyOf, leave, refuse } from "./state.js";
import { foundWord, words } from "./words.js";

const MOST = 1000000000;
// Text that a clerk typed -> whole units; null where it is no number.
const wholeNumber = (text) => {
  const plain = text.normalize("NFKC").trim();
  return /^\d{1,10}$/.test(plain) && Number(plain) <= MOST ? Number(plain) : null;
};

function Line({ line, task, fault }) {
  const name = nameIn(line.names);
  const field = useRef(null);
  useEffect(() => {
    if (!fault?.takesFocus) return;
    field.current.focus();
    document.getElementById("line-fault").scrollIntoView({ block: "nearest" });
  }, [fault]);
  const typed = (event) => {
    const text = event.target.value.trim();
    const qty = wholeNumber(text);
    if (qty === null) event.target.value = line.found ?? "";
    if (qty === null && text) blame(line, words.noNumber(text.slice(0, 20)), words.noNumberHelp);
    else if (qty !== null && (fault || qty !== line.found)) enter(line, qty);
  };
  const typing = useTyped(line.found ?? "", typed);
  const differs = line.asked !== null && line.found !== null && line.found !== line.asked;
  return html`<tr class=${line.found === null ? "" : "last"}><th scope="row">${name}<span class="sub">${line.gtin || line.sku}${line.shelf && " · " + line.shelf}${line.bucket === "damaged" && " · " + words.damaged}</span></th>
    ${task !== "count" && html`<td class="num">${line.asked}${differs && html`<span class="differs"><${Pill} tone="warn">${signed(line.found - line.asked)}</${Pill}></span>`}</td>`}
    <td class="num"><input class="input qty-input" aria-label=${foundWord(task) + ": " + name} inputmode="numeric" autocomplete="off" ref=${field} aria-invalid=${fault ? "true" : undefined} aria-describedby=${fault ? "line-fault" : undefined} ...${typing} /></td></tr>
    ${fault && html`<tr class="wrong"><td colspan="3"><div class="fault" id="line-fault" role="alert"><${Mark} tone="bad" /><div>${fault.title}<span class="sub">${fault.detail}</span></div></div></td></tr>`}`;
}

const signed = (units) => (units > 0 ? "+" + units : "−" + -units);

function Lines({ shown, fault }) {
  return html`<table class="table lines"><thead><tr><th>${words.goods}</th>${shown.task !== "count" && html`<th class="num">${words.asked}</th>`}<th class="num">${foundWord(shown.task)}</th></tr></thead>
    <tbody>${shown.lines.map((line) => html`<${Line} key=${keyOf(line)} line=${line} task=${shown.task} fault=${fault?.key === keyOf(line) ? fault : null} />`)}</tbody></table>`;
}

function Head({ shown, zone }) {
  const about = [shown.partner, shown.note, shown.own && words.own].filter(Boolean).join(" · ");
  return html`<div class="stack tight"><div class="row"><button type="button" class="btn tap" onClick=${() => leave()}><${Icon} name="back" />${words.back}</button></div>
    <h1 tabindex="-1" id="document">${words.tasks[shown.task]} · ${shown.number}</h1>
    <p class="muted">${about && html`<span class="strong">${about}</span> · `}${words.askedAt(moment(shown.at, zone))}</p><p>${words.help[shown.task]}</p></div>`;
}

// A question in the place of the buttons; it takes the focus, and Escape leads back.
function Asked({ title, help, children, back }) {
  const box = useRef(null);
  useEffect(() => box.current?.querySelector("input, button")?.focus(), []);
  const onKeyDown = (event) => event.key === "Escape" && back();
  return html`<div class="stack tight grow" role="group" aria-label=${title} ref=${box} onKeyDown=${onKeyDown}><p><strong>${title}</strong> ${help}</p>${children}</div>`;
}

function Partly({ missing, task, back, busy }) {
  const help = words.partlyHelp[task] ?? words.partlyHelp.other;
  return html`<${Asked} title=${words.partly(missing)} help=${help} back=${back}><div class="row"><button type="button" class="btn tap" onClick=${back}>${shared.cancel}</button><button type="button" class="btn main tap" disabled=${busy} onClick=${() => book(true)}>${words.partlySure(missing)}</button></div></${Asked}>`;
}

function Refusal({ shown, back, busy }) {
  const [reason, type] = useState("");
  const send = (event) => {
    event.preventDefault();
    if (reason.trim()) refuse(reason.trim());
  };
  return html`<${Asked} title=${shown.own ? words.giveUp : words.refuse} help="" back=${back}><form class="stack tight" onSubmit=${send}><div class="field"><label for="reason">${words.reason}</label><input id="reason" class="input" required maxlength="200" value=${reason} onInput=${(event) => type(event.target.value)} /></div>
    <div class="row"><button type="button" class="btn tap" onClick=${back}>${shared.cancel}</button><button class="btn danger tap" disabled=${busy || !reason.trim()}>${shown.own ? words.giveUp : words.refuseSure}</button></div></form></${Asked}>`;
}

function Acts({ shown, mayBook, busy }) {
  const [asks, ask] = useState("");
  const missing = shown.lines.filter((line) => line.found === null).length;
  const isUntouched = missing === shown.lines.length;
  const units = shown.lines.reduce((sum, line) => sum + (line.found ?? 0), 0);
  const back = () => ask("");
  if (asks === "partly") return html`<${Partly} missing=${missing} task=${shown.task} back=${back} busy=${busy} />`;
  if (asks === "refuse") return html`<${Refusal} shown=${shown} back=${back} busy=${busy} />`;
  return html`<button type="button" class="btn main big" disabled=${!mayBook || busy || isUntouched} aria-describedby=${mayBook ? undefined : "rule"} onClick=${() => (missing ? ask("partly") : book(false))}>${busy ? words.booking : words.book} · ${words.units(units)}</button>
    ${shown.task !== "count" && missing > 0 && html`<button type="button" class="btn big" disabled=${busy} onClick=${enterAsAsked}>${words.asOnPaper}</button>`}
    <button type="button" class="btn danger big" disabled=${!mayBook || busy} onClick=${() => ask("refuse")}>${shown.own ? words.giveUp : words.refuse}</button>`;
}

const Rule = () => html`<div class="notice warn" id="rule" role="status"><${Icon} name="alert" /><div><strong>${words.managerOnly}</strong><p>${words.managerOnlyHelp}</p></div></div>`;

export function One({ shown, fault, mayBook, busy, zone }) {
  const mark = (item) => (shown.own || shown.lines.some((line) => line.sku === item.sku) ? "" : words.notOnIt[shown.task] ?? words.notOnIt.other);
  return html`<${Head} shown=${shown} zone=${zone} />
    ${!mayBook && html`<${Rule} />`}
    <${GoodsFinder} label=${html`<${Icon} name="plus" />${words.addOne}`} take=${addOne} mark=${mark} />
    <section class="card"><${Lines} shown=${shown} fault=${fault} /></section>
    <section class="card pad book-row" aria-label=${words.book}><${Acts} key=${shown.id} shown=${shown} mayBook=${mayBook} busy=${busy} /></section>`;
}
