// Pairing on the phone: the code comes with the address of the QR code, behind the #, so that no log keeps it.

import { _ } from "omo/web/texts.js";
import { post } from "../base/api.js";
import { ownPath } from "../base/own_path.js";

const form = document.getElementById("pair");
const again = _("Look at the till once more.");

function tell(text) {
  document.getElementById("fault").textContent = text;
  form.code.toggleAttribute("aria-invalid", Boolean(text));
}

async function pair(event) {
  event.preventDefault();
  const code = form.code.value.trim();
  if (!code) return form.code.focus();
  tell("");
  try {
    await post("/api/v1/pair", { code });
    location.replace(ownPath(new URLSearchParams(location.search).get("next"), "/"));
  } catch (problem) {
    tell(`${problem.message}\n${problem.detail || again}`);
    form.code.select();
  }
  return undefined;
}

if (form) {
  form.addEventListener("submit", pair);
  const scanned = /^#(\d{8})$/.exec(location.hash);
  if (scanned) {
    form.code.value = scanned[1];
    history.replaceState(null, "", location.pathname + location.search);
  }
  form.querySelector("button").focus();
  if (!scanned) form.code.focus();
}
