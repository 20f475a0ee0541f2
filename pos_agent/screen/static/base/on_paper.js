// A paper as it is printed: its picture for the eye, its lines as text for those who do not see it.

import { html } from "./html.js";

export function OnPaper({ name, picture, text }) {
  return html`<figure class="on-paper" tabindex="0" role="region" aria-label=${name}><img src=${picture} alt="" /><div class="visually-hidden">${text.split("\n").map((line) => line.trim() && html`<p>${line}</p>`)}</div></figure>`;
}
