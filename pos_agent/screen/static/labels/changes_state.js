// Labels that tell an old price, as the agent lists them: what is chosen, what is printed, what is ticked off.

import { get, post } from "../base/api.js";
import { note, refused } from "../base/notes.js";
import { printOnce } from "../base/print_once.js";
import { play } from "../base/sounds.js";
import { createStore } from "../base/store.js";
import { words } from "./words.js";

const LOOK_AGAIN_MS = [1500, 5000];

// list: null until read; chosen: SKUs; after: where the shown part of the list begins
export const changes = createStore({ list: null, chosen: [], after: null, isBusy: false });

const query = (after) => (after ? `?shelf=${encodeURIComponent(after.shelf)}&sku=${encodeURIComponent(after.sku)}` : "");

let turn = 0;
export async function readChanges(after = changes.get().after) {
  const mine = ++turn;
  try {
    const list = await get("/api/v1/labels/changes" + query(after));
    if (mine !== turn) return;
    if (after && !list.changes.length) {
      await readChanges(null);
      return;
    }
    const listed = new Set(list.changes.map((one) => one.sku));
    changes.set({ list, after, chosen: changes.get().chosen.filter((sku) => listed.has(sku)) });
  } catch {
    // the line's sign tells of the trouble; the last known list stays
  }
}

export function goOn() {
  const { list } = changes.get();
  const last = list.changes.at(-1);
  changes.set({ chosen: [] });
  readChanges(list.more ? { shelf: last.shelf, sku: last.sku } : null);
}

export function choose(sku, isChosen) {
  const others = changes.get().chosen.filter((one) => one !== sku);
  changes.set({ chosen: isChosen ? [...others, sku] : others });
}

export const chooseAll = (isChosen) => changes.set({ chosen: isChosen ? changes.get().list.changes.map((one) => one.sku) : [] });

async function tried(act) {
  if (changes.get().isBusy) return;
  changes.set({ isBusy: true });
  try {
    await act();
    play("ok");
  } catch (problem) {
    refused(problem);
  }
  changes.set({ isBusy: false });
  await readChanges();
}

const chosenOnes = () => {
  const { list, chosen } = changes.get();
  return list.changes.filter((one) => chosen.includes(one.sku));
};

const told = (count) => {
  note("ok", words.printing(count));
  for (const wait of LOOK_AGAIN_MS) setTimeout(() => readChanges(), wait);
};

export const printMissing = () => tried(async () => told((await printOnce("/api/v1/labels/changes/print")).labels));

export const printChosen = () =>
  tried(async () => {
    const lines = chosenOnes().map(({ sku }) => ({ sku, copies: 1 }));
    told((await printOnce("/api/v1/labels", { lines })).labels);
  });

export const tickOff = () =>
  tried(async () => {
    const lines = chosenOnes().map(({ sku, new: { price_minor, per } }) => ({ sku, price_minor, per }));
    const { done } = await post("/api/v1/labels/changes/hung", { lines });
    note("ok", words.ticked(done));
  });
