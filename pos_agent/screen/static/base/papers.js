// How a receipt's paper fares: a sign, a word, and what to do when it needs a person.

import { _ } from "omo/web/texts.js";
import { useEffect, useState } from "preact/hooks";
import { get } from "./api.js";
import { html } from "./html.js";
import { State } from "./signs.js";

const papers = {
  queued: ["info", _("Waiting for the printer"), ""],
  sent: ["info", _("Sent to the printer"), ""],
  confirmed: ["ok", _("Printed"), ""],
  uncertain: ["warn", _("Perhaps not printed"), _("Look at the paper. If it is missing, reprint.")],
  failed: ["bad", _("Not printed"), _("Look at the printer (paper, cover, cable), then reprint.")],
  expired: ["warn", _("Not printed in time"), _("Reprint if the customer wants it.")],
};
const none = ["info", _("No receipt printer"), _("The sale is booked. Show the receipt on the screen.")];

export function PaperState({ printed }) {
  const [tone, word, help] = papers[printed] ?? none;
  return html`<div class="paper" role="status" data-paper=${printed ?? "none"}><${State} tone=${tone}>${word}</${State}>${help && html`<p class="small">${help}</p>`}</div>`;
}

const LOOK_MS = 700;
const LOOKS = 90;
const SETTLED = new Set(["confirmed", "uncertain", "failed", "expired"]);

const receiptAt = (number) => `/api/v1/receipts/${encodeURIComponent(number)}`;

// Follows a paper until it is settled: the printer's word comes later than the booking. `at` names what it is asked of.
export function usePaper(number, first, at = receiptAt) {
  const [printed, set] = useState(first);
  useEffect(() => {
    set(first);
    if (!first || SETTLED.has(first)) return undefined;
    let looks = 0;
    const timer = setInterval(async () => {
      looks += 1;
      const told = await get(at(number)).catch(() => null);
      if (told?.printed) set(told.printed);
      if (looks >= LOOKS || SETTLED.has(told?.printed)) clearInterval(timer);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [number, first, at]);
  return printed;
}
