// Shelf labels on the stock page: which goods, how many of each, how one looks, and which printer they come out of.

import { useEffect } from "preact/hooks";
import { nameIn } from "../base/goods.js";
import { html } from "../base/html.js";
import { OnPaper } from "../base/on_paper.js";
import { Mark } from "../base/signs.js";
import { useStore } from "../base/store.js";
import { clear, labels, look, printAll, readWhere, removeLine, setCollects, setCopies } from "./state.js";
import { words } from "./words.js";

function Where({ where }) {
  if (!where) return null;
  const { printer } = where;
  if (printer?.is_for_labels) return html`<p class="small" id="label-printer">${words.where(printer.id)}</p>`;
  return html`<div class="notice warn" id="label-printer"><${Mark} tone="warn" /><p>${printer ? words.whereElse(printer.id) : words.nowhere} <a href="/setup-devices">${words.setUp}</a></p></div>`;
}

// Choices, not a field to type in: a scan that lands here cannot become a number.
function Copies({ line, name, most }) {
  const numbers = Array.from({ length: Math.max(most, line.copies) }, (_, place) => place + 1);
  return html`<select class="input qty-input" aria-label=${words.copies + ": " + name} value=${line.copies} onChange=${(event) => setCopies(line.sku, Number(event.target.value))}>${numbers.map((copies) => html`<option value=${copies}>${copies}</option>`)}</select>`;
}

function Line({ line, most, isSeen }) {
  const name = nameIn(line.names) || line.sku;
  return html`<li data-label=${line.sku}><button type="button" class="btn quiet tap grow" aria-pressed=${isSeen ? "true" : "false"} onClick=${() => look(line)}>${name}</button>
    <span class="acts"><${Copies} line=${line} name=${name} most=${most} /><button type="button" class="btn quiet tap" onClick=${() => removeLine(line.sku)}>${words.remove}<span class="visually-hidden"> ${name}</span></button></span></li>`;
}

function Seen({ seen }) {
  const picture = `/api/v1/labels/picture?sku=${encodeURIComponent(seen.sku)}&look=${seen.look}`;
  return html`<${OnPaper} name=${words.looks(nameIn(seen.names) || seen.sku)} picture=${picture} text=${seen.text} />`;
}

export function LabelsCard() {
  const { lines, seen, where, collects, isBusy } = useStore(labels);
  const isThere = lines.length > 0;
  useEffect(() => {
    if (isThere) readWhere();
  }, [isThere]);
  if (!isThere) return null;
  const count = lines.reduce((sum, line) => sum + line.copies, 0);
  const cannot = isBusy || (where && !where.printer);
  return html`<section class="card pad stack labels" aria-labelledby="labels-head"><h2 id="labels-head">${words.title}</h2><${Where} where=${where} />
    <label class="check"><input type="checkbox" checked=${collects} onChange=${(event) => setCollects(event.target.checked)} />${words.collect}</label>
    <ul class="list">${lines.map((line) => html`<${Line} key=${line.sku} line=${line} most=${where?.most_copies ?? 1} isSeen=${seen?.sku === line.sku} />`)}</ul>
    <div class="acts"><button type="button" class="btn main tap" id="print-labels" disabled=${cannot} onClick=${printAll}>${words.print(count)}</button><button type="button" class="btn tap" onClick=${clear}>${words.clear}</button></div>
    ${seen && html`<${Seen} key=${seen.sku + seen.look} seen=${seen} />`}</section>`;
}
