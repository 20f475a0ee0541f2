// Keeps the sync board true. It works without: an event only says that something changed, then the page is read
// again in the reader's language and its marked parts are replaced where they differ. What somebody is typing in
// stays. Ages are kept fresh by reading again now and then.

import { live } from "omo/web/live.js";

const LEAST_GAP_MS = 1000;
const FRESHEN_MS = 10000;
const READ_LIMIT_MS = 8000;

let last = 0;
let timer = 0;

function replace(part, fresh) {
  if (!fresh || part.innerHTML === fresh.innerHTML) return;
  if (part.contains(document.activeElement) || part.querySelector("details[open]")) return;
  part.replaceChildren(...fresh.childNodes);
}

async function read() {
  timer = 0;
  last = performance.now();
  try {
    const answer = await fetch(location.pathname + location.search, {
      headers: { accept: "text/html" },
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(READ_LIMIT_MS),
    });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-part]")) replace(part, page.getElementById(part.id));
  } catch {
    /* the next event, or the next round, reads it again */
  }
}

function soon() {
  if (timer) return;
  timer = setTimeout(read, Math.max(0, last + LEAST_GAP_MS - performance.now()));
}

const root = document.querySelector("[data-live]");
if (root) {
  live(root.dataset.live, { store: soon }, { onState: (state) => state === "open" && soon() });
  setInterval(() => document.hidden || soon(), FRESHEN_MS);
}
