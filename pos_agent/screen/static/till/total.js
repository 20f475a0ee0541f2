// The biggest thing on the till: what is to pay.

import { money } from "omo/web/texts.js";
import { html } from "../base/html.js";
import { words as shared } from "../base/words.js";
import { words } from "./words.js";

export const Total = ({ ticket }) => html`<section class="total" aria-label=${words.toPay}>
  <div class="row spread"><span>${words.toPay}</span><span>${shared.items(ticket.count)}</span></div>
  <output class="value" id="total" aria-live="polite">${money(ticket.total_minor, ticket.currency)}</output>
</section>`;
