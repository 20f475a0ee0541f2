// What the counter shows: the agent's three lists, and the customers who stand here.

import { get, post } from "../base/api.js";
import { accepted, refused } from "../base/notes.js";
import { status } from "../base/status.js";
import { createStore } from "../base/store.js";
import { withFacts } from "../base/words_of_refusals.js";

// visitors: {order, proof, receipt, finished}; what proves the right to the goods never leaves this page's memory
export const counter = createStore({ isRead: false, to_check: [], to_pick: [], ready: [], put_back: [], collected_today: 0, visitors: [], asking: null, sure: null, wrong: null, isBusy: false });

export const openUnits = (line) => line.qty - line.done - line.short - line.released;
export const isPicked = (line) => line.picked >= openUnits(line);
export const allPicked = (order) => order.lines.every(isPicked);
export const unitsOf = (order) => order.lines.reduce((sum, line) => sum + line.qty, 0);

export const stagedUnits = (order) => order.lines.reduce((sum, line) => sum + line.picked, 0);
export const isSought = (order) => order.lines.some((line) => line.look > 0);
const byPromise = (a, b) => isSought(b) - isSought(a) || (a.ready_by ?? "").localeCompare(b.ready_by ?? "") || a.order.localeCompare(b.order);
const without = (list, order) => list.filter((one) => one.order !== order.order);

// One changed order in its place; what the agent says of it replaces what was known.
export function place(order) {
  const { to_check, to_pick, ready, put_back, visitors } = counter.get();
  const isToCheck = order.stage !== "closed" && order.unsure;
  const isOpen = order.stage !== "closed" && !order.unsure;
  const waits = order.stage === "closed" && order.lines.some((line) => line.to_put_back > 0);
  const add = (list, belongs) => (belongs ? [...without(list, order), order].sort(byPromise) : without(list, order));
  counter.set({
    to_check: isToCheck && to_check.some((one) => one.order === order.order) ? to_check.map((one) => (one.order === order.order ? order : one)) : add(to_check, isToCheck),
    to_pick: add(to_pick, isOpen && order.stage !== "ready"),
    ready: add(ready, isOpen && order.stage === "ready"),
    put_back: add(put_back, waits),
    visitors: visitors.map((one) => (one.order.order === order.order ? { ...one, order } : one)),
  });
}

let turn = 0;
export async function readLists() {
  const mine = ++turn;
  try {
    const lists = await get("/api/v1/counter");
    if (mine === turn) counter.set({ ...lists, isRead: true });
  } catch {
    /* the line's sign tells of the trouble; the last known lists stay */
  }
}

let timer = 0;
export function readListsSoon() {
  clearTimeout(timer);
  timer = setTimeout(readLists, 150);
}

export const at = (order, step) => `/api/v1/counter/orders/${encodeURIComponent(order)}/${step}`;

// One step on an order. Resolves to the order, or to null after telling the refusal.
export async function step(order, name, body = {}) {
  try {
    const shown = await post(at(order.order, name), body);
    place(shown);
    accepted();
    return shown;
  } catch (problem) {
    refused(withFacts(problem));
    return null;
  }
}

export async function startPicking(order) {
  if (await step(order, "pick")) status.set({ focus: "counter", picking: order.order });
}

// What somebody found who looked for an order after a loss. The next one to look for comes under the hands.
export async function verify(order, collected) {
  if (counter.get().isBusy) return;
  counter.set({ isBusy: true });
  const shown = await step(order, "verify", { collected });
  counter.set({ isBusy: false, sure: null });
  if (!shown) return readListsSoon();
  if (collected) counter.set({ visitors: counter.get().visitors.filter((one) => one.order.order !== order.order) });
  const isVisited = counter.get().visitors.some((one) => one.order.order === order.order);
  const next = isVisited ? "#given, .here .btn.main:not(:disabled)" : ".check [data-answer]";
  requestAnimationFrame(() => (document.querySelector(next) ?? document.getElementById("scan"))?.focus());
  return undefined;
}

export const pickOne = (order, line) => step(order, "scan", { code: line.gtin || line.sku });
export const pickedNow = () => status.get().picking ?? null;

export async function makeReady(order) {
  if (await step(order, "ready")) status.set({ focus: "till", picking: null });
}
