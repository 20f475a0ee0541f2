// Take goods in: scan or type, set the quantity, name the delivery note, book. The note's number counts once.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { _, ngettext } from "omo/web/texts.js";
import { post } from "./base/api.js";
import { GoodsFinder, scanWhileSeen } from "./stock_pages/find_goods.js";
import { FrozenNotice, readFrozen } from "./stock_pages/frozen.js";
import { nameIn } from "./base/goods.js";
import { html } from "./base/html.js";
import { LineNotice } from "./base/line_notice.js";
import { note, refused } from "./base/notes.js";
import { Icon } from "./base/signs.js";
import { play } from "./base/sounds.js";
import { status } from "./base/status.js";
import { useStore } from "./base/store.js";
import { TopBar } from "./base/top_bar.js";
import { useTyped } from "./base/typed.js";
import { withFacts } from "./base/words_of_refusals.js";

const words = {
  title: _("Receive goods"),
  ref: _("Delivery note number"),
  refHint: _("Counts once: booking the same number again changes nothing."),
  add: _("Add"),
  goods: _("Goods"),
  inStore: _("Free to sell"),
  quantity: _("Quantity"),
  remove: _("Remove"),
  empty: _("Scan the first item of the delivery"),
  emptyHelp: _("The list is kept in this browser until you book it."),
  book: _("Book the delivery"),
  booking: _("Booking…"),
  booked: _("Booked"),
  repeated: _("This delivery was booked before; nothing was changed"),
  managerOnly: _("Only a manager can book a delivery"),
  managerOnlyHelp: _("Scan and count; the list is kept in this browser. A manager then signs in here and books it."),
  needsRef: _("Type the number of the delivery note to book."),
  units: (count) => ngettext("%(num)s unit in all", "%(num)s units in all", count),
};
const DRAFT = "omo-delivery";
const blank = { ref: "", lines: [] };

// An unfinished list outlives a reload; it is nobody's stock until it is booked.
function recall() {
  try {
    return JSON.parse(localStorage.getItem(DRAFT)) ?? blank;
  } catch {
    return blank;
  }
}

function keep(draft) {
  try {
    localStorage.setItem(DRAFT, JSON.stringify(draft));
  } catch {
    /* no storage: the list lasts as long as the page */
  }
}

const added = (lines, item) => {
  const known = lines.find((line) => line.sku === item.sku);
  if (known) return lines.map((line) => (line === known ? { ...line, qty: line.qty + item.units } : line));
  return [...lines, { sku: item.sku, gtin: item.gtin, names: item.names, free: item.free, qty: item.units }];
};

const wholeNumber = (text) => Math.max(1, Math.min(1000000, Number.parseInt(text, 10) || 1));

function Line({ line, set, remove }) {
  const name = nameIn(line.names);
  const typing = useTyped(line.qty, (event) => set(wholeNumber(event.target.value)));
  return html`<tr><th scope="row">${name}<span class="sub">${line.gtin || line.sku}</span></th><td class="num phone-hide">${line.free}</td>
    <td class="num"><input class="input qty-input" aria-label=${words.quantity + ": " + name} inputmode="numeric" ...${typing} /></td>
    <td class="num"><button type="button" class="btn quiet tap narrow" aria-label=${words.remove + ": " + name} onClick=${remove}><${Icon} name="cross" /></button></td></tr>`;
}

function Lines({ lines, change }) {
  const set = (sku) => (qty) => change(lines.map((line) => (line.sku === sku ? { ...line, qty } : line)));
  const remove = (sku) => () => change(lines.filter((line) => line.sku !== sku));
  return html`<table class="table"><thead><tr><th>${words.goods}</th><th class="num phone-hide">${words.inStore}</th><th class="num">${words.quantity}</th><th><span class="visually-hidden">${words.remove}</span></th></tr></thead>
    <tbody>${lines.map((line) => html`<${Line} key=${line.sku} line=${line} set=${set(line.sku)} remove=${remove(line.sku)} />`)}</tbody></table>`;
}

const Rule = () => html`<div class="notice warn" id="rule" role="status"><${Icon} name="alert" /><div><strong>${words.managerOnly}</strong><p>${words.managerOnlyHelp}</p></div></div>`;

function Receiving() {
  const [draft, setDraft] = useState(recall);
  const [isBusy, setBusy] = useState(false);
  const facts = useStore(status);
  useEffect(() => keep(draft), [draft]);
  const change = (lines) => setDraft((now) => ({ ...now, lines }));
  const take = (item) => {
    play("ok");
    setDraft((now) => ({ ...now, lines: added(now.lines, item) }));
  };
  const book = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const lines = draft.lines.map(({ sku, qty }) => ({ sku, qty }));
      const done = await post("/api/v1/stock/receive", { ref: draft.ref.trim(), reason: "receive", lines });
      play("paid");
      note("ok", done.repeated ? words.repeated : words.booked, `${draft.ref} · ${words.units(done.units ?? 0)}`);
      setDraft(blank);
    } catch (problem) {
      refused(withFacts(problem));
    }
    setBusy(false);
  };
  const mayBook = !facts.staff || facts.staff.role === "manager";
  const units = draft.lines.reduce((sum, line) => sum + line.qty, 0);
  const needsRef = mayBook && draft.lines.length > 0 && !draft.ref.trim();
  const why = mayBook ? (needsRef ? "needs-ref" : undefined) : "rule";
  return html`<${TopBar} /><${LineNotice} facts=${facts} /><main id="main" class="page" tabindex="-1"><div class="stack">
    <h1>${words.title}</h1>
    <${FrozenNotice} isManager=${facts.staff?.role === "manager"} />
    ${!mayBook && html`<${Rule} />`}
    <${GoodsFinder} label=${html`<${Icon} name="plus" />${words.add}`} take=${take} />
    <section class="card">${draft.lines.length ? html`<${Lines} lines=${draft.lines} change=${change} />` : html`<div class="blank"><${Icon} name="box" size=${48} /><h2>${words.empty}</h2><p>${words.emptyHelp}</p></div>`}</section>
    <form class="card pad book-row" onSubmit=${book}><div class="field grow"><label for="ref">${words.ref}</label><span class="hint" id="ref-hint">${words.refHint}</span><input id="ref" class="input" required maxlength="100" aria-describedby="ref-hint" value=${draft.ref} onInput=${(event) => setDraft({ ...draft, ref: event.target.value })} /></div>
      <button class="btn main big" aria-describedby=${why} disabled=${!mayBook || isBusy || !draft.lines.length || !draft.ref.trim()}>${isBusy ? words.booking : words.book} · ${words.units(units)}</button>
      ${needsRef && html`<p class="small muted needs" id="needs-ref" role="status">${words.needsRef}</p>`}</form>
  </div></main>`;
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Receiving} />`, root);

scanWhileSeen({ frozen: readFrozen }, readFrozen);
