// Search results beside the basket: arrows choose, Enter adds, a click adds.

import { money } from "omo/web/texts.js";
import { html } from "../base/html.js";
import { nameIn } from "../base/goods.js";
import { inUnits, per } from "../base/quantities.js";
import { Icon, Mark } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { addSku } from "./acts.js";
import { emptyField, focusField } from "./scan_field.js";
import { closeSearch } from "./searching.js";
import { words } from "./words.js";

async function choose(item) {
  emptyField();
  focusField();
  await addSku(item.sku);
}

function Item({ item, place, isActive, currency }) {
  const few = item.free <= 0;
  return html`<li id=${"found-" + place} role="option" aria-selected=${String(isActive)} onClick=${() => choose(item)}>
    <span class="grow"><b>${nameIn(item.names)}</b><span class="sub"><span>${item.gtin || item.sku}</span><span class=${few ? "stock warn" : "stock"}>${few && html`<${Mark} tone="warn" />`}${words.free(inUnits(Math.max(0, item.free), item))}</span></span></span>
    <span class="strong">${item.unit_minor === null ? "" : money(item.unit_minor, currency) + per(item)}</span>
  </li>`;
}

function Nothing({ found }) {
  if (found.isWaiting) return html`<p class="pad muted">${words.searching}</p>`;
  if (!found.text) return html`<p class="pad">${words.unknownHelp}${found.isKept && html` <span id="kept">${words.unknownKept}</span>`}</p>`;
  return html`<div class="pad"><strong>${words.nothingFound}</strong><p class="muted">${words.nothingFoundHelp}</p></div>`;
}

export function SearchPanel({ found, currency }) {
  const close = () => {
    closeSearch();
    focusField();
  };
  return html`<section class="card found" aria-label=${words.found}>
    <header><h2>${found.unknown ? words.unknown(found.unknown) : words.found}</h2>
      <button type="button" class="btn quiet tap" onClick=${close} aria-label=${shared.close}><${Icon} name="cross" /></button></header>
    ${!found.items.length && html`<${Nothing} found=${found} />`}
    <ul id="found" role="listbox" aria-label=${words.found} class="list options" hidden=${!found.items.length}>
      ${found.items.map((item, place) => html`<${Item} key=${item.sku} item=${item} place=${place} isActive=${place === found.active} currency=${currency} />`)}
    </ul>
  </section>`;
}
