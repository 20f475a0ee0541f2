// The training page: buttons are sent without leaving the page, and what changed is read anew when told.
import { live } from "omo/web/live.js";
import { _ } from "omo/web/texts.js";
import { toast } from "omo/web/ui.js";

const now = document.getElementById("now");
const place = now.dataset.place;
let reading = false;
let stale = false;

// What a person has in hand stays: the focus and the texts that are folded out.
function put(html) {
  const focus = now.contains(document.activeElement) ? document.activeElement.id : "";
  const unfolded = [...now.querySelectorAll("details[open] > summary")].map((one) => one.id);
  now.innerHTML = html;
  for (const id of unfolded) document.getElementById(id)?.parentElement.setAttribute("open", "");
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
}

async function renew() {
  stale = true;
  if (reading) return;
  reading = true;
  try {
    while (stale) {
      stale = false;
      const answer = await fetch(`/${place}/now`);
      if (answer.ok) put(await answer.text());
    }
  } catch {
    /* the line is down: the live connection says so and reads again when it is back */
  } finally {
    reading = false;
  }
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  body.set(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (answer.ok) return true;
    const problem = await answer.json();
    toast([problem.title, problem.detail].filter(Boolean).join(" · "));
  } catch {
    toast(_("This device does not run"));
  }
  return false;
}

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.name) return;
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  const sent = await send(event.target, button);
  if (sent && event.target.id === "scan") document.getElementById("code").select();
});

live(`/${place}/events`, { changed: renew }, { onState: (state) => state === "open" && renew() });
