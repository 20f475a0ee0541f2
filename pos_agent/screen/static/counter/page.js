// The pickup counter: three lanes, one scan field, everything pushed; above them what is to check after a loss.

import { render } from "preact";
import { useEffect } from "preact/hooks";
import { html } from "../base/html.js";
import { LineNotice } from "../base/line_notice.js";
import { livePage } from "../base/live_page.js";
import { accepted, note, refused } from "../base/notes.js";
import { refusalOfScanner } from "../base/words_of_refusals.js";
import { readStatusSoon, status } from "../base/status.js";
import { play } from "../base/sounds.js";
import { useStore } from "../base/store.js";
import { TopBar } from "../base/top_bar.js";
import { CheckLane } from "./check_lane.js";
import { useNow } from "./clocks.js";
import { PickLane } from "./pick_lane.js";
import { ReadyLane } from "./ready_lane.js";
import { counter, pickedNow, place, readLists, readListsSoon } from "./state.js";
import { VisitorLane } from "./visitor_lane.js";
import { leave, receive, tellWrongQr } from "./visiting.js";
import { words } from "./words.js";

const field = () => document.getElementById("scan");
const isField = (node) => node.matches?.("input, textarea, select");
const isPrintable = (event) => event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;

function stepBack() {
  const { asking, sure, visitors } = counter.get();
  // a question that is taken back gives the hands to the button that asked it
  if (sure) return counter.set({ sure: null });
  if (asking) counter.set({ asking: null });
  else if (visitors.length) leave(visitors[0].order.order);
  field().value = "";
  field().focus();
  return undefined;
}

function onKeyDown(event) {
  if (event.isComposing) return;
  if (event.key === "Escape") stepBack();
  else if (event.key === "F2") {
    event.preventDefault();
    field().focus();
  } else if (isPrintable(event) && !isField(event.target)) field().focus();
}

function Counter() {
  const state = useStore(counter);
  const facts = useStore(status);
  const now = useNow(state.wrong?.until ? 1000 : 5000);
  useEffect(() => {
    document.addEventListener("keydown", onKeyDown);
    if (matchMedia("(any-pointer: fine)").matches) field()?.focus({ preventScroll: true });
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  return html`<${TopBar} /><${LineNotice} facts=${facts} />
    <main id="main" class="counter" tabindex="-1"><h1 class="visually-hidden">${words.title}</h1>
      <${CheckLane} orders=${state.to_check} sure=${state.sure} visitors=${state.visitors} />
      <${PickLane} orders=${state.to_pick} picking=${facts.picking} asking=${state.asking} now=${now} zone=${facts.tz} />
      <${ReadyLane} orders=${state.ready} back=${state.put_back} now=${now} zone=${facts.tz} />
      <${VisitorLane} state=${state} now=${now} zone=${facts.tz} isCut=${facts.known && !facts.online} />
    </main>`;
}

// A scan of the scanner picked a unit: the order's picked count went up without a click here.
function hearOrder(order) {
  const before = counter.get().to_pick.find((one) => one.order === order.order);
  const units = (one) => one.lines.reduce((sum, line) => sum + line.picked, 0);
  if (before && order.order === pickedNow() && units(order) > units(before)) accepted();
  place(order);
  readStatusSoon();
}

const handlers = {
  order: hearOrder,
  released: readListsSoon,
  refused: (facts) => (facts?.meaning === "pickup" ? tellWrongQr : refused)(refusalOfScanner(facts)),
  new() {
    play("order");
    note("info", words.newOrder);
    readListsSoon();
  },
  look() {
    play("order");
    note("warn", words.lookNow);
    readListsSoon();
  },
  // the browser's own event of an opened stream has the same name, and no data
  open(told) {
    if (!told?.open) return;
    const { open: order, token } = told;
    accepted();
    receive(order, token ? { token } : {});
    readListsSoon();
  },
};

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Counter} />`, root);
livePage(handlers, readLists, "counter,status", "counter-seen");
