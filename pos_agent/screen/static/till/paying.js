// Paying in cash. The ticket's id makes it safe to press again after silence: the agent books a ticket once.

import { get, post } from "../base/api.js";
import { refused } from "../base/notes.js";
import { play } from "../base/sounds.js";
import { settled } from "./acts.js";
import { lastNumber } from "./last_receipt.js";
import { show, till } from "./state.js";

// A scan that is still on its way belongs to the sale.
export async function openCash() {
  await settled();
  const { ticket, step } = till.get();
  if (ticket.lines.length && step !== "cash") till.set({ step: "cash", search: null });
}

export const backToSale = () => till.set({ step: "sell", short: null, unsure: false });

export async function pay(givenMinor, reason = null) {
  const { ticket, isBusy } = till.get();
  if (isBusy || !ticket.lines.length) return;
  till.set({ isBusy: true, unsure: false });
  try {
    const override = reason === null ? null : { reason };
    const paid = await post("/api/v1/till/pay", { tender: "cash", given_minor: givenMinor, ticket: ticket.id, override });
    // the event may have come first, and even the next customer's first line
    if (till.get().ticket.id === paid.id) show(paid);
    play("paid");
  } catch (problem) {
    tellRefusal(problem, givenMinor);
  } finally {
    till.set({ isBusy: false });
  }
}

function tellRefusal(problem, givenMinor) {
  if (problem.code === "short") {
    play("error");
    till.set({ step: "short", short: { ...problem.facts, givenMinor } });
    return;
  }
  if (problem.status === 0 || problem.status >= 500) till.set({ unsure: true });
  refused(problem);
}

// After a reload with an empty basket the last receipt and its change are shown again, as they were.
export async function recallPaid() {
  const number = lastNumber();
  if (!number || till.get().ticket.lines.length) return;
  try {
    const receipt = await get(`/api/v1/receipts/${encodeURIComponent(number)}`);
    if (!till.get().ticket.lines.length && isFresh(receipt.at)) till.set({ paid: { printed: null, ...receipt } });
  } catch {
    /* a receipt of another store or time: nothing to recall */
  }
}

const isFresh = (at) => Date.now() - Date.parse(at) < 10 * 60 * 1000;
