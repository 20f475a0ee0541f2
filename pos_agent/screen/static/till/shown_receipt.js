// A receipt that was scanned: what it says, and another copy of it.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { money } from "omo/web/texts.js";
import { get, post } from "../base/api.js";
import { nameIn } from "../base/goods.js";
import { html } from "../base/html.js";
import { moment } from "../base/moments.js";
import { note, refused } from "../base/notes.js";
import { quantityOf } from "../base/quantities.js";
import { Icon } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { Reprint } from "./paid_panel.js";
import { backToSale } from "./paying.js";
import { till } from "./state.js";
import { openReceipts } from "./receipts_panel.js";
import { words } from "./words.js";

// A payment under way is not left for it: the clerk scans it again afterwards.
export function showReceipt(receipt) {
  if (["sell", "receipts", "receipt"].includes(till.get().step)) till.set({ receipt, step: "receipt", search: null });
}

export async function openReceipt(number) {
  try {
    showReceipt(await get("/api/v1/receipts/" + encodeURIComponent(number)));
  } catch (problem) {
    refused(problem);
  }
}

const Line = ({ line, currency }) =>
  html`<li><span class="grow"><b>${nameIn(line.names) || line.sku}</b><span class="sub">${quantityOf(line, currency)}</span></span><span class="strong num">${money(line.amount_minor, currency)}</span></li>`;

// The number of the wanted copy goes along, so that a call that is sent again prints nothing again.
function Gift({ receipt }) {
  const copies = receipt.gift_copies ?? 0;
  const [isAsked, ask] = useState(false);
  const go = async () => {
    if (isAsked) return;
    ask(true);
    try {
      const told = await post(`/api/v1/receipts/${encodeURIComponent(receipt.number)}/gift`, { copy_number: copies + 1 });
      till.set({ receipt: { ...receipt, ...told } });
      note("ok", words.giftPrinting, receipt.number);
    } catch (problem) {
      refused(problem);
    }
    ask(false);
  };
  return html`<button type="button" class="btn big" aria-disabled=${isAsked ? "true" : undefined} onClick=${go}><${Icon} name="receipt" />${copies ? words.giftAgain(copies) : words.gift}</button>`;
}

export function ReceiptPanel({ zone }) {
  const [drawn, draw] = useState(true);
  const box = useRef(null);
  const { receipt } = till.get();
  useLayoutEffect(() => box.current.querySelector(".acts button").focus(), [receipt.number]);
  const { currency } = receipt;
  const picture = `/api/v1/receipts/${encodeURIComponent(receipt.number)}/picture`;
  return html`<section class="card found" ref=${box} id="shown-receipt" aria-label=${words.receiptOf(receipt.number)}>
    <header><h2>${words.receiptOf(receipt.number)}</h2><button type="button" class="btn quiet tap" onClick=${backToSale} aria-label=${shared.close}><${Icon} name="cross" /></button></header>
    <p class=${drawn ? "visually-hidden" : "pad small muted"}>${moment(receipt.at, zone)} · ${shared.tillNo(receipt.till)} · ${receipt.clerk || receipt.actor}${receipt.order_number && html` · ${words.orderOf(receipt.order_number)}`}</p>
    ${drawn && html`<figure class="on-paper" tabindex="0" role="region" aria-label=${words.onPaper}><img src=${picture} alt="" onError=${() => draw(false)} /></figure>`}
    <ul class=${drawn ? "visually-hidden" : "list"}>${receipt.lines.map((line, place) => html`<${Line} key=${place} line=${line} currency=${currency} />`)}</ul>
    <p class=${drawn ? "visually-hidden" : "pad row spread"}><strong>${words.paid}</strong><strong class="num" id="receipt-total">${money(receipt.total_minor, currency)}</strong></p>
    <div class="pad acts row"><${Reprint} number=${receipt.number} /><${Gift} receipt=${receipt} /><button type="button" class="btn big" onClick=${openReceipts}>${words.allReceipts}</button></div>
  </section>`;
}
