// Goods whose numbers the head office told after a loss: the shop gets no more of them until they are counted or accepted.

import { useEffect, useRef, useState } from "preact/hooks";
import { _, ngettext } from "omo/web/texts.js";
import { get, post } from "../base/api.js";
import { html } from "../base/html.js";
import { note, refused } from "../base/notes.js";
import { Icon } from "../base/signs.js";
import { play } from "../base/sounds.js";
import { createStore, useStore } from "../base/store.js";
import { words as shared } from "../base/words.js";

const words = {
  count: (count) => ngettext("%(num)s product is frozen until it is counted or accepted", "%(num)s products are frozen until they are counted or accepted", count),
  meaning: _("The store's books were lost; these numbers came from the head office and may lack the last sales. The till sells as usual, but the online shop gets no more units. Accepting takes the numbers for true."),
  managerOnly: _("A manager has to accept them."),
  accept: _("Accept all"),
  countThem: _("Count them"),
  ask: _("Take all these numbers for true?"),
  askHelp: _("Look at the shelf first where the last hours were busy. The online shop may sell these goods at once."),
  sure: _("Yes, accept all"),
  accepting: (left) => ngettext("%(num)s left…", "%(num)s left…", left),
  done: _("Accepted: the online shop may sell them again"),
  acceptOne: _("Accept this number"),
  frozenOne: _("Frozen after a loss: the online shop gets no more units until it is counted or accepted."),
};

const frozen = createStore({ count: 0, busy: false });

export const useFrozen = () => useStore(frozen);

export async function readFrozen() {
  try {
    frozen.set({ count: (await get("/api/v1/frozen")).count });
  } catch {
    /* the line's sign tells of the trouble; the last known count stays */
  }
}

// One product's number; resolves to whether it is accepted now.
export async function acceptOne(sku) {
  try {
    const { left } = await post("/api/v1/stock/accept", { skus: [sku] });
    frozen.set({ count: left });
    play("ok");
    note("ok", words.done);
    return true;
  } catch (problem) {
    refused(problem);
    return false;
  }
}

// The agent accepts some at a time, so that the till goes on between.
async function acceptAll() {
  frozen.set({ busy: true });
  try {
    let left = frozen.get().count;
    while (left > 0) {
      ({ left } = await post("/api/v1/stock/accept", { all: true }));
      frozen.set({ count: left });
    }
    play("paid");
    note("ok", words.done);
  } catch (problem) {
    refused(problem);
    readFrozen();
  }
  frozen.set({ busy: false });
  document.getElementById("scan")?.focus();
}

const ignoreHeld = (event) => event.repeat && event.preventDefault();

function Asked({ back }) {
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const onKeyDown = (event) => {
    if (event.key === "Escape") back();
  };
  return html`<div class="stack tight" role="group" aria-label=${words.ask} onKeyDown=${onKeyDown}><p><strong>${words.ask}</strong> ${words.askHelp}</p>
    <div class="row"><button type="button" ref=${first} class="btn tap" onKeyDown=${ignoreHeld} onClick=${back}>${shared.cancel}</button><button type="button" class="btn main tap" onKeyDown=${ignoreHeld} onClick=${acceptAll}>${words.sure}</button></div></div>`;
}

export function FrozenNotice({ isManager }) {
  const { count, busy } = useStore(frozen);
  const [asks, ask] = useState(false);
  const button = useRef(null);
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current && !asks) button.current?.focus();
    asked.current = asks;
  }, [asks]);
  if (!count) return null;
  const act = busy ? html`<p role="status">${words.accepting(count)}</p>` : asks ? html`<${Asked} back=${() => ask(false)} />` : html`<div class="row">${location.pathname !== "/documents" && html`<a class="btn tap" href="/documents">${words.countThem}</a>`}<button type="button" ref=${button} class="btn tap" onClick=${() => ask(true)}>${words.accept}</button></div>`;
  return html`<section class="notice warn" id="frozen" aria-labelledby="frozen-title"><${Icon} name="alert" /><div class="stack tight grow"><strong id="frozen-title">${words.count(count)}</strong><p>${words.meaning}${!isManager && " " + words.managerOnly}</p>${isManager && act}</div></section>`;
}

export function FrozenOne({ sku, onAccepted }) {
  const accept = async () => {
    if (await acceptOne(sku)) onAccepted();
  };
  return html`<div class="notice warn"><${Icon} name="alert" /><div class="stack tight grow"><p>${words.frozenOne}</p><div class="row"><button type="button" class="btn tap" onKeyDown=${ignoreHeld} onClick=${accept}>${words.acceptOne}</button></div></div></div>`;
}
