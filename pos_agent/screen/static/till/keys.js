// Keys that work wherever the focus is, and typing that always finds its field.

import { askClear, dropMarked, startNext } from "./acts.js";
import { backToSale, openCash } from "./paying.js";
import { openReceipts } from "./receipts_panel.js";
import { emptyField, field, focusField } from "./scan_field.js";
import { closeSearch } from "./searching.js";
import { moveMark, till } from "./state.js";

export function startSearch() {
  backToSale();
  field().focus();
  field().select();
}

// One step back: out of the search, the field, the panel, the pending quantity; at last it clears the sale.
export function stepBack() {
  const { search, step, pending, paid } = till.get();
  const typed = field().value;
  if (search || typed) {
    closeSearch();
    emptyField();
  } else if (step !== "sell") backToSale();
  else if (pending) till.set({ pending: 0 });
  else if (paid) startNext();
  else askClear();
  focusField();
}

const everywhere = { F2: startSearch, F7: openReceipts, F9: openCash, Escape: stepBack };
const outsideFields = { Delete: dropMarked, ArrowDown: () => moveMark(1), ArrowUp: () => moveMark(-1) };

const isField = (node) => node.matches?.("input, textarea, select");
const isPrintable = (event) => event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;

export function onKeyDown(event) {
  if (event.isComposing) return;
  const act = everywhere[event.key] ?? (isField(event.target) ? null : outsideFields[event.key]);
  if (act) {
    event.preventDefault();
    act();
  } else if (isPrintable(event) && !isField(event.target)) (document.getElementById("given") ?? field()).focus();
}
