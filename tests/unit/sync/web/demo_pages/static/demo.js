import { h, render } from "preact";
import { useState } from "preact/hooks";
import htm from "htm";
import { live } from "omo/web/live.js";
import { _, ngettext, money } from "omo/web/texts.js";

const html = htm.bind(h);

function Counter() {
  const [count, setCount] = useState(1);
  return html`<button class="btn" onClick=${() => setCount(count + 1)}>
    ${ngettext("%(num)s line", "%(num)s lines", count)} · ${money(1280 * count)}
  </button>`;
}

render(html`<${Counter} />`, document.getElementById("island"));
document.getElementById("island").dataset.title = _("Basket");
live("/events", { "order.changed": (order) => (document.getElementById("heard").textContent = order.id) });
