// Goods found by a scan or by typing, on the pages that speak of stock.

import { useRef, useState } from "preact/hooks";
import { _ } from "omo/web/texts.js";
import { get } from "../base/api.js";
import { CameraButton } from "../base/camera_button.js";
import { nameIn } from "../base/goods.js";
import { html } from "../base/html.js";
import { livePage } from "../base/live_page.js";
import { note, refused } from "../base/notes.js";
import { inCases } from "../base/quantities.js";
import { Mark, Pill } from "../base/signs.js";
import { play } from "../base/sounds.js";
import { words as shared } from "../base/words.js";
import { refusalOfScanner } from "../base/words_of_refusals.js";

const words = {
  scan: _("Scan, or type a barcode or a name"),
  unknown: _("These goods are not known"),
  unknownHelp: _("Check the number, or wait for the catalogue."),
  several: _("Several goods fit; choose one"),
};

// Where the scanner's goods go: into the page.
let taken = () => {};

// One field and what it found; `take(item)` gets the goods that were meant with the `units` of the scan, `mark(item)`
// warns of a choice in words.
export function GoodsFinder({ label, take, mark = () => "" }) {
  const [choices, setChoices] = useState([]);
  const [fault, setFault] = useState("");
  const field = useRef(null);
  const choose = (item) => {
    setChoices([]);
    setFault("");
    take({ units: 1, cases: [], ...item });
    if (item.cases?.length) note("info", inCases(item.units, item.cases), nameIn(item.names));
  };
  const find = async (text) => {
    try {
      const { items, scanned, refused: why } = await get("/api/v1/till/search?scan=true&q=" + encodeURIComponent(text));
      if (why) {
        setChoices([]);
        setFault("");
        refused(refusalOfScanner(why.code === "unknown_case" ? { ...why, scanned: text } : why)); // others are never shown
        return false;
      }
      const exact = scanned ? { ...items[0], ...scanned } : (items.find((item) => item.gtin === text || item.sku === text) ?? (items.length === 1 ? items[0] : null));
      if (exact) {
        choose(exact);
        return false;
      }
      setChoices(items);
      setFault(items.length ? "" : text);
      if (!items.length) play("error");
      return items.length > 1;
    } catch (problem) {
      refused(problem);
    }
    return false;
  };
  taken = find;
  // A word that fits several goods stays, to be made longer; it is selected, so that a scan takes its place.
  const asked = async (event) => {
    event.preventDefault();
    const text = field.current.value.trim();
    field.current.value = "";
    field.current.focus();
    if (!text || !(await find(text)) || field.current?.value !== "") return;
    field.current.value = text;
    field.current.select();
  };
  const chosen = (item) => {
    choose(item);
    field.current.value = "";
    field.current.focus();
  };
  return html`<form class="card pad find-row" onSubmit=${asked}><div class="field grow"><label for="scan">${words.scan}</label><input id="scan" ref=${field} class="input scan" autocomplete="off" autofocus maxlength="200" aria-describedby=${fault ? "fault" : undefined} /></div><${CameraButton} take=${find} /><button class="btn big">${label}</button>
      ${fault && html`<p class="fault" id="fault" role="alert"><${Mark} tone="bad" />${shared.sentences(words.unknown + ": " + fault, words.unknownHelp)}</p>`}</form>
    ${choices.length > 0 && html`<section class="card pad stack tight" role="group" aria-label=${words.several}><h2>${words.several}</h2>${choices.map((item) => html`<button type="button" class="btn tap pick" onClick=${() => chosen(item)}><span>${nameIn(item.names)}${mark(item) && html` <${Pill} tone="warn">${mark(item)}</${Pill}>`}</span><span class="small muted">${item.gtin || item.sku}</span></button>`)}</section>`}`;
}

// While the page listens, the till's scanner scans for it; a page that nobody sees leaves the scanner to the till.
export function scanWhileSeen(handlers, readAll) {
  const listen = () => livePage({ scan: ({ code }) => taken(code), ...handlers }, readAll, "status,receiving");
  let stop = document.hidden ? null : listen();
  document.addEventListener("visibilitychange", () => {
    stop?.();
    stop = document.hidden ? null : listen();
  });
}
