// What was scanned or typed here: goods for the order that is being picked, or a customer's code.

import { counter, pickedNow, step } from "./state.js";
import { find } from "./visiting.js";

const isGoods = (text) => /^\d{8,14}$/.test(text) || text.startsWith("]");

const isReceipt = (text) => /^[a-z0-9][a-z0-9-]*-[0-9A-Za-z]{1,8}-\d{1,12}-\d{6,12}$/.test(text);

// as slips and bag labels carry it
const isNumber = (text) => /^\d{6}-\d{8}$/.test(text);

export function scanText(text, tail = "") {
  const picking = pickedNow();
  const order = counter.get().to_pick.find((one) => one.order === picking);
  if (order && isGoods(text)) return step(order, "scan", { code: text });
  // a receipt's number keeps its small letters
  if (isReceipt(text)) return find(text, "", "receipt");
  if (isNumber(text)) return find(text, "", "number");
  return find(text.startsWith("OMO1:") ? text : text.toUpperCase(), tail);
}
