// A receipt that was scanned: what it says, and another copy of it.

import { useLayoutEffect, useRef } from "preact/hooks";
import { money } from "omo/web/texts.js";
import { nameIn } from "../base/goods.js";
import { html } from "../base/html.js";
import { moment } from "../base/moments.js";
import { Icon } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { Reprint } from "./paid_panel.js";
import { backToSale } from "./paying.js";
import { till } from "./state.js";
import { openReceipts } from "./receipts_panel.js";
import { quantityOf } from "./quantities.js";
import { words } from "./words.js";

// A payment under way is not left for it: the clerk scans it again afterwards.
export function showReceipt(receipt) {
  if (["sell", "receipts", "receipt"].includes(till.get().step)) till.set({ receipt, step: "receipt", search: null });
}

const Line = ({ line, currency }) =>
  html`<li><span class="grow"><b>${nameIn(line.names) || line.sku}</b><span class="sub">${quantityOf(line, currency)}</span></span><span class="strong num">${money(line.amount_minor, currency)}</span></li>`;

export function ReceiptPanel({ zone }) {
  const box = useRef(null);
  const { receipt } = till.get();
  useLayoutEffect(() => box.current.querySelector(".acts button").focus(), [receipt.number]);
  const { currency } = receipt;
  return html`<section class="card found" ref=${box} id="shown-receipt" aria-label=${words.receiptOf(receipt.number)}>
    <header><h2>${words.receiptOf(receipt.number)}</h2><button type="button" class="btn quiet tap" onClick=${backToSale} aria-label=${shared.close}><${Icon} name="cross" /></button></header>
    <p class="pad small muted">${moment(receipt.at, zone)} · ${shared.tillNo(receipt.till)} · ${receipt.clerk || receipt.actor}${receipt.order_number && html` · ${words.orderOf(receipt.order_number)}`}</p>
    <ul class="list">${receipt.lines.map((line, place) => html`<${Line} key=${place} line=${line} currency=${currency} />`)}</ul>
    <p class="pad row spread"><strong>${words.paid}</strong><strong class="num" id="receipt-total">${money(receipt.total_minor, currency)}</strong></p>
    <div class="pad acts row"><${Reprint} number=${receipt.number} /><button type="button" class="btn big" onClick=${openReceipts}>${words.allReceipts}</button></div>
  </section>`;
}
