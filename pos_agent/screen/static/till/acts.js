// What a clerk does at the till. Calls go out one after the other, so that scans keep their order; the answer and the
// event of the same change may come in any order, and the events' order is the ledger's.

import { get, patch, post, remove } from "../base/api.js";
import { accepted, refused } from "../base/notes.js";
import { printOnce } from "../base/print_once.js";
import { withFacts } from "../base/words_of_refusals.js";
import { closeRefusal } from "./searching.js";
import { NOTHING, markedLine, show, till, touchedLine } from "./state.js";

let waiting = Promise.resolve();
let heard = 0;
let running = 0;

// One call at a time; resolves to the ticket, or to null after a refusal that `onRefusal` (or a notice) has told.
function inTurn(call, onRefusal = refused) {
  running += 1;
  const turn = waiting.then(async () => {
    const before = heard;
    try {
      const answer = await call();
      const ticket = answer.ticket ?? answer;
      if (ticket.lines && heard === before) show(ticket);
      return answer;
    } catch (problem) {
      onRefusal(problem);
      return null;
    } finally {
      running -= 1;
    }
  });
  waiting = turn;
  return turn;
}

// Resolves when every call that was begun has been answered.
export const settled = () => waiting;

export async function readTicket() {
  await inTurn(() => get("/api/v1/till/ticket"), () => {});
}

// The agent's event: ours, the scanner's, or another page's of this till.
export function hearTicket(ticket) {
  heard += 1;
  const { ticket: before, pending } = till.get();
  show(ticket);
  if (running || ticket.state !== "open") return;
  const line = ticket.lines.find((one) => one.line === touchedLine(before, ticket));
  if (!line) return;
  accepted();
  closeRefusal();
  if (pending > 1) addRest(line, pending, ticket.scanned);
}

// `pending` were asked for and the scan brought one of them: a unit, a case, or a label, which is one piece only.
function addRest(line, pending, scanned) {
  till.set({ pending: 0 });
  if (line.is_measured || scanned?.line !== line.line) return setQuantity(line.line, line.qty + pending - 1);
  const { sku, pieces, packs } = scanned;
  return inTurn(() => post("/api/v1/till/lines", { sku, pieces, qty: (pending - 1) * packs }));
}

export async function scan(code, onUnknown) {
  const qty = till.get().pending || 1;
  till.set({ pending: 0 });
  const answer = await inTurn(
    () => post("/api/v1/till/scan", { code, qty }),
    (problem) => (problem.code === "unknown_code" ? onUnknown(problem) : refused(withFacts(problem))),
  );
  if (answer !== null) accepted();
  return answer;
}

export async function addSku(sku) {
  const qty = till.get().pending || 1;
  till.set({ pending: 0, search: null });
  if (await inTurn(() => post("/api/v1/till/lines", { sku, qty }))) accepted();
}

export const setQuantity = (line, qty) => inTurn(() => patch(`/api/v1/till/lines/${line}`, { qty }));
export const dropLine = (line) => inTurn(() => remove(`/api/v1/till/lines/${line}`));
export const clearTicket = () => inTurn(() => post("/api/v1/till/clear"));

export function changeBy(line, by) {
  const qty = line.qty + by;
  return qty > 0 ? setQuantity(line.line, qty) : dropLine(line.line);
}

export function dropMarked() {
  const line = markedLine();
  return line ? dropLine(line.line) : null;
}

export async function giveQuantity() {
  const { pending } = till.get();
  const line = markedLine();
  if (!pending || !line) return;
  till.set({ pending: 0 });
  if (await setQuantity(line.line, pending)) accepted();
}

export function askClear() {
  const { ticket } = till.get();
  if (ticket.lines.length > 1) till.set({ step: "clear", search: null });
  else if (ticket.lines.length) clearTicket();
}

export async function reprint(number) {
  try {
    await printOnce(`/api/v1/receipts/${encodeURIComponent(number)}/reprint`);
    return true;
  } catch (problem) {
    refused(problem);
    return false;
  }
}

export function startNext() {
  till.set({ paid: null, ticket: { ...NOTHING, currency: till.get().ticket.currency } });
  readTicket();
}
