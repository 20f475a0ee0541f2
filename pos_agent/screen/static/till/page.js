// The till: basket on one side, what to do with it on the other. State comes from the agent; keys work everywhere.

import { render } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { html } from "../base/html.js";
import { LineNotice } from "../base/line_notice.js";
import { livePage } from "../base/live_page.js";
import { accepted, note, refused } from "../base/notes.js";
import { refusalOfScanner } from "../base/words_of_refusals.js";
import { readStatus, readStatusSoon, status } from "../base/status.js";
import { play } from "../base/sounds.js";
import { useStore } from "../base/store.js";
import { TopBar } from "../base/top_bar.js";
import { post } from "../base/api.js";
import { askClear, dropMarked, giveQuantity, hearTicket, readTicket } from "./acts.js";
import { Basket } from "./basket.js";
import { CashPanel } from "./cash_panel.js";
import { ClearPanel } from "./clear_panel.js";
import { onKeyDown, startSearch } from "./keys.js";
import { OrdersCard, readOrders, readOrdersSoon } from "./orders_card.js";
import { PaidPanel, Reprint } from "./paid_panel.js";
import { lastNumber } from "./last_receipt.js";
import { openCash, recallPaid } from "./paying.js";
import { ReceiptsPanel, openReceipts } from "./receipts_panel.js";
import { ScanField, focusField, takeQuantity } from "./scan_field.js";
import { SearchPanel } from "./search_panel.js";
import { ShortPanel } from "./short_panel.js";
import { ReceiptPanel, showReceipt } from "./shown_receipt.js";
import { showUnknown } from "./searching.js";
import { till } from "./state.js";
import { Total } from "./total.js";
import { words } from "./words.js";

const Key = ({ name, keys, onClick, disabled }) =>
  html`<button type="button" class="btn key" disabled=${disabled} onClick=${onClick}><span>${name}</span><kbd>${keys}</kbd></button>`;

function Keys({ isEmpty }) {
  const then = (act) => () => {
    act();
    if (till.get().step === "sell") focusField();
  };
  return html`<div class="keys till-keys">
    <${Key} name=${words.quantity} keys="*" onClick=${then(() => takeQuantity() || giveQuantity())} />
    <${Key} name=${words.search} keys="F2" onClick=${startSearch} />
    <${Key} name=${words.receipts} keys="F7" onClick=${openReceipts} />
    <${Key} name=${words.removeLine} keys="Del" disabled=${isEmpty} onClick=${then(dropMarked)} />
    <${Key} name=${words.clear} keys="Esc" disabled=${isEmpty} onClick=${then(askClear)} />
  </div>`;
}

function Selling({ ticket, paid }) {
  const number = lastNumber();
  if (paid && !ticket.lines.length) return html`<${PaidPanel} paid=${paid} />`;
  return html`<button type="button" class="btn main huge" disabled=${!ticket.lines.length} onClick=${openCash}>${words.pay} <kbd>F9</kbd></button>
    ${number && !ticket.lines.length && html`<div class="last-receipt row spread"><span class="small muted">${words.lastReceipt} <span class="mono">${number}</span></span><${Reprint} number=${number} /></div>`}`;
}

const panels = { cash: CashPanel, short: ShortPanel, clear: ClearPanel, receipts: ReceiptsPanel, receipt: ReceiptPanel };

function Side({ state, zone }) {
  const { ticket, step, search: found } = state;
  const Panel = panels[step];
  if (Panel) return html`<${Panel} ticket=${ticket} short=${state.short} isBusy=${state.isBusy} unsure=${state.unsure} zone=${zone} />`;
  if (found) return html`<${SearchPanel} found=${found} currency=${ticket.currency} />`;
  return html`<${Selling} ticket=${ticket} paid=${state.paid} />`;
}

async function scanHere() {
  try {
    status.set(await post("/api/v1/focus/till"));
  } catch (problem) {
    refused(problem);
  }
  focusField();
}

const Elsewhere = () => html`<div class="notice info line-notice slim" role="status"><p class="grow">${words.scansElsewhere}</p>
  <button type="button" class="btn tap" onClick=${scanHere}>${words.scansHere}</button></div>`;

function Till() {
  const state = useStore(till);
  const facts = useStore(status);
  const { ticket } = state;
  useEffect(() => {
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  useLayoutEffect(() => {
    if (state.step === "sell") focusField();
  }, [state.step, ticket.id]);
  // on a phone the marked line has a second row with its steps; a search that closes gives the lines another room
  useEffect(() => [...document.querySelectorAll("tr.last")].reverse().forEach((row) => row.scrollIntoView({ block: "nearest" })), [state.marked, ticket.lines.length, state.step, !state.search]);
  const since = facts.known && !facts.online ? facts.since : null;
  return html`<${TopBar} /><${LineNotice} facts=${facts} />${facts.focus === "counter" && html`<${Elsewhere} />`}
    <main id="main" class=${"till " + (state.search ? "is-searching" : "")} tabindex="-1">
      <h1 class="visually-hidden">${words.title}</h1>
      <section class="card sale" aria-label=${words.linesLabel}>
        <${ScanField} found=${state.search} pending=${state.pending} />
        <${Basket} ticket=${ticket} marked=${state.marked} since=${since} zone=${facts.tz} />
        <${Keys} isEmpty=${!ticket.lines.length} />
      </section>
      <div class="side-column"><${Total} ticket=${ticket} /><${Side} state=${state} zone=${facts.tz} /><${OrdersCard} orders=${state.orders} zone=${facts.tz} /></div>
    </main>`;
}

function onRefused(facts) {
  if (status.get().till && facts?.till && facts.till !== status.get().till) return;
  if (facts?.code === "unknown_code") showUnknown(facts.scanned ?? "", facts.kept);
  refused(refusalOfScanner(facts));
}

const handlers = {
  ticket: hearTicket,
  refused: onRefused,
  order: () => (readOrdersSoon(), readStatusSoon()),
  released: readOrdersSoon,
  // units came back to the floor: a line that was short of them may not be any more
  stock: () => till.get().ticket.lines.some((line) => line.qty > line.free) && readTicket(),
  receipt: (shown) => (accepted(), showReceipt(shown)),
  // the browser's own event of an opened stream has the same name, and no data
  open: (told) => told?.open && note("info", words.pickupShown),
  new() {
    play("order");
    readOrdersSoon();
  },
};

async function readAll() {
  await readTicket();
  readOrders();
  recallPaid();
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Till} />`, root);
readStatus();
livePage(handlers, readAll, "till,counter,status", "till-seen");
