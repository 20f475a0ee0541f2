// Short notices at the foot of the page. They never take the focus and never cover what is being typed.

import { play } from "./sounds.js";
import { markSvg } from "./signs.js";

const SHOWN_MS = { ok: 3500, info: 5000, warn: 7000, bad: 8000 };
const MOST = 3;

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
  while (region.children.length >= MOST) region.firstElementChild.remove();
  region.append(box);
  setTimeout(() => box.remove(), SHOWN_MS[tone] ?? SHOWN_MS.info);
}

// What was refused before is over once something was taken: its notice goes, and the clerk hears it.
export function accepted() {
  play("ok");
  document.querySelectorAll("#toasts .toast.bad").forEach((box) => box.remove());
}

export function refused(problem) {
  play("error");
  note("bad", problem.message, problem.detail ?? "");
}
