// The labels that are picked to be printed. They are kept for this tab, so that a reload loses none.

import { get } from "../base/api.js";
import { nameIn } from "../base/goods.js";
import { note, refused } from "../base/notes.js";
import { play } from "../base/sounds.js";
import { createStore } from "../base/store.js";
import { printOnce } from "../base/print_once.js";
import { words } from "./words.js";

const KEY = "omo-labels";

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

// lines: { sku, names, copies }; seen: the label that is shown; where: what the agent says of its printer
export const labels = createStore({ lines: kept(), seen: null, where: null, collects: false, isBusy: false });

function put(lines, more = {}) {
  labels.set({ lines, ...more });
  try {
    sessionStorage.setItem(KEY, JSON.stringify(lines));
  } catch {
    // a browser that keeps nothing has them until the page is left
  }
}

export async function readWhere() {
  try {
    labels.set({ where: await get("/api/v1/labels/printer") });
  } catch (problem) {
    refused(problem);
  }
}

// One more label of these goods; goods that can have none are refused with the reason.
export async function add({ sku, names }) {
  const { lines, where } = labels.get();
  const known = lines.find((line) => line.sku === sku);
  if (!known && where && lines.length >= where.most_lines) {
    note("warn", words.full(where.most_lines));
    return;
  }
  try {
    const { text } = await get("/api/v1/labels/shown?sku=" + encodeURIComponent(sku));
    if (!where) await readWhere();
    const now = labels.get().lines;
    const here = now.find((line) => line.sku === sku);
    const lifted = here && { ...here, copies: Math.min(here.copies + 1, labels.get().where?.most_copies ?? 1) };
    put(here ? now.map((line) => (line === here ? lifted : line)) : [...now, { sku, names, copies: 1 }], { seen: { sku, names, text, look: Date.now() } });
    play("ok");
  } catch (problem) {
    refused(problem);
  }
}

export async function look(line) {
  try {
    const { text } = await get("/api/v1/labels/shown?sku=" + encodeURIComponent(line.sku));
    labels.set({ seen: { ...line, text, look: Date.now() } });
  } catch (problem) {
    refused(problem);
  }
}

export const setCopies = (sku, copies) => put(labels.get().lines.map((line) => (line.sku === sku ? { ...line, copies } : line)));
export const clear = () => put([], { seen: null, collects: false });
export const setCollects = (collects) => labels.set({ collects });

export function removeLine(sku) {
  const { lines, seen } = labels.get();
  put(lines.filter((line) => line.sku !== sku), seen?.sku === sku ? { seen: null } : {});
}

export async function printAll() {
  const { lines, isBusy } = labels.get();
  if (isBusy || !lines.length) return;
  labels.set({ isBusy: true });
  try {
    const told = await printOnce("/api/v1/labels", { lines: lines.map(({ sku, copies }) => ({ sku, copies })) });
    clear();
    note("ok", words.printing(told.labels));
  } catch (problem) {
    const wrong = lines.find((line) => line.sku === problem.facts?.sku);
    if (wrong) note("bad", problem.message, `${nameIn(wrong.names) || wrong.sku}. ${problem.detail}`);
    else refused(problem);
  }
  labels.set({ isBusy: false });
}
