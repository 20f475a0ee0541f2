// Asked before several lines go: beside the basket, never over it.

import { useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../base/html.js";
import { clearTicket } from "./acts.js";
import { backToSale } from "./paying.js";
import { words } from "./words.js";

export function ClearPanel() {
  const keep = useRef(null);
  useLayoutEffect(() => keep.current.focus(), []);
  const clear = () => {
    backToSale();
    clearTicket();
  };
  return html`<section class="card pad stack" role="alertdialog" aria-label=${words.askClear}>
    <h2>${words.askClear}</h2>
    <div class="pair"><button type="button" class="btn big" ref=${keep} onClick=${backToSale}>${words.keep} <kbd>Esc</kbd></button>
      <button type="button" class="btn danger big" onClick=${clear}>${words.clearYes}</button></div>
  </section>`;
}
