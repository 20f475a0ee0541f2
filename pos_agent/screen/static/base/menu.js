// The small menu of each page: language, appearance, sign out.

import { useEffect, useRef, useState } from "preact/hooks";
import { setTheme } from "omo/web/ui.js";
import { signOut } from "./api.js";
import { html } from "./html.js";
import { refused } from "./notes.js";
import { Icon } from "./signs.js";
import { words } from "./words.js";

const languages = [
  ["zh-CN", "中文"],
  ["en", "English"],
];
const here = document.documentElement.lang;
const themeNow = () => document.documentElement.dataset.theme || "auto";

function Languages() {
  return html`<div role="group" aria-label=${words.language} class="choices">
    ${languages.map(([tag, name]) => html`<a class="btn" href=${"?lang=" + tag} lang=${tag} aria-current=${tag === here ? "true" : undefined}>${name}</a>`)}
  </div>`;
}

function Themes() {
  const [theme, choose] = useState(themeNow());
  const take = (name) => {
    setTheme(name);
    choose(name);
  };
  return html`<div role="group" aria-label=${words.theme} class="choices">
    ${Object.entries(words.themes).map(
      ([name, word]) => html`<button type="button" class="btn" aria-pressed=${String(theme === name)} onClick=${() => take(name)}>${word}</button>`,
    )}
  </div>`;
}

// Closes when the focus or a click goes elsewhere, or on Escape, which then means nothing else.
function useLeaving(box) {
  useEffect(() => {
    const leave = (event) => {
      if (box.current?.open && !box.current.contains(event.target)) box.current.open = false;
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, []);
}

export function Menu({ staff }) {
  const box = useRef(null);
  useLeaving(box);
  const onKey = (event) => {
    if (event.key !== "Escape" || !box.current.open) return;
    event.stopPropagation();
    box.current.open = false;
    box.current.querySelector("summary").focus();
  };
  return html`<details class="menu" ref=${box} onKeyDown=${onKey}>
    <summary class="btn" aria-label=${words.settings}><${Icon} name="settings" /></summary>
    <div class="card menu-box">
      <${Languages} />
      <${Themes} />
      ${staff && html`<a class="btn" href="/devices" aria-current=${location.pathname === "/devices" ? "page" : undefined}>${words.devices}</a>`}
      ${staff?.role === "manager" && html`<a class="btn" href="/phones">${words.phones}</a>`}
      ${staff && html`<a class="btn" href="/customer" target="omo-customer">${words.customer}</a>`}
      ${staff?.role === "manager" && html`<a class="btn" href="/codes" aria-current=${location.pathname === "/codes" ? "page" : undefined}>${words.codes}</a>`}
      ${staff && html`<button type="button" class="btn" onClick=${() => signOut().catch(refused)}>${words.signOut}</button>`}
    </div>
  </details>`;
}
