// Live updates. A page is a view: it reads the state when it connects, events only say that something changed.
//
//   import { live } from "omo/web/live.js";
//   const stop = live("/events", { "order.changed": (order) => paint(order) }, { onState: (state) => … });
//
// `onState` hears "open" (also after every reconnect: read the state again) and "lost". While the line is lost the
// body carries the class `is-offline`, which shows the page's offline notice.

const SLOWEST_MS = 15000;

export function live(url, handlers, { onState = () => {}, mark = true } = {}) {
  let source = null;
  let timer = 0;
  let waitMs = 500;
  let ended = false;

  const say = (state) => {
    if (mark) document.body.classList.toggle("is-offline", state === "lost");
    onState(state);
  };

  const connect = () => {
    source = new EventSource(url);
    source.onopen = () => {
      waitMs = 500;
      say("open");
    };
    source.onerror = () => {
      say("lost");
      source.close();
      if (ended) return;
      clearTimeout(timer);
      timer = setTimeout(connect, waitMs * (0.75 + Math.random() / 2));
      waitMs = Math.min(waitMs * 2, SLOWEST_MS);
    };
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        let data;
        try {
          data = JSON.parse(event.data);
        } catch {
          data = event.data;
        }
        handle(data);
      });
    }
  };

  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    source.close();
  };
}
