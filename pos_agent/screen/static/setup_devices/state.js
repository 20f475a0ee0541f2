// What the page knows: the devices that are set up, the form that is open, the trial that goes on.

import { get, post } from "../base/api.js";
import { refused } from "../base/notes.js";
import { createStore } from "../base/store.js";
import { printOnce } from "../base/print_once.js";

export const state = createStore({ setup: null, form: null, trial: null, found: null, isFinding: false });

export const read = () => get("/api/v1/setup").then((setup) => state.set({ setup }), refused);
export const readTrial = () => get("/api/v1/setup/trial").then((trial) => state.set({ trial: trial.kind ? trial : null }), refused);

const freeName = (stem, taken) => {
  let number = 1;
  while (taken.some((one) => one.id === stem + "-" + number)) number += 1;
  return stem + "-" + number;
};

export function newPrinter(uri = "") {
  const { printers } = state.get().setup;
  const fields = { id: freeName("printer", printers), role: printers.some((one) => one.role === "receipt") ? "pick" : "receipt", uri, profile: "generic-80", drawer: false, fallback: null };
  openForm("printer", fields, true);
}

export function newScanner(uri = "") {
  const fields = { id: freeName("scanner", state.get().setup.scanners), uri, prefix: "", suffix: "", end: "line", gap_ms: 100, debounce_ms: 300, till: null };
  openForm("scanner", fields, true);
}

export function newDisplay(uri = "") {
  openForm("display", { id: freeName("display", state.get().setup.displays), uri, kind: "text", till: null }, true);
}

// A form keeps the version that it was opened with: what somebody else changes meanwhile is noticed when it is kept.
export const openForm = (kind, fields, isNew) => state.set({ form: { kind, fields: { ...fields }, isNew, version: state.get().setup.version, faults: {}, isTested: false, isBad: false }, trial: null });

export const closeForm = () => state.set({ form: null, trial: null });

// Whatever changes the device takes back what its test said.
export function fill(change) {
  const { form } = state.get();
  state.set({ form: { ...form, fields: { ...form.fields, ...change }, faults: {}, isTested: false, isBad: false }, trial: null });
}

export const judge = (isTested) => state.set({ form: { ...state.get().form, isTested, isBad: !isTested } });

function showFaults(problem) {
  const faults = Object.fromEntries((problem.facts?.errors ?? []).map(({ field, message }) => [field.split(".").pop(), message]));
  state.set({ form: { ...state.get().form, faults } });
  if (!Object.keys(faults).length) refused(problem);
}

export async function save() {
  const { form } = state.get();
  try {
    const setup = await post("/api/v1/setup/" + form.kind, { version: form.version, is_new: form.isNew, [form.kind]: form.fields });
    state.set({ setup, form: null, trial: null });
    return true;
  } catch (problem) {
    showFaults(problem);
    if (problem.code === "setup_changed") read();
    return false;
  }
}

export async function tryOut(kind) {
  const { form } = state.get();
  try {
    state.set({ trial: await printOnce("/api/v1/setup/trial", { kind, [form.kind]: form.fields }) });
  } catch (problem) {
    showFaults(problem);
  }
}

export const endTrial = () => post("/api/v1/setup/trial/end").then((trial) => state.set({ trial }), refused);

export async function remove(kind, id) {
  try {
    state.set({ setup: await post("/api/v1/setup/removal", { version: state.get().setup.version, kind, id }) });
    return true;
  } catch (problem) {
    refused(problem);
    if (problem.code === "setup_changed") read();
    return false;
  }
}

export async function find(host) {
  state.set({ isFinding: true, found: null });
  try {
    const { found } = await post("/api/v1/setup/find", { host });
    state.set({ found });
  } catch (problem) {
    refused(problem);
  }
  state.set({ isFinding: false });
}
