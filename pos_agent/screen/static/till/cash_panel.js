// Cash: what was given, what goes back. Enter with an empty field means the exact sum.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { decimalsOf } from "../base/goods.js";
import { html } from "../base/html.js";
import { Icon } from "../base/signs.js";
import { words as shared } from "../base/words.js";
import { CashFields, givenFrom } from "../base/cash_fields.js";
import { backToSale, pay } from "./paying.js";
import { take } from "./scan_field.js";
import { words } from "./words.js";

const LONGEST_AMOUNT = 8; // a longer run of digits is a barcode that a wedge scanner typed into this field

export function CashPanel({ ticket, isBusy, unsure }) {
  const [text, setText] = useState("");
  const box = useRef(null);
  useLayoutEffect(() => box.current?.querySelector("input").focus(), []);
  const given = givenFrom(text, ticket.total_minor, decimalsOf(ticket.currency));
  const finish = (minor) => minor !== null && minor >= ticket.total_minor && pay(minor);
  const submit = (event) => {
    event.preventDefault();
    const typed = text.trim();
    if (/^\d+$/.test(typed) && typed.length >= LONGEST_AMOUNT) {
      setText("");
      take(typed);
    } else finish(given);
  };
  // a disabled button would swallow the Enter of a scan
  const onKeyDown = (event) => event.key === "Enter" && event.target.id === "given" && submit(event);
  return html`<form class="card pad stack cash" ref=${box} onSubmit=${submit} onKeyDown=${onKeyDown} aria-label=${words.cash}>
    <${CashFields} total=${ticket.total_minor} currency=${ticket.currency} text=${text} setText=${setText} onQuick=${finish} isBusy=${isBusy} />
    ${unsure && html`<div class="notice warn" role="status"><${Icon} name="clock" /><div><strong>${words.unsureTitle}</strong><p>${words.unsureHelp}</p></div></div>`}
    <div class="pair">
      <button type="button" class="btn big" onClick=${backToSale}>${shared.cancel} <kbd>Esc</kbd></button>
      <button class="btn main big" disabled=${isBusy || given === null || given < ticket.total_minor}>${isBusy ? words.booking : words.finish} <kbd>Enter</kbd></button>
    </div>
  </form>`;
}
