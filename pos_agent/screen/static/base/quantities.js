// How much of goods, and for what price: pieces, and weighed goods with their unit.

import { money } from "omo/web/texts.js";
import { words } from "./words.js";

const MEASURES = ["g", "ml"];

export const isMeasured = (line) => MEASURES.includes(line.unit);

// "765 g", "3"
export const inUnits = (count, line) => (isMeasured(line) ? `${count} ${line.unit}` : String(count));

// "2 cases of 24 + 3": units that came as whole cases, and the single ones; nothing where none did
export function inCases(qty, cases = []) {
  if (!cases.length) return "";
  const loose = cases.reduce((left, { pieces, packs }) => left - pieces * packs, qty);
  return [...cases.map(({ pieces, packs }) => words.cases(packs, pieces)), loose > 0 && loose].filter(Boolean).join(" + ");
}

// " / 500 g", " / 10"; nothing for a price of one piece
export function per(line) {
  const unit = [line.per > 1 && line.per, isMeasured(line) && line.unit].filter(Boolean).join(" ");
  return unit && ` / ${unit}`;
}

// "765 g × ¥12.80 / 500 g"; an amount off the label is not what that comes to, so the price is left out
export const quantityOf = (line, currency) =>
  line.is_label_price ? `${inUnits(line.qty, line)} · ${words.labelPrice}` : `${inUnits(line.qty, line)} × ${money(line.unit_minor, currency)}${per(line)}`;
