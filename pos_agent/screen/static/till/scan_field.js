// The one field of the till: what a wedge scanner types, what a clerk types. No timing decides what it is: Enter does.

import { useEffect, useState } from "preact/hooks";
import { html } from "../base/html.js";
import { CameraButton } from "../base/camera_button.js";
import { Icon } from "../base/signs.js";
import { addSku, dropMarked, giveQuantity, scan } from "./acts.js";
import { note, refused } from "../base/notes.js";
import { closeSearch, moveActive, search, searchSoon, showUnknown } from "./searching.js";
import { showReceipt } from "./shown_receipt.js";
import { moveMark, till } from "./state.js";
import { words } from "./words.js";

const MOST_QUANTITY = 9999;

export const field = () => document.getElementById("scan");

// On a touch screen the focus would open its keyboard each time, so there it waits for a touch.
export function focusField() {
  if (matchMedia("(any-pointer: fine)").matches || document.activeElement === document.body) field()?.focus({ preventScroll: true });
}

export function emptyField() {
  const input = field();
  if (input) input.value = "";
}

// "6*" before a scan; "6*" then Enter for the marked line.
export function takeQuantity() {
  const digits = narrow(field().value.trim());
  if (!/^\d+$/.test(digits)) return false;
  if (Number(digits) < 1 || Number(digits) > MOST_QUANTITY) return refuseQuantity(digits);
  emptyField();
  closeSearch();
  till.set({ pending: Number(digits) });
  return true;
}

function refuseQuantity(digits) {
  closeSearch();
  field().select();
  refused({ message: words.quantityNot(digits), detail: words.quantityRange(MOST_QUANTITY) });
  return false;
}

const isCode = (text) => /^[\d]{6,}$/.test(text) || text.startsWith("OMO1:") || text.startsWith("]");

export async function take(text) {
  emptyField();
  closeSearch();
  const answer = await scan(text, (problem) => (isCode(text) ? showUnknown(text, problem.facts.kept) : search(text)));
  if (["pickup", "order"].includes(answer?.meaning)) note("ok", words.pickupShown);
  if (answer?.meaning === "receipt") showReceipt(answer.receipt);
}

// A Chinese input method makes full-width digits and letters of a wedge scanner's keys.
const narrow = (text) => text.replace(/[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));

function onEnter() {
  const text = narrow(field().value.trim());
  const { search: found, pending } = till.get();
  if (!text) return pending ? giveQuantity() : undefined;
  const item = found?.text === text && !found.isWaiting && !isCode(text) ? found.items[found.active] : null;
  if (!item) return take(text);
  emptyField();
  return addSku(item.sku);
}

const keys = {
  Enter: onEnter,
  ArrowDown: () => (till.get().search?.items.length ? moveActive(1) : moveMark(1)),
  ArrowUp: () => (till.get().search?.items.length ? moveActive(-1) : moveMark(-1)),
  "*": takeQuantity,
};

function onKeyDown(event) {
  if (event.isComposing) return; // Enter of a Chinese input method chooses a word
  const act = keys[event.key];
  if (event.key === "Delete" && !field().value) dropMarked();
  else if (act) act();
  else return;
  event.preventDefault();
}

// Where the whole hint would be cut, a short one stands; the label says it whole to those who hear it.
function useNarrow() {
  const narrow = matchMedia("(max-width: 720px)");
  const [isNarrow, tell] = useState(narrow.matches);
  useEffect(() => {
    const changed = () => tell(narrow.matches);
    narrow.addEventListener("change", changed);
    return () => narrow.removeEventListener("change", changed);
  }, []);
  return isNarrow;
}

export function ScanField({ found, pending }) {
  const isOpen = Boolean(found?.items.length);
  const isNarrow = useNarrow();
  return html`<div class="scan-row">
    <label class="visually-hidden" for="scan">${words.scanLabel}</label>
    ${pending > 0 && html`<span class="pill info pending" role="status">${words.pending(pending)}</span>`}
    <div class="scan-box">
      <${Icon} name="scanner" size=${22} />
      <input id="scan" class="input scan" type="text" placeholder=${isNarrow ? words.scanShort : words.scanLabel} autocomplete="off" autocapitalize="off"
        spellcheck=${false} enterkeyhint="go" maxlength="700" role="combobox" aria-autocomplete="list" aria-expanded=${String(isOpen)} aria-controls="found"
        aria-activedescendant=${isOpen ? "found-" + found.active : undefined} onKeyDown=${onKeyDown} onInput=${(event) => searchSoon(event.target.value)} />
    </div>
    <${CameraButton} take=${take} />
  </div>`;
}
