// Opens the stream of events for a page and reads everything again whenever the stream (re)opens. Returns what ends it.

import { live } from "omo/web/live.js";
import { readStatusSoon, status, watchStatus } from "./status.js";

export function livePage(handlers, readAll, channels = "till,counter,status") {
  watchStatus();
  const ours = { line: readStatusSoon, devices: readStatusSoon, series: readStatusSoon, status: readStatusSoon };
  return live("/events?channels=" + channels, { ...ours, ...handlers }, {
    onState(state) {
      status.set({ connected: state === "open" });
      if (state !== "open") return;
      readStatusSoon();
      readAll();
    },
  });
}
