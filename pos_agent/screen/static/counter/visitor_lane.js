// The customer is here: one field for QR and code, then the order with goods, money and the hand-over.

import { CameraButton } from "../base/camera_button.js";
import { html } from "../base/html.js";
import { Mark } from "../base/signs.js";
import { scanText } from "./scanning.js";
import { VisitorCard } from "./visitor_card.js";
import { words } from "./words.js";

function Wrong({ wrong, now, isCut }) {
  if (!wrong) return null;
  const seconds = wrong.until ? Math.max(0, Math.ceil((wrong.until - now) / 1000)) : 0;
  if (wrong.until && !seconds) return null;
  const title = wrong.title ?? (wrong.until ? words.locked : words.wrongCode);
  const text = wrong.until ? words.lockedFor(seconds) : wrong.left ? `${wrong.detail} ${words.triesLeft(wrong.left)}` : wrong.detail;
  return html`<p class="fault" id="wrong" role="alert"><${Mark} tone="bad" /><span><b>${title}</b>${wrong.title ? html`<br />` : " "}${text}${isCut && wrong.left && html`<br />${words.notArrived}`}</span></p>`;
}

export function VisitorLane({ state, now, zone, isCut }) {
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    const text = form.code.value.trim();
    if (!text) return;
    const tail = form.tail.value.trim();
    form.code.value = form.tail.value = "";
    const found = await scanText(text, tail);
    // a found order takes the focus itself, to its money or its button
    if (found !== true) form.code.focus();
  };
  const isLocked = Boolean(state.wrong?.until && state.wrong.until > now);
  return html`<section class="lane" aria-labelledby="lane-here"><h2 id="lane-here">${words.visitors} <span class="count">${state.visitors.length}</span><span class="small muted push">${words.collectedToday(state.collected_today)}</span></h2>
    <form class="card scan-card" onSubmit=${submit}>
      ${!state.visitors.length && html`<p><b>${words.showCode}</b> <span class="small">${words.orType}</span></p>`}
      <div class="scan-fields">
        <div class="field"><label class="small" for="scan">${words.codeLabel}</label><input id="scan" name="code" class="input scan" autocomplete="off" autocapitalize="characters" spellcheck=${false} maxlength="700" aria-describedby=${state.wrong ? "wrong" : undefined} /></div>
        <div class="field"><label class="small" for="tail">${words.tailLabel}</label><input id="tail" name="tail" class="input" inputmode="numeric" autocomplete="off" maxlength="4" pattern="[0-9]*" /></div>
        <${CameraButton} take=${scanText} />
        <button class="btn main tap" disabled=${isLocked}>${words.find}</button>
      </div>
      <${Wrong} wrong=${state.wrong} now=${now} isCut=${isCut} />
    </form>
    ${state.visitors.map((visitor) => html`<${VisitorCard} key=${visitor.order.order} visitor=${visitor} isBusy=${state.isBusy} sure=${state.sure} zone=${zone} />`)}
  </section>`;
}
