// Quick sums, the typed amount, a pad for touch screens, and the change: shared by the till and the counter.

import { _, money } from "omo/web/texts.js";
import { decimalsOf, minorFrom, quickCash } from "./goods.js";
import { html } from "./html.js";

const words = {
  given: _("Cash given"),
  exact: _("Exact"),
  change: _("Change"),
  missing: _("Still missing"),
  notAmount: _("Type an amount such as 200 or 12.50"),
  erase: _("Erase a digit"),
  pad: _("Number pad"),
};
const padKeys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "⌫"];

// What the field says: an empty one means the exact sum; null where it is no amount.
export const givenFrom = (text, total, decimals) => (text.trim() ? minorFrom(text, decimals) : total);

function Result({ given, total, currency }) {
  if (given === null) return html`<p class="result warn" id="cash-result" role="status">${words.notAmount}</p>`;
  const isEnough = given >= total;
  return html`<p class=${isEnough ? "result" : "result warn"} id="cash-result" role="status"><span>${isEnough ? words.change : words.missing}</span><b>${money(Math.abs(given - total), currency)}</b></p>`;
}

function Pad({ text, setText }) {
  const press = (key) => setText(key === "⌫" ? text.slice(0, -1) : text + key);
  return html`<div class="number-pad" role="group" aria-label=${words.pad}>
    ${padKeys.map((key) => html`<button type="button" class="btn tap" aria-label=${key === "⌫" ? words.erase : undefined} onClick=${() => press(key)}>${key}</button>`)}
  </div>`;
}

export function CashFields({ total, currency, text, setText, onQuick, isBusy }) {
  const decimals = decimalsOf(currency);
  const given = givenFrom(text, total, decimals);
  return html`<div class="quick">
      ${quickCash(total, decimals).map(
        (minor) => html`<button type="button" class=${minor === total ? "btn big exact" : "btn big"} disabled=${isBusy} onClick=${() => onQuick(minor)}>${minor === total && html`<span class="tiny">${words.exact}</span>`}${money(minor, currency)}</button>`,
      )}
    </div>
    <div class="field"><label for="given">${words.given}</label>
      <input id="given" class="input amount" type="text" inputmode="decimal" autocomplete="off" maxlength="24" value=${text} placeholder=${money(total, currency)}
        aria-describedby="cash-result" onInput=${(event) => setText(event.target.value)} /></div>
    <${Pad} text=${text} setText=${setText} />
    <${Result} given=${given} total=${total} currency=${currency} />`;
}
