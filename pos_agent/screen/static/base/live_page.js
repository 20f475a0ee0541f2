// Opens the stream of events for a page and reads everything again whenever the stream (re)opens. Returns what ends it.
// `seen` is a channel that the page asks for only while a person can see it; the agent then knows who looks at what.

import { live } from "omo/web/live.js";
import { readStatusSoon, status, watchStatus } from "./status.js";

export function livePage(handlers, readAll, channels = "till,counter,status", seen = "") {
  watchStatus();
  const ours = { line: readStatusSoon, devices: readStatusSoon, series: readStatusSoon, status: readStatusSoon, documents: readStatusSoon };
  const onState = (state) => {
    status.set({ connected: state === "open" });
    if (state !== "open") return;
    readStatusSoon();
    readAll();
  };
  const open = () => live("/events?channels=" + channels + (seen && !document.hidden ? "," + seen : ""), { ...ours, ...handlers }, { onState });
  let stop = open();
  const openAnew = () => {
    stop();
    stop = open();
  };
  if (seen) document.addEventListener("visibilitychange", openAnew);
  return () => {
    document.removeEventListener("visibilitychange", openAnew);
    stop();
  };
}
