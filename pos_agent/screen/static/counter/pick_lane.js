// Orders to pick, the oldest promise first. One is being picked: the scanner's scans go there.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../base/html.js";
import { nameIn } from "../base/goods.js";
import { Icon, State } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { BagLabel } from "./bag_label.js";
import { Promised } from "./clocks.js";
import { Head, Lines, Who } from "./order_card.js";
import { allPicked, counter, isPicked, isSought, makeReady, openUnits, pickOne, startPicking, step } from "./state.js";
import { words } from "./words.js";

function Missing({ order }) {
  const lines = order.lines.filter((line) => !isPicked(line));
  const [chosen, choose] = useState(lines[0]?.line);
  const line = lines.find((one) => one.line === chosen) ?? lines[0];
  const most = line ? openUnits(line) - line.picked : 0;
  const [count, setCount] = useState(null);
  const n = Math.min(count ?? most, most);
  const close = () => counter.set({ asking: null });
  const report = async () => {
    if (await step(order, "short", { line: line.line, n })) close();
  };
  const first = useRef(null);
  useLayoutEffect(() => first.current?.querySelector("input:checked").focus(), []);
  if (!line) return html`<p class="muted">${words.nothingMissing}</p>`;
  return html`<fieldset class="missing" ref=${first}><legend>${words.missingAsk}</legend>
    ${lines.map((one) => html`<label class="choice"><input type="radio" name=${"missing-" + order.order} checked=${one === line} onChange=${() => (choose(one.line), setCount(null))} /><span>${nameIn(one.names)}</span></label>`)}
    <div class="row"><div class="stepper"><button type="button" aria-label="−1" onClick=${() => setCount(Math.max(1, n - 1))}>−</button>
      <input aria-label=${words.missing} inputmode="numeric" value=${n} onChange=${(event) => setCount(Math.max(1, Number.parseInt(event.target.value, 10) || 1))} />
      <button type="button" aria-label="+1" onClick=${() => setCount(Math.min(most, n + 1))}>+</button></div><p class="small muted grow">${words.missingHelp}</p></div>
    <div class="pair"><button type="button" class="btn tap" onClick=${close}>${shared.cancel}</button><button type="button" class="btn danger tap" onClick=${report}>${words.reportMissing(n)}</button></div>
  </fieldset>`;
}

// What headquarters asks for, because the till sold it or a count missed it.
function LookNow({ order }) {
  return html`<div class="look-now" role="status"><${State} tone="bad">${words.lookNow}<//><p class="small">${words.lookHelp}</p>
    ${order.lines.filter((line) => line.look > 0).map((line) => html`<div key=${line.line} class="row"><span class="grow">${nameIn(line.names)}${line.shelf && html` · ${words.shelf(line.shelf)}`}</span><b class="of">× ${line.look}</b>
      <button type="button" class="btn danger tap" aria-label=${words.notFound(nameIn(line.names))} onClick=${() => step(order, "not-found", { line: line.line })}>${words.notThere}</button></div>`)}
  </div>`;
}

function Picking({ order, isNow, asking }) {
  const isDone = allPicked(order);
  const pair = useRef(null);
  const asked = useRef(asking);
  // what had the focus went with the question: the next step takes it
  useLayoutEffect(() => {
    if (asked.current && !asking) pair.current.querySelector("button:not(:disabled)")?.focus();
    asked.current = asking;
  }, [asking]);
  return html`<${Lines} order=${order} onPick=${(line) => pickOne(order, line)} />
    ${isDone && !asking && html`<${BagLabel} order=${order} />`}
    ${asking ? html`<${Missing} order=${order} />` : html`<p class="hint-row" role="status">${isDone ? words.allPicked : isNow ? words.scanNext : ""}</p>
    <div class="pair" ref=${pair}>
      ${isDone ? html`<span></span>` : html`<button type="button" class="btn tap" onClick=${() => counter.set({ asking: order.order })}>${words.missing}</button>`}
      ${!isNow && !isDone ? html`<button type="button" class="btn main tap" onClick=${() => startPicking(order)}>${words.goOn}</button>` : html`<button type="button" class="btn main tap" disabled=${!isDone} onClick=${() => makeReady(order)}>${words.makeReady}</button>`}
    </div>`}`;
}

function Card({ order, isNow, now, zone, asking }) {
  const isLate = order.ready_by && Date.parse(order.ready_by) < now;
  const isOpen = isNow || order.stage === "picking";
  return html`<article class=${"card order" + (isNow ? " now" : "") + (isLate || isSought(order) ? " late" : "")} aria-labelledby=${"o-" + order.order}>
    <${Head} order=${order}><${Promised} order=${order} now=${now} zone=${zone} /></${Head}>
    <${Who} order=${order} />
    ${isSought(order) && html`<${LookNow} order=${order} />`}
    ${isOpen ? html`<${Picking} order=${order} isNow=${isNow} asking=${asking} />` : html`<button type="button" class="btn main tap" onClick=${() => startPicking(order)}>${words.pick}</button>`}
  </article>`;
}

export function PickLane({ orders, picking, asking, now, zone }) {
  const sorted = [...orders].sort((a, b) => (b.order === picking) - (a.order === picking));
  return html`<section class="lane" aria-labelledby="lane-pick"><h2 id="lane-pick">${words.toPick} <span class="count">${orders.length}</span></h2>
    ${!orders.length && html`<div class="blank card"><${Icon} name="check" size=${48} /><h3>${words.nothingToPick}</h3><p>${words.nothingToPickHelp}</p></div>`}
    ${sorted.map((order) => html`<${Card} key=${order.order} order=${order} isNow=${order.order === picking} asking=${asking === order.order} now=${now} zone=${zone} />`)}
  </section>`;
}
