// What the page knows: the open documents, and the one that somebody works on.

import { get, post } from "../base/api.js";
import { nameIn } from "../base/goods.js";
import { clearRefusals, note, refused } from "../base/notes.js";
import { play } from "../base/sounds.js";
import { createStore } from "../base/store.js";
import { readFrozen } from "../stock_pages/frozen.js";
import { mayLeave, withFacts } from "../base/words_of_refusals.js";
import { words } from "./words.js";

// `fault`: what is wrong with one line, by its key; it stands under the line until a number is taken.
export const documents = createStore({ list: null, shown: null, fault: null, busy: false });

const path = (id, act = "") => `/api/v1/documents/${encodeURIComponent(id)}` + act;
const place = (id) => history.replaceState(null, "", location.pathname + (id ? "#" + id : ""));
export const keyOf = (line) => line.sku + " " + line.bucket;

export async function readList() {
  try {
    documents.set({ list: (await get("/api/v1/documents")).documents });
  } catch (problem) {
    refused(problem);
  }
}

// What is on its way to the page, a document or a new count: goods that are scanned meanwhile are meant for it.
let coming = Promise.resolve();
export const open = (id) => (coming = show(id));
export const begin = (what) => (coming = beginCount(what));

export async function takeGoods(item) {
  for (let seen = null; seen !== coming; ) await (seen = coming);
  if (documents.get().shown) addOne(item);
  else begin({ skus: [item.sku] });
}

async function show(id) {
  try {
    const shown = await get(path(id));
    if (shown.state !== "open") return leave(words.ended);
    documents.set({ shown, fault: null });
    place(id);
  } catch (problem) {
    leave();
    refused(problem);
  }
  return undefined;
}

export function leave(why = "") {
  if (why) note("info", why);
  documents.set({ shown: null, fault: null });
  place("");
  readList();
}

// Another till or the head office changed something; numbers that are on their way here are not lost by it.
export async function follow({ document }) {
  readList();
  const { shown } = documents.get();
  if (!shown || shown.id !== document || waiting) return;
  const now = await get(path(document)).catch(() => null);
  if (!now || documents.get().shown?.id !== document) return;
  if (now.state !== "open") leave(words.ended);
  else {
    if (now.rev !== shown.rev) note("warn", words.changed);
    documents.set({ shown: now });
  }
}

export async function readAll() {
  const { shown } = documents.get();
  await (shown ? follow({ document: shown.id }) : readList());
}

// Numbers are sent one after the other; what is shown runs ahead, and the last answer counts.
let waiting = 0;
let sending = Promise.resolve();

export function enter(line, qty) {
  const { shown } = documents.get();
  const id = shown.id;
  clearRefusals();
  documents.set({ shown: { ...shown, lines: withFound(shown.lines, line, qty) }, fault: null });
  waiting += 1;
  sending = sending.then(() => send(id, line, qty));
  return sending;
}

export function blame(line, title, detail, takesFocus = false) {
  play("error");
  clearRefusals();
  documents.set({ fault: { key: keyOf(line), title, detail, takesFocus } });
}

function withFound(lines, line, found) {
  const known = lines.some((one) => keyOf(one) === keyOf(line));
  return known ? lines.map((one) => (keyOf(one) === keyOf(line) ? { ...one, found } : one)) : [...lines, { ...line, found }];
}

async function send(id, line, qty) {
  let now = null;
  try {
    now = await post(path(id, "/lines"), { sku: line.sku, bucket: line.bucket, qty });
    if (now.moved) note("warn", words.moved(nameIn(line.names)), words.movedHelp);
  } catch (problem) {
    refused(problem);
    now = await get(path(id)).catch(() => null);
  }
  waiting -= 1;
  if (waiting || !now || documents.get().shown?.id !== id) return;
  if (now.state === "open") documents.set({ shown: now });
  else leave();
}

// A scanned product: its units more of its line; a count of our own takes any. A case beyond what the paper says is
// told in words: whoever opens it may take back what is too much.
export function addOne(item) {
  const { shown } = documents.get();
  const line = shown.lines.find((one) => one.sku === item.sku);
  if (!line && !shown.own) {
    play("error");
    const help = shown.task === "count" ? "count" : "other";
    note("bad", words.notAsked[help](nameIn(item.names)), words.notAskedHelp[help]);
    return;
  }
  play("ok");
  const taken = line ?? { sku: item.sku, gtin: item.gtin, names: item.names, bucket: "floor", shelf: "", asked: null, found: null };
  const found = (taken.found ?? 0) + item.units;
  if (item.cases.length && taken.asked !== null && found > taken.asked) note("warn", words.beyond(nameIn(item.names), found, taken.asked), words.beyondHelp);
  enter(taken, found);
}

export function enterAsAsked() {
  for (const line of documents.get().shown.lines.filter((one) => one.found === null)) enter(line, line.asked);
}

async function end(act, body, said) {
  documents.set({ busy: true });
  await sending;
  const { shown } = documents.get();
  try {
    await post(path(shown.id, act), body);
    play("paid");
    note("ok", said, shown.number);
    readFrozen();
    leave();
  } catch (problem) {
    const line = problem.code === "not_free" && shown.lines.find((one) => keyOf(one) === keyOf(problem.facts));
    if (line) blame(line, ...mayLeave(nameIn(line.names), problem.facts), true);
    else refused(withFacts(problem));
    if (problem.code === "document_ended") leave();
  }
  documents.set({ busy: false });
}

export const book = (partly) => end("/book", { partly }, words.booked);
export const refuse = (reason) => end("/refuse", { reason }, words.refused);

async function beginCount(what) {
  documents.set({ busy: true });
  try {
    const shown = await post("/api/v1/counts", what);
    documents.set({ shown, fault: null });
    place(shown.id);
  } catch (problem) {
    refused(problem);
  }
  documents.set({ busy: false });
}
