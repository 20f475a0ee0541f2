// The card of labels that tell an old price: old and new price, since when, printing and ticking off.

import { money } from "omo/web/texts.js";
import { nameIn } from "../base/goods.js";
import { html } from "../base/html.js";
import { moment } from "../base/moments.js";
import { per } from "../base/quantities.js";
import { Pill } from "../base/signs.js";
import { useStore } from "../base/store.js";
import { changes, choose, chooseAll, goOn, printChosen, printMissing, tickOff } from "./changes_state.js";
import { words } from "./words.js";

const signs = {
  confirmed: ["ok", words.paper.done],
  sent: ["ok", words.paper.done],
  queued: ["info", words.paper.queued],
  uncertain: ["warn", words.paper.uncertain],
  failed: ["bad", words.paper.failed],
  expired: ["bad", words.paper.failed],
};

const priceOf = (price) => (price.price_minor === null ? words.noPrice : money(price.price_minor, price.currency) + per(price));

function Change({ one, isChosen, zone }) {
  const name = nameIn(one.names) || one.sku;
  const [tone, word] = signs[one.printed] ?? ["warn", words.paper.missing];
  return html`<li data-change=${one.sku}><label class="check grow"><input type="checkbox" checked=${isChosen} onChange=${(event) => choose(one.sku, event.target.checked)} />
      <span class="grow">${name}<span class="sub"><span>${words.shelf(one.shelf || "-")}</span><span>${one.gtin || one.sku}</span><span>${words.since(moment(one.since, zone))}</span>${one.has_other && html`<span>${words.hasOther}</span>`}</span></span></label>
    <span class="prices"><s><span class="visually-hidden">${words.old} </span>${priceOf(one.old)}</s> <span aria-hidden="true">→</span> <b><span class="visually-hidden">${words.now} </span>${priceOf(one.new)}</b></span><${Pill} tone=${tone}>${word}</${Pill}></li>`;
}

function Acts({ list, chosen, isBusy }) {
  const canPrint = chosen.length > 0 && list.changes.every((one) => !chosen.includes(one.sku) || one.new.price_minor !== null);
  const next = Math.min(list.missing, 50);
  return html`<div class="acts">
    <button type="button" class="btn main tap" id="print-missing" disabled=${isBusy || !next} onClick=${printMissing}>${words.printNext(next, list.missing)}</button>
    <button type="button" class="btn tap" id="print-chosen" disabled=${isBusy || !canPrint} onClick=${printChosen}>${words.print(chosen.length)}</button>
    <button type="button" class="btn tap" id="tick-off" disabled=${isBusy || !chosen.length} onClick=${tickOff}>${words.tick(chosen.length)}</button></div>`;
}

export function ChangesCard({ zone }) {
  const { list, chosen, after, isBusy } = useStore(changes);
  if (!list?.count) return null;
  const isAll = list.changes.length > 0 && chosen.length === list.changes.length;
  return html`<section class="card pad stack labels" id="changes" aria-labelledby="changes-head"><h2 id="changes-head">${words.changed} <span class="count">${list.count}</span></h2><p class="small">${words.changedHelp}</p>
    <${Acts} list=${list} chosen=${chosen} isBusy=${isBusy} />
    <label class="check"><input type="checkbox" checked=${isAll} onChange=${(event) => chooseAll(event.target.checked)} />${words.all(list.changes.length)}</label>
    <ul class="list">${list.changes.map((one) => html`<${Change} key=${one.sku} one=${one} isChosen=${chosen.includes(one.sku)} zone=${zone} />`)}</ul>
    ${(list.more || after) && html`<div class="acts"><button type="button" class="btn tap" onClick=${goOn}>${list.more ? words.next : words.first}</button></div>`}</section>`;
}
