// The bar on top of every page: where we are, who works here, is the line up, are the devices well, what time it is.

import { useEffect, useState } from "preact/hooks";
import { clock } from "omo/web/texts.js";
import { html } from "./html.js";
import { Icon, Pill } from "./signs.js";
import { nameIn } from "./goods.js";
import { status } from "./status.js";
import { useStore } from "./store.js";
import { Menu } from "./menu.js";
import { printerSign, scannerSign, words } from "./words.js";

const TICK_MS = 5000;
const pages = [
  ["/till", words.till],
  ["/counter", words.counter],
  ["/receiving", words.receiving],
];

function useNow() {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export const zoneOf = (facts) => facts.tz || undefined;

function lineSign(facts) {
  if (!facts.connected) return ["bad", words.agentGone];
  if (!facts.known) return ["info", words.connecting];
  const waiting = facts.unsent ? " · " + words.unsent(facts.unsent) : "";
  if (facts.online) return ["ok", words.online + waiting];
  const since = facts.since ? words.offlineSince(clock(facts.since, zoneOf(facts))) : words.offline;
  return ["warn", since + waiting];
}

export function LinePill({ facts }) {
  const [tone, text] = lineSign(facts);
  return html`<${Pill} tone=${tone} id="line">${text}</${Pill}>`;
}

// A device that is well is a mark and a drawing where the bar is short of room; one in trouble always says so.
const Device = ({ icon, sign: [tone, text] }) => html`<${Pill} tone=${tone} title=${text}><${Icon} name=${icon} size=${16} /><span class=${tone === "ok" ? "well" : ""}>${text}</span></${Pill}>`;

function Place({ facts }) {
  const till = facts.till ? " · " + words.tillNo(facts.till) : "";
  return html`<span class="brand"><${Icon} name="bag" size=${22} /><span class="place">${facts.names ? nameIn(facts.names) : facts.store}${till}</span></span>
    ${facts.staff && html`<span class="muted small clerk">${nameIn(facts.staff.names) || facts.staff.login}</span>`}`;
}

export function TopBar() {
  const facts = useStore(status);
  const now = useNow();
  const here = location.pathname;
  return html`<header class="topbar">
    <${Place} facts=${facts} />
    <nav class="tabs" aria-label=${words.pages}>
      ${pages.map(([path, name]) => html`<a href=${path} aria-current=${path === here ? "page" : undefined}>${name}</a>`)}
    </nav>
    <div class="signs push" role="status">
      <${LinePill} facts=${facts} />
      ${facts.printers.map((one) => html`<${Device} key=${one.id} icon="printer" sign=${printerSign(one)} />`)}
      ${facts.scanners.map((one) => html`<${Device} key=${one.id} icon="scanner" sign=${scannerSign(one)} />`)}
    </div>
    <time class="muted small num">${clock(now, zoneOf(facts))}</time>
    <${Menu} staff=${facts.staff} />
  </header>`;
}
