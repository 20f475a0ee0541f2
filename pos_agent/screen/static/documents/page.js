// Documents: what the head office asks this store to receive, send or count, and counts of the store's own.

import { render } from "preact";
import { scanWhileSeen } from "../stock_pages/find_goods.js";
import { FrozenNotice, readFrozen } from "../stock_pages/frozen.js";
import { html } from "../base/html.js";
import { LineNotice } from "../base/line_notice.js";
import { readStatusSoon, status } from "../base/status.js";
import { useStore } from "../base/store.js";
import { TopBar, zoneOf } from "../base/top_bar.js";
import { List } from "./list.js";
import { One } from "./one.js";
import { documents, follow, open, readAll } from "./state.js";
import { words } from "./words.js";

function Page() {
  const facts = useStore(status);
  const { list, shown, fault, busy } = useStore(documents);
  const isManager = facts.staff?.role === "manager";
  const body = shown
    ? html`<${One} shown=${shown} fault=${fault} mayBook=${!facts.staff || isManager} busy=${busy} zone=${zoneOf(facts)} />`
    : html`<h1>${words.title}</h1><${FrozenNotice} isManager=${isManager} />${list && html`<${List} list=${list} busy=${busy} zone=${zoneOf(facts)} />`}`;
  return html`<${TopBar} /><${LineNotice} facts=${facts} /><main id="main" class="page" tabindex="-1"><div class="stack">${body}</div></main>`;
}

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${Page} />`, root);

const asked = decodeURIComponent(location.hash.slice(1));
if (asked) open(asked);
const changed = (told) => {
  readStatusSoon();
  follow(told);
};
const readEverything = () => {
  readFrozen();
  readAll();
};
scanWhileSeen({ frozen: readFrozen, documents: changed }, readEverything);
