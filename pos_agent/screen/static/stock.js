// Why is it 47? A SKU's number in this store, the movements behind it, and whether they sum to it. For managers.

import { render } from "preact";
import { useState } from "preact/hooks";
import { _, clock, ngettext } from "omo/web/texts.js";
import { get } from "./base/api.js";
import { GoodsFinder, scanWhileSeen } from "./stock_pages/find_goods.js";
import { FrozenNotice, FrozenOne, readFrozen } from "./stock_pages/frozen.js";
import { nameIn } from "./base/goods.js";
import { html } from "./base/html.js";
import { LineNotice } from "./base/line_notice.js";
import { refused } from "./base/notes.js";
import { Icon, Mark, Pill } from "./base/signs.js";
import { readStatusSoon, status } from "./base/status.js";
import { useStore } from "./base/store.js";
import { TopBar, zoneOf } from "./base/top_bar.js";
import { LabelsCard } from "./labels/card.js";
import { ChangesCard } from "./labels/changes_card.js";
import { readChanges } from "./labels/changes_state.js";
import { add, labels } from "./labels/state.js";
import { words as ofLabels } from "./labels/words.js";

const words = {
  title: _("Stock"),
  show: _("Show"),
  empty: _("Scan goods to see why their number is what it is"),
  emptyHelp: _("Every unit that came or went is listed, with who and when."),
  inStore: _("In store now"),
  agrees: _("agrees"),
  differs: _("differs"),
  differsHelp: _("The books of these goods are wrong: count them and tell the head office."),
  sums: (count, sum) => ngettext("%(num)s movement sums to %(sum)s", "%(num)s movements sum to %(sum)s", count, { sum }),
  free: (count) => _("Till may sell %(count)s", { count }),
  owed: (count) => _("Owed to orders %(count)s", { count }),
  damaged: (count) => _("Damaged %(count)s", { count }),
  rejected: _("The head office could not book a movement of these goods"),
  what: _("What happened"),
  change: _("In or out"),
  after: _("After it"),
  who: _("Who"),
  when: _("When"),
  older: _("Older"),
  holds: _("Held for orders"),
};
const reasons = {
  sale: _("sold"),
  return: _("brought back"),
  receive: _("received"),
  opening: _("opening stock"),
  transfer_out: _("sent to another store"),
  transfer_in: _("came from another store"),
  adjust: _("adjusted"),
  count: _("counted"),
  damage: _("damaged"),
  override: _("sold beyond the shelf"),
  bucket: _("moved within the store"),
  takeover: _("told by the head office after a loss"),
  pickup_picking: _("picked for an order"),
  pickup_done: _("handed over"),
  pickup_short: _("not found for an order"),
  pickup_released: _("freed from an order"),
  pickup_put_back: _("put back on the shelf"),
};
const reason = (name) => reasons[name] ?? name.replaceAll("_", " ");
const signed = (change) => (change > 0 ? "+" + change : String(change).replace("-", "−"));

const language = document.documentElement.lang || "zh-CN";
const day = (at, timeZone) => new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone }).format(new Date(at));

function Movement({ line, zone }) {
  return html`<tr><th scope="row">${reason(line.reason)}<span class="sub">${line.order || line.ref}</span></th><td class="num">${signed(line.change)}</td>
    <td class="num strong">${line.balance}</td><td class="phone-hide">${line.actor}</td><td class="num">${clock(line.at, zone)}<span class="sub">${day(line.at, zone)}</span></td></tr>`;
}

function Movements({ lines, zone }) {
  return html`<table class="table"><thead><tr><th>${words.what}</th><th class="num">${words.change}</th><th class="num">${words.after}</th><th class="phone-hide">${words.who}</th><th class="num">${words.when}</th></tr></thead>
    <tbody>${lines.map((line) => html`<${Movement} key=${line.seq + "-" + line.place} line=${line} zone=${zone} />`)}</tbody></table>`;
}

function Now({ item, why, readAgain }) {
  const { now, sum } = why;
  return html`<section class="card pad stack" aria-label=${words.inStore}><div><h2>${nameIn(item.names)}</h2><span class="small muted">${item.gtin || item.sku}</span></div>
    <div class="total"><div class="row">${words.inStore}</div><div class="value" id="on-hand">${now.on_hand}</div></div>
    <p id="sum-check"><${Pill} tone=${sum.agrees ? "ok" : "bad"}>${sum.agrees ? words.agrees : words.differs}</${Pill}> ${words.sums(sum.movements, sum.on_hand)}</p>
    ${!sum.agrees && html`<p class="fault"><${Mark} tone="bad" />${words.differsHelp}</p>`}
    ${why.rejected.length > 0 && html`<p class="fault"><${Mark} tone="bad" />${words.rejected}</p>`}
    ${now.frozen && html`<${FrozenOne} sku=${why.sku} onAccepted=${readAgain} />`}
    <div class="row small"><span>${words.free(now.free)}</span><span>${words.owed(now.open)}</span><span>${words.damaged(now.damaged)}</span></div>
    <div><button type="button" class="btn tap" id="add-label" onClick=${() => add({ ...item, sku: why.sku })}>${ofLabels.one}</button></div></section>`;
}

function Holds({ holds }) {
  const open = holds.filter((hold) => hold.open > 0);
  if (!open.length) return null;
  return html`<section class="card"><header><h2>${words.holds}</h2></header><ul class="list">${open.map((hold) => html`<li><span class="strong">${hold.number}</span><span class="push num">${hold.open}</span></li>`)}</ul></section>`;
}

const Blank = () => html`<section class="card"><div class="blank"><${Icon} name="box" size=${48} /><h2>${words.empty}</h2><p>${words.emptyHelp}</p></div></section>`;
const path = (sku, before) => `/api/v1/stock/${encodeURIComponent(sku)}/why` + (before ? "?before=" + before : "");

function Stock() {
  const [shown, show] = useState(null);
  const facts = useStore(status);
  const choose = async (item) => {
    if (labels.get().collects) add(item);
    try {
      show({ item, why: await get(path(item.sku)) });
    } catch (problem) {
      refused(problem);
    }
  };
  const older = async () => {
    try {
      const more = await get(path(shown.item.sku, shown.why.next_before));
      show({ ...shown, why: { ...shown.why, movements: [...shown.why.movements, ...more.movements], next_before: more.next_before } });
    } catch (problem) {
      refused(problem);
    }
  };
  return html`<${TopBar} /><${LineNotice} facts=${facts} /><main id="main" class="page" tabindex="-1"><div class="stack">
    <h1>${words.title}</h1>
    <${FrozenNotice} isManager=${facts.staff?.role === "manager"} />
    <${GoodsFinder} label=${words.show} take=${choose} /><${LabelsCard} /><${ChangesCard} zone=${zoneOf(facts)} />
    ${shown ? html`<${Now} item=${shown.item} why=${shown.why} readAgain=${() => choose(shown.item)} /><${Holds} holds=${shown.why.holds} />
      <section class="card"><div class="scroller" tabindex="0" role="region" aria-label=${words.what}><${Movements} lines=${shown.why.movements} zone=${zoneOf(facts)} /></div>${shown.why.next_before && html`<footer><button type="button" class="btn tap" onClick=${older}>${words.older}</button></footer>`}</section>` : html`<${Blank} />`}
  </div></main>`;
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Stock} />`, root);
const changed = () => {
  readStatusSoon();
  readChanges();
};
scanWhileSeen({ frozen: readFrozen, series: changed, labels: () => readChanges(), devices: changed }, () => {
  readFrozen();
  readChanges();
});
