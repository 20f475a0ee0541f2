// Search beside the basket: it never takes the focus from the scan field, and a scan goes on while it is open.

import { get } from "../base/api.js";
import { refused } from "../base/notes.js";
import { play } from "../base/sounds.js";
import { till } from "./state.js";

const WORDS_MS = 120;
const DIGITS_MS = 350; // a wedge scanner types digits too: its Enter comes well before this

let timer = 0;
let turn = 0;

export function searchSoon(text) {
  clearTimeout(timer);
  const isDigits = /^\d+$/.test(text);
  if (text.trim().length < (isDigits ? 3 : 1)) {
    turn += 1;
    till.set({ search: null });
    return;
  }
  timer = setTimeout(() => search(text), isDigits ? DIGITS_MS : WORDS_MS);
}

export async function search(text, unknown = "") {
  clearTimeout(timer);
  const mine = ++turn;
  till.set({ search: { text, unknown, items: till.get().search?.items ?? [], active: 0, isWaiting: true } });
  try {
    const { items } = await get("/api/v1/till/search?q=" + encodeURIComponent(text));
    if (mine === turn) till.set({ search: { text, unknown, items, active: 0, isWaiting: false } });
  } catch (problem) {
    if (mine !== turn) return;
    till.set({ search: null });
    refused(problem);
  }
}

// A code that nobody knows: say so, offer the search, and leave the field ready for the next scan.
export function showUnknown(code, isKept = false) {
  play("error");
  clearTimeout(timer);
  turn += 1;
  till.set({ search: { text: "", unknown: code, isKept, items: [], active: 0, isWaiting: false, isRefusal: true }, step: "sell" });
}

// The panel that a refused scan opened is over with the next good one; a search that the clerk began stays.
export function closeRefusal() {
  if (till.get().search?.isRefusal) closeSearch();
}

export function closeSearch() {
  clearTimeout(timer);
  turn += 1;
  till.set({ search: null });
}

export function moveActive(by) {
  const { search: found } = till.get();
  if (!found?.items.length) return;
  const active = Math.max(0, Math.min(found.items.length - 1, found.active + by));
  till.set({ search: { ...found, active } });
}
