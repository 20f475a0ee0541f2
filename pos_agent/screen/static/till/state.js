// What the till's page shows, and how it follows the agent: the ticket, the search, the step of paying.

import { createStore } from "../base/store.js";
import { remember } from "./last_receipt.js";

export const NOTHING = Object.freeze({
  id: null,
  state: "open",
  lines: [],
  count: 0,
  total_minor: 0,
  currency: "CNY",
  receipt: null,
});

// step: "sell", "cash", "short", "clear", "receipts" or "receipt"; search: null or {text, items, active, unknown, waiting}
export const till = createStore({
  ticket: NOTHING,
  isRead: false,
  marked: null,
  pending: 0,
  search: null,
  step: "sell",
  short: null,
  paid: null,
  isBusy: false,
  unsure: false,
  orders: [],
  receipts: [],
  receipt: null,
});

// Which line changed between two tickets: the one that was scanned last.
export function touchedLine(before, after) {
  const known = new Map(before.lines.map((line) => [line.line, line.qty]));
  const changed = after.lines.filter((line) => known.get(line.line) !== line.qty);
  return changed.length ? changed[changed.length - 1].line : null;
}

// Put a ticket of the agent on the page. A completed one is the receipt beside a new, empty basket.
export function show(ticket) {
  if (ticket.state === "completed") {
    remember(ticket.receipt.number);
    const basket = { ...NOTHING, currency: ticket.currency };
    till.set({ ticket: basket, paid: paidFrom(ticket), step: "sell", marked: null, short: null });
    return;
  }
  const { ticket: before, paid, step, marked } = till.get();
  const touched = touchedLine(before, ticket);
  const kept = ticket.lines.some((line) => line.line === marked) ? marked : null;
  till.set({
    ticket,
    isRead: true,
    marked: touched ?? kept ?? ticket.lines.at(-1)?.line ?? null,
    paid: ticket.lines.length ? null : paid,
    // a scan leaves the list of receipts: the sale goes on
    step: ticket.lines.length && !(touched && ["receipts", "receipt"].includes(step)) ? step : "sell",
  });
}

const paidFrom = (ticket) => ({ ...ticket.receipt, total_minor: ticket.total_minor, currency: ticket.currency });

export const markedLine = () => {
  const { ticket, marked } = till.get();
  return ticket.lines.find((line) => line.line === marked) ?? null;
};

export function moveMark(by) {
  const { ticket, marked } = till.get();
  if (!ticket.lines.length) return;
  const place = ticket.lines.findIndex((line) => line.line === marked) + by;
  till.set({ marked: ticket.lines[Math.max(0, Math.min(ticket.lines.length - 1, place))].line });
}
