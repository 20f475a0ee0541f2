// New pickup orders, seen from the till: how many, which is due first, and the way to the counter.

import { clock } from "omo/web/texts.js";
import { get } from "../base/api.js";
import { html } from "../base/html.js";
import { Icon } from "../base/signs.js";
import { till } from "./state.js";
import { words } from "./words.js";

const SOON_MS = 300;
let timer = 0;

export async function readOrders() {
  try {
    const { to_pick: orders } = await get("/api/v1/counter");
    till.set({ orders: orders.filter((order) => order.stage === "received") });
  } catch {
    /* the card keeps what it knew; the line's sign tells of the trouble */
  }
}

export function readOrdersSoon() {
  clearTimeout(timer);
  timer = setTimeout(readOrders, SOON_MS);
}

export function OrdersCard({ orders, zone }) {
  if (!orders.length) return null;
  const [first] = orders;
  return html`<a class="card new-orders" href="/counter"><${Icon} name="bag" size=${26} />
    <span class="grow"><b>${words.newOrders(orders.length)}</b><span class="sub">${first.number}${first.ready_by && " · " + words.readyBefore(clock(first.ready_by, zone))}</span></span>
    <span class="strong">${words.toCounter}</span></a>`;
}
