// Sign in: who, then the PIN, on a big pad or on the keyboard.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { _, ngettext } from "omo/web/texts.js";
import { get, post } from "./base/api.js";
import { nameIn } from "./base/goods.js";
import { html } from "./base/html.js";
import { Menu } from "./base/menu.js";
import { ownPath } from "./base/own_path.js";
import { Icon, Mark } from "./base/signs.js";
import { play } from "./base/sounds.js";
import { words as shared } from "./base/words.js";

const words = {
  title: _("Sign in"),
  who: _("Who are you?"),
  pin: _("PIN"),
  till: _("Till"),
  erase: _("Erase a digit"),
  pad: _("Number pad"),
  go: _("Sign in"),
  checking: _("Checking…"),
  roles: { clerk: _("Clerk"), manager: _("Manager") },
  nobody: _("No staff has arrived from head office yet"),
  nobodyHelp: _("Wait until this machine is online once, then open the page again."),
  lockedFor: (count) => ngettext("Try again in %(num)s second.", "Try again in %(num)s seconds.", count),
};
const padKeys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "⌫"];
const MOST_DIGITS = 12;
const REMEMBER = "omo-login";

const remembered = () => {
  try {
    return localStorage.getItem(REMEMBER) || "";
  } catch {
    return "";
  }
};

function People({ staff, chosen, choose }) {
  return html`<fieldset class="people"><legend>${words.who}</legend>
    ${staff.map((one) => html`<label class="choice"><input type="radio" name="login" value=${one.login} checked=${one.login === chosen} onChange=${() => choose(one.login)} />
      <span><b>${nameIn(one.names) || one.login}</b> <span class="small muted">${words.roles[one.role] ?? one.login}</span></span></label>`)}
  </fieldset>`;
}

// Enter signs in wherever the focus is; on a digit that was just clicked it would type it once more.
function submitOnEnter(event) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

function Pad({ press }) {
  return html`<div class="pin-pad" role="group" aria-label=${words.pad} onKeyDown=${submitOnEnter}>
    ${padKeys.map((key) => (key ? html`<button type="button" class="btn" aria-label=${key === "⌫" ? words.erase : undefined} onClick=${() => press(key)}>${key}</button>` : html`<span></span>`))}
  </div>`;
}

function Tills({ tills, till, choose }) {
  if (tills.length < 2) return null;
  return html`<fieldset class="tills"><legend>${words.till}</legend>${tills.map((one) => html`<label class="choice"><input type="radio" name="till" checked=${one === till} onChange=${() => choose(one)} /><span>${one}</span></label>`)}</fieldset>`;
}

function reasonOf(problem) {
  const wait = problem.facts?.wait_s;
  return shared.sentences(problem.message, problem.code === "locked" && wait ? words.lockedFor(wait) : problem.detail);
}

function SignIn() {
  const [known, setKnown] = useState(null);
  const [login, setLogin] = useState(remembered());
  const [till, setTill] = useState("");
  const [pin, setPin] = useState("");
  const [fault, setFault] = useState("");
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    get("/api/v1/staff").then((facts) => {
      setKnown(facts);
      setTill(facts.tills?.[0] ?? "");
      if (!facts.staff.some((one) => one.login === login)) setLogin(facts.staff[0]?.login ?? "");
    }, (problem) => setFault(reasonOf(problem)));
  }, []);
  const press = (key) => setPin((now) => (key === "⌫" ? now.slice(0, -1) : (now + key).slice(0, MOST_DIGITS)));
  const submit = async (event) => {
    event.preventDefault();
    if (!login || !pin || isBusy) return;
    setBusy(true);
    setFault("");
    try {
      await post("/api/v1/sign-in", { login, pin, till });
      try {
        localStorage.setItem(REMEMBER, login);
      } catch {
        /* no storage: the name is chosen again next time */
      }
      location.assign(ownPath(new URLSearchParams(location.search).get("next"), "/till"));
    } catch (problem) {
      play("error");
      setPin("");
      setFault(reasonOf(problem));
      setBusy(false);
      document.getElementById("pin").focus();
    }
  };
  const isEmpty = known && !known.staff.length;
  return html`<header class="topbar"><span class="brand"><${Icon} name="bag" size=${22} />${nameIn(known?.names) || known?.store || "OMO"}</span><span class="push"></span><${Menu} /></header>
    <main id="main" class="page sign-in" tabindex="-1"><h1>${words.title}</h1>
      ${isEmpty && html`<div class="notice info" role="status"><${Icon} name="clock" /><div><strong>${words.nobody}</strong><p>${words.nobodyHelp}</p></div></div>`}
      <form class="card pad" onSubmit=${submit}>
        ${known && html`<div class="stack"><${People} staff=${known.staff} chosen=${login} choose=${setLogin} /><${Tills} tills=${known.tills ?? []} till=${till} choose=${setTill} /></div>`}
        <div class="stack">
          <div class="field"><label for="pin">${words.pin}</label>
            <input id="pin" class="input pin" type="password" inputmode="numeric" autocomplete="off" maxlength=${MOST_DIGITS} autofocus value=${pin} aria-invalid=${fault ? "true" : undefined} aria-describedby=${fault ? "fault" : undefined} onInput=${(event) => setPin(event.target.value)} />
            ${fault && html`<span class="fault" id="fault" role="alert"><${Mark} tone="bad" />${fault}</span>`}</div>
          <${Pad} press=${press} />
          <button class="btn main huge block" disabled=${isBusy || !pin || !login}>${isBusy ? words.checking : words.go} <kbd>Enter</kbd></button>
        </div>
      </form>
    </main>`;
}

document.addEventListener("keydown", (event) => {
  if (/^\d$/.test(event.key) && event.target.id !== "pin") document.getElementById("pin")?.focus();
});

const root = document.getElementById("screen");
root.replaceChildren();
render(html`<${SignIn} />`, root);
