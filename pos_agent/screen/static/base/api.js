// Calls to the agent. Every failure is an ApiProblem: a stable code for the page, plain words for the clerk.

import { words } from "./words.js";

const PATIENCE_MS = 10000;
// Pages that do not lead to the sign-in: the one that does it, and the one that faces the customer.
const STAYING = new Set(["/sign-in", "/customer"]);

export class ApiProblem extends Error {
  constructor(status, facts) {
    super(facts.title || words.failed);
    this.status = status;
    this.code = facts.code || "unexpected";
    this.detail = facts.detail || "";
    this.facts = facts;
  }
}

// Nothing was heard: the call may have been done or not, so only calls that can be repeated are repeated.
function silence() {
  return new ApiProblem(0, { code: "unreachable", title: words.unreachable, detail: words.unreachableHelp });
}

export async function call(method, path, body) {
  const headers = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  let answer;
  try {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    answer = await fetch(path, { method, headers, body: sent, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw silence();
  }
  const facts = await answer.json().catch(() => ({}));
  if (answer.ok) return facts;
  if (answer.status === 401 && !STAYING.has(location.pathname) && !isSigningOut) signIn();
  // a browser that was removed is asked to pair anew
  if (answer.status === 403 && facts.code === "not_paired" && location.pathname !== "/pair") location.assign("/pair?next=" + encodeURIComponent(location.pathname));
  throw new ApiProblem(answer.status, facts);
}

export function signIn() {
  location.assign("/sign-in?next=" + encodeURIComponent(location.pathname));
}

// Other calls of the page may hear of the end before the one that asked for it: they must not choose where to go.
let isSigningOut = false;

export async function signOut() {
  isSigningOut = true;
  try {
    await post("/api/v1/sign-out");
  } catch (problem) {
    isSigningOut = false;
    throw problem;
  }
  location.assign("/sign-in");
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);
