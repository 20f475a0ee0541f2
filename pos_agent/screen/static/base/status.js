// What all pages know of the store and its machine: read from the API, again whenever something changed.

import { get } from "./api.js";
import { createStore } from "./store.js";

const EVERY_MS = 15000;
const SOON_MS = 120;

export const status = createStore({ known: false, connected: true, printers: [], scanners: [], displays: [] });

let timer = 0;
let watching = 0;
let last = 0;

export async function readStatus() {
  const turn = ++last;
  try {
    const facts = await get("/api/v1/status");
    if (turn === last) status.set({ ...facts, known: true });
  } catch {
    /* the line to the agent is watched by the events; the last known state stays in sight */
  }
}

// Several events in a row cost one call.
export function readStatusSoon() {
  clearTimeout(timer);
  timer = setTimeout(readStatus, SOON_MS);
}

// A page that opens its stream anew goes on with the watch that it has.
export function watchStatus() {
  readStatus();
  watching ||= setInterval(readStatus, EVERY_MS);
}
