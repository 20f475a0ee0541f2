// The receipts of earlier sales, newest first, for a customer who comes back for a copy.

import { useLayoutEffect, useRef } from "preact/hooks";
import { clock, money } from "omo/web/texts.js";
import { get } from "../base/api.js";
import { html } from "../base/html.js";
import { refused } from "../base/notes.js";
import { Icon } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { Reprint } from "./paid_panel.js";
import { backToSale } from "./paying.js";
import { openReceipt } from "./shown_receipt.js";
import { till } from "./state.js";
import { words } from "./words.js";

export async function openReceipts() {
  try {
    const { receipts } = await get("/api/v1/receipts?limit=20");
    if (["sell", "receipts", "receipt"].includes(till.get().step)) till.set({ receipts, step: "receipts", search: null });
  } catch (problem) {
    refused(problem);
  }
}

const language = document.documentElement.lang;
const dayOf = (at, timeZone) => new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric", timeZone }).format(new Date(at));

const Item = ({ one, zone }) => html`<li><button type="button" class="btn quiet grow open-receipt" onClick=${() => openReceipt(one.number)}><span class="grow"><b>${money(one.total_minor, one.currency)}</b>
    <span class="sub"><span>${dayOf(one.at, zone)} ${clock(one.at, zone)}</span><span class="mono">${one.number}</span></span></span></button>
  <${Reprint} number=${one.number} /></li>`;

export function ReceiptsPanel({ zone }) {
  const box = useRef(null);
  const { receipts } = till.get();
  useLayoutEffect(() => (box.current.querySelector("li button:not(.open-receipt)") ?? box.current.querySelector("button")).focus(), []);
  return html`<section class="card found" ref=${box} aria-label=${words.receipts}>
    <header><h2>${words.receipts}</h2><button type="button" class="btn quiet tap" onClick=${backToSale} aria-label=${shared.close}><${Icon} name="cross" /></button></header>
    ${receipts.length ? html`<ul class="list options">${receipts.map((one) => html`<${Item} key=${one.number} one=${one} zone=${zone} />`)}</ul>` : html`<p class="pad muted">${words.noReceipts}</p>`}
  </section>`;
}
