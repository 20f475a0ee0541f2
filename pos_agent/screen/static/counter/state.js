// What the counter shows: the agent's three lists, and the customers who stand here.

import { get, post } from "../base/api.js";
import { refused } from "../base/notes.js";
import { status } from "../base/status.js";
import { play } from "../base/sounds.js";
import { createStore } from "../base/store.js";

// visitors: {order, proof, receipt, finished}; what proves the right to the goods never leaves this page's memory
export const counter = createStore({ isRead: false, to_pick: [], ready: [], put_back: [], collected_today: 0, visitors: [], asking: null, wrong: null, isBusy: false });

export const openUnits = (line) => line.qty - line.done - line.short - line.released;
export const isPicked = (line) => line.picked >= openUnits(line);
export const allPicked = (order) => order.lines.every(isPicked);
export const unitsOf = (order) => order.lines.reduce((sum, line) => sum + line.qty, 0);

const byPromise = (a, b) => (a.ready_by ?? "").localeCompare(b.ready_by ?? "") || a.order.localeCompare(b.order);
const without = (list, order) => list.filter((one) => one.order !== order.order);

// One changed order in its place; what the agent says of it replaces what was known.
export function place(order) {
  const { to_pick, ready, put_back, visitors } = counter.get();
  const isOpen = order.stage !== "closed";
  const waits = !isOpen && order.lines.some((line) => line.to_put_back > 0);
  const add = (list, belongs) => (belongs ? [...without(list, order), order].sort(byPromise) : without(list, order));
  counter.set({
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

const at = (order, step) => `/api/v1/counter/orders/${encodeURIComponent(order)}/${step}`;

// One step on an order. Resolves to the order, or to null after telling the refusal.
export async function step(order, name, body = {}) {
  try {
    const shown = await post(at(order.order, name), body);
    place(shown);
    play("ok");
    return shown;
  } catch (problem) {
    refused(problem);
    return null;
  }
}

export async function startPicking(order) {
  if (await step(order, "pick")) status.set({ focus: "counter", picking: order.order });
}

export const pickOne = (order, line) => step(order, "scan", { code: line.gtin || line.sku });
export const pickedNow = () => status.get().picking ?? null;

export async function makeReady(order) {
  if (await step(order, "ready")) status.set({ focus: "till", picking: null });
}
