// The bar on top of every page: where we are, who works here, is the line up, are the devices well, what time it is.

import { useEffect, useState } from "preact/hooks";
import { clock } from "omo/web/texts.js";
import { html } from "./html.js";
import { Icon, Pill } from "./signs.js";
import { nameIn } from "./goods.js";
import { sounds } from "./sounds.js";
import { status } from "./status.js";
import { useStore } from "./store.js";
import { Menu } from "./menu.js";
import { displaySign, printerSign, scannerSign, words } from "./words.js";

const TICK_MS = 5000;
const pages = [
  ["/till", words.till],
  ["/counter", words.counter],
  ["/receiving", words.receiving],
  ["/documents", words.documents],
  ["/stock", words.stock, "manager"],
  ["/reports", words.reports, "manager"],
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
  const alarm = words.alarms[facts.alarm];
  if (alarm) return ["bad", alarm.sign];
  const waiting = facts.unsent ? " · " + words.unsent(facts.unsent) : "";
  if (facts.online && facts.older) return ["bad", words.older[facts.older] + waiting];
  if (facts.online) return ["ok", words.online + waiting];
  const since = facts.since ? words.offlineSince(clock(facts.since, zoneOf(facts))) : words.offline;
  return ["warn", since + waiting];
}

export function LinePill({ facts }) {
  const [tone, text] = lineSign(facts);
  return html`<${Pill} tone=${tone} id="line">${text}</${Pill}>`;
}

// Devices that are well share one sign; each in trouble has its own. All lead to the page that says what to do.
function Devices({ facts }) {
  const all = [...facts.printers.map((one) => ["printer", printerSign(one)]), ...facts.scanners.map((one) => ["scanner", scannerSign(one)]), ...facts.displays.map((one) => ["screen", displaySign(one)])];
  const well = all.filter(([, [tone]]) => tone === "ok").map(([, [, text]]) => text);
  const here = location.pathname === "/devices";
  return html`<a href="/devices" class="device-signs" aria-current=${here ? "page" : undefined}><span class="visually-hidden">${words.devices}: </span>${all.map(([icon, [tone, text]]) => tone !== "ok" && html`<${Pill} tone=${tone}><${Icon} name=${icon} size=${16} />${text}</${Pill}>`)}
    ${well.length > 0 && html`<${Pill} tone="ok" id="well" title=${well.join(" · ")}>${well.length === all.length ? words.devicesWell : words.othersWell}</${Pill}>`}
    ${facts.papers > 0 && html`<${Pill} tone="warn" id="open-papers">${words.openPapers(facts.papers)}</${Pill}>`}</a>`;
}

// Browsers are silent until somebody touched the page: a new order would not be heard.
function Silence() {
  const { isOn } = useStore(sounds);
  return isOn ? null : html`<${Pill} tone="info" id="silent">${words.silent}</${Pill}>`;
}

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
      ${pages.filter(([path, , role]) => (!role || facts.staff?.role === role) && !(path === "/till" && facts.counter_only)).map(([path, name]) => html`<a href=${path} aria-current=${path === here ? "page" : undefined}>${name}${path === "/documents" && facts.documents > 0 && html`<span class="count" id="open-documents"><span class="visually-hidden">${words.waiting}</span> ${facts.documents}</span>`}</a>`)}
    </nav>
    <div class="end push">
      <div class="signs" role="status">
        <${LinePill} facts=${facts} />
        <${Devices} facts=${facts} />
        <${Silence} />
      </div>
      <time class="muted small num">${clock(now, zoneOf(facts))}</time>
      <${Menu} staff=${facts.staff} />
    </div>
  </header>`;
}
