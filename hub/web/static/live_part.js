// Keeps marked parts of a page true. The page works without: events only tell that something changed, then the parts
// are read again from the server and replaced where they differ.
//
//   <div data-live="/…/events" data-event="stock" data-source="/…/stock"> <div id="a" data-part> … </div> </div>

import { live } from "omo/web/live.js";

const READ_LIMIT_MS = 8000;

function replace(part, fresh) {
  if (fresh === null || part.innerHTML === fresh.innerHTML) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.replaceChildren(...fresh.childNodes);
  part.className = fresh.className;
  if (focused) document.getElementById(focused)?.focus();
}

async function read(source) {
  const answer = await fetch(source, {
    headers: { accept: "text/html" },
    cache: "no-store",
    signal: AbortSignal.timeout(READ_LIMIT_MS),
  });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) replace(part, page.getElementById(part.id));
}

const root = document.querySelector("[data-live]");
if (root) {
  let running = false;
  let again = false;
  const refresh = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await read(root.dataset.source || location.pathname);
    } catch {
      /* the next event, or the next connection, reads it again */
    }
    running = false;
    if (again) {
      again = false;
      refresh();
    }
  };
  const onState = (state) => {
    if (state === "open") refresh();
  };
  live(root.dataset.live, { [root.dataset.event]: refresh }, { onState });
}
