// How much of goods, and for what price: pieces, and weighed goods with their unit.

import { money } from "omo/web/texts.js";

const MEASURES = ["g", "ml"];

export const isMeasured = (line) => MEASURES.includes(line.unit);
export const shownQty = (line) => (isMeasured(line) ? `${line.qty} ${line.unit}` : line.qty);
export const per = (line) => (isMeasured(line) || line.per !== 1 ? ` / ${line.per === 1 ? "" : line.per + " "}${isMeasured(line) ? line.unit : ""}`.trimEnd() : "");

// "765 g × ¥12.80 / 500 g"
export const quantityOf = (line, currency) => `${shownQty(line)} × ${money(line.unit_minor, currency)}${per(line)}`;
