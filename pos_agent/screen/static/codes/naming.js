// One code is being named: find the goods, say how many units a scan stands for, save.

import { useEffect, useRef, useState } from "preact/hooks";
import { GoodsFinder } from "../stock_pages/find_goods.js";
import { nameIn } from "../base/goods.js";
import { html } from "../base/html.js";
import { words as shared } from "../base/words.js";
import { codes, leave, nameCode } from "./state.js";
import { words } from "./words.js";

const MOST_PIECES = 10000;

function Meaning({ one, chosen }) {
  const [pieces, write] = useState(one.inside?.sku === chosen.sku ? "" : "1"); // what a case holds is never guessed
  const field = useRef(null);
  useEffect(() => field.current.select(), [chosen.sku]);
  const save = (event) => {
    event.preventDefault();
    nameCode(one, chosen.sku, Number(pieces));
  };
  return html`<form class="card pad stack tight" onSubmit=${save}><p>${words.chosen}: <strong id="chosen">${nameIn(chosen.names)}</strong> <span class="small muted">${chosen.gtin || chosen.sku}</span></p>
    <div class="field"><label for="pieces">${words.pieces}</label><input id="pieces" ref=${field} class="input pieces" type="number" inputmode="numeric" min="1" max=${MOST_PIECES} step="1" required value=${pieces} aria-describedby="pieces-help" onInput=${(event) => write(event.target.value)} /><p class="small" id="pieces-help">${words.piecesHelp}</p></div>
    <div class="acts"><button class="btn primary tap" id="save">${words.save}</button></div></form>`;
}

export function Naming({ one, chosen }) {
  useEffect(() => document.getElementById("scan").focus(), []);
  return html`<section class="stack tight" id="naming" aria-label=${words.naming(one.code)}><div class="row spread"><h2 class="code">${words.naming(one.code)}</h2><button type="button" class="btn tap" onClick=${leave}>${shared.cancel}</button></div>
    <${GoodsFinder} label=${words.choose} take=${(item) => codes.set({ chosen: item })} />
    ${chosen && html`<${Meaning} key=${chosen.sku} one=${one} chosen=${chosen} />`}</section>`;
}
