// The customer at the counter: find the order, check the proof, hand over once.

import { post } from "../base/api.js";
import { accepted, refused } from "../base/notes.js";
import { play } from "../base/sounds.js";
import { counter, place, readListsSoon } from "./state.js";

const TRIES = 5;
const WITHIN_MS = 60000;
const MOST_VISITORS = 4;
let wrongAt = [];

// The newest customer comes first; an order is open once only.
export function receive(order, proof) {
  const others = counter.get().visitors.filter((one) => one.order.order !== order.order);
  const visitor = { order, proof, receipt: null, unsure: false };
  counter.set({ visitors: [visitor, ...others].slice(0, MOST_VISITORS), wrong: null });
}

export function leave(order) {
  counter.set({ visitors: counter.get().visitors.filter((one) => one.order.order !== order) });
}

function change(order, facts) {
  const visitors = counter.get().visitors.map((one) => (one.order.order === order ? { ...one, ...facts } : one));
  counter.set({ visitors });
}

export async function find(text, tail, kind = text.startsWith("OMO1:") ? "token" : "code") {
  const isToken = kind === "token";
  const proof = { [kind]: text };
  const body = kind !== "code" || !tail ? proof : { ...proof, phone_tail: tail };
  try {
    const order = await post("/api/v1/counter/find", body);
    accepted();
    // a receipt, or the number on a bag, shows the order and proves nothing
    receive(order, kind === "receipt" || kind === "number" ? {} : proof);
    return true;
  } catch (problem) {
    if (isToken && problem.status && problem.code !== "locked") tellWrongQr(problem);
    else tellWrong(problem);
    return false;
  }
}

function tellWrong(problem) {
  const now = Date.now();
  if (problem.code === "locked") {
    play("error");
    counter.set({ wrong: { until: now + (problem.facts.wait_s ?? 60) * 1000 } });
  } else if (problem.code === "wrong_code") {
    play("error");
    wrongAt = [...wrongAt.filter((at) => now - at < WITHIN_MS), now];
    const left = problem.facts.tries_left ?? TRIES - wrongAt.length;
    counter.set({ wrong: left > 0 ? { left, detail: problem.detail } : { until: wrongAt[0] + WITHIN_MS } });
  } else refused(problem);
}

// A QR that opens nothing stands in the lane, below the field, until the next one: the customer is waiting for it.
export function tellWrongQr(problem) {
  play("error");
  counter.set({ wrong: { title: problem.message, detail: problem.detail } });
}

export async function handOver(visitor, givenMinor = null) {
  const { order, proof } = visitor;
  if (counter.get().isBusy) return;
  counter.set({ isBusy: true });
  const tender = givenMinor === null ? null : { tender: "cash", given_minor: givenMinor };
  try {
    const done = await post(`/api/v1/counter/orders/${encodeURIComponent(order.order)}/hand-over`, { ...proof, tender });
    play("paid");
    counter.set({ wrong: null });
    place(done.order);
    change(order.order, { order: done.order, receipt: { currency: order.currency, ...done.receipt }, unsure: false });
  } catch (problem) {
    tellRefusal(order, problem);
  } finally {
    counter.set({ isBusy: false });
    readListsSoon();
  }
}

function tellRefusal(order, problem) {
  if (problem.code === "finished") change(order.order, { finished: problem.facts });
  if (problem.code === "payment_needed") change(order.order, { order: { ...order, due_minor: problem.facts.due_minor } });
  if (problem.code === "nothing_due") change(order.order, { order: { ...order, due_minor: 0 } });
  if (problem.status === 0) change(order.order, { unsure: true });
  refused(problem);
}
