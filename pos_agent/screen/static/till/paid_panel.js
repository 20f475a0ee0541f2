// After paying: the change in large figures, how the paper fares, and the way on.

import { useState } from "preact/hooks";
import { money } from "omo/web/texts.js";
import { html } from "../base/html.js";
import { Icon } from "../base/signs.js";
import { note } from "../base/notes.js";
import { PaperState, usePaper } from "../base/papers.js";
import { reprint, startNext } from "./acts.js";
import { focusField } from "./scan_field.js";
import { till } from "./state.js";
import { words } from "./words.js";

export function Reprint({ number }) {
  const [isAsked, ask] = useState(false);
  const go = async () => {
    // told by aria, as a disabled button would lose the focus
    if (isAsked) return;
    ask(true);
    if (await reprint(number)) note("ok", words.reprinting, number);
    ask(false);
    if (till.get().step === "sell") focusField();
  };
  return html`<button type="button" class="btn big" aria-disabled=${isAsked ? "true" : undefined} onClick=${go}><${Icon} name="printer" />${words.reprint}<span class="visually-hidden"> ${number}</span></button>`;
}

export function PaidPanel({ paid }) {
  const printed = usePaper(paid.number, paid.printed);
  const next = () => {
    startNext();
    focusField();
  };
  return html`<section class="card pad stack paid" aria-label=${words.paid}>
    <div class="row spread"><h2>${words.paid} ${money(paid.total_minor, paid.currency)}</h2><span class="muted">${words.given} ${money(paid.given_minor, paid.currency)}</span></div>
    <div class="change"><span>${words.change}</span><output id="change" aria-live="polite">${money(paid.change_minor, paid.currency)}</output></div>
    <${PaperState} printed=${printed} />
    <p class="small muted">${words.receipt} <span class="mono">${paid.number}</span></p>
    <div class="pair"><${Reprint} number=${paid.number} /><button type="button" class="btn main big" onClick=${next}>${words.done} <kbd>Esc</kbd></button></div>
    <p class="muted">${words.nextCustomer}</p>
  </section>`;
}
