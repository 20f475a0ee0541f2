// Short notices at the foot of the page, one at a time. They never take the focus, and go to the page's head where
// they would cover what is worked with at its foot: fields, what is to pay, the button that goes on.

import { play } from "./sounds.js";
import { markSvg } from "./signs.js";

const SHOWN_MS = { ok: 3500, info: 5000, warn: 7000, bad: 8000 };
const WORKED_WITH = [
  ["input, select, textarea", 1],
  [".total, .btn.main, .btn.huge", 10],
  [":is(input, select, textarea):focus", 100],
];

const overlaps = (one, other) => one.top < other.bottom && other.top < one.bottom && one.left < other.right && other.left < one.right;

// How much a notice is in the way where it is now: the field that is typed in counts more than all others.
function covered(box) {
  const place = box.getBoundingClientRect();
  const hidden = (found) => [...document.querySelectorAll(found)].filter((one) => overlaps(place, one.getBoundingClientRect())).length;
  return WORKED_WITH.reduce((sum, [found, weight]) => sum + weight * hidden(found), 0);
}

function settle(region, box) {
  delete region.dataset.end;
  const below = covered(box);
  if (!below) return;
  region.dataset.end = "top";
  if (covered(box) >= below) delete region.dataset.end;
}

export function note(tone, title, detail = "") {
  const region = document.getElementById("toasts");
  if (!region) return;
  const box = document.createElement("div");
  box.className = `toast ${tone}`;
  box.innerHTML = markSvg(tone); // our own drawing, never foreign text
  const text = document.createElement("div");
  const head = document.createElement("strong");
  head.textContent = title;
  text.append(head);
  if (detail) {
    const more = document.createElement("div");
    more.textContent = detail;
    text.append(more);
  }
  box.append(text);
  region.replaceChildren(box);
  settle(region, box);
  // what the same step changes on the page is painted after this
  requestAnimationFrame(() => box.isConnected && settle(region, box));
  setTimeout(() => box.remove(), SHOWN_MS[tone] ?? SHOWN_MS.info);
}

export const clearRefusals = () => document.querySelectorAll("#toasts .toast.bad").forEach((box) => box.remove());

// What was refused before is over once something was taken: its notice goes, and the clerk hears it.
export function accepted() {
  play("ok");
  clearRefusals();
}

// Who types on has read it, or does not want to.
document.addEventListener("input", clearRefusals);

export function refused(problem) {
  play("error");
  note("bad", problem.message, problem.detail ?? "");
}
