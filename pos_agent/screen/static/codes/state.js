// The list as the agent has it, and what a manager does with one code.

import { get, post } from "../base/api.js";
import { accepted, note, refused } from "../base/notes.js";
import { createStore } from "../base/store.js";
import { words } from "./words.js";

// naming: the unknown code that is being named, null while none is; chosen: the goods meant for it
export const codes = createStore({ isRead: false, unknown: [], named: [], unkept: [], naming: null, chosen: null });

export async function readCodes() {
  try {
    show(await get("/api/v1/codes"));
  } catch (problem) {
    refused(problem);
  }
}

// What was begun stays open, unless somebody else was faster.
function show(lists) {
  const { naming } = codes.get();
  const isThere = lists.unknown.some((one) => one.id === naming?.id);
  codes.set({ ...lists, isRead: true, ...(isThere ? {} : { naming: null, chosen: null }) });
}

export const begin = (one) => codes.set({ naming: one, chosen: one.inside });
export const leave = () => codes.set({ naming: null, chosen: null });

async function act(path, body, told) {
  try {
    show(await post(path, body));
    accepted();
    note("ok", told);
  } catch (problem) {
    refused(problem);
    if (problem.status === 404) readCodes();
  }
}

export const nameCode = (one, sku, pieces) => act(`/api/v1/codes/${one.id}/name`, { sku, pieces }, words.isNamed);
export const dismiss = (one) => act(`/api/v1/codes/${one.id}/dismiss`, {}, words.dismissed);
export const takeBack = (one) => act(`/api/v1/codes/named/${one.id}/take-back`, {}, words.takenBack);
