// Promises and expiry: how much time is left, as a sign, a colour and a word.

import { useEffect, useState } from "preact/hooks";
import { clock } from "omo/web/texts.js";
import { html } from "../base/html.js";
import { Icon, State } from "../base/signs.js";
import { words } from "./words.js";

const MINUTE_MS = 60000;
const SOON_MINUTES = 15;
const LONG_MINUTES = 120;
const EXPIRES_SOON_MS = 4 * 3600 * 1000;

export function useNow(everyMs = 5000) {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

const late = (minutes) => (minutes < LONG_MINUTES ? words.minutesLate(minutes) : words.hoursLate(Math.floor(minutes / 60)));

export function Promised({ order, now, zone }) {
  if (!order.ready_by) return null;
  const left = Math.floor((Date.parse(order.ready_by) - now) / MINUTE_MS);
  if (left < 0) return html`<${State} tone="bad">${late(-left)}</${State}>`;
  if (left < SOON_MINUTES) return html`<${State} tone="warn">${words.minutesLeft(left)}</${State}>`;
  const text = left < LONG_MINUTES ? words.minutesLeft(left) : words.readyBy(clock(order.ready_by, zone));
  return html`<span class="state calm"><${Icon} name="clock" size=${16} />${text}</span>`;
}

const language = document.documentElement.lang;
export function dayAndTime(instant, zone) {
  const options = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  return new Intl.DateTimeFormat(language, options).format(new Date(instant));
}

export function Kept({ order, now, zone }) {
  if (!order.expires_at) return null;
  const left = Date.parse(order.expires_at) - now;
  const text = dayAndTime(order.expires_at, zone);
  if (left < EXPIRES_SOON_MS) return html`<${State} tone="warn">${words.expiresSoon(text)}</${State}>`;
  return html`<span class="small muted">${words.expires(text)}</span>`;
}

