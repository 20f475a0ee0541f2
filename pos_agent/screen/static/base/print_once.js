// A wish for paper carries an id: the same for each try of it, so that a try that nobody answered can be made again
// and nothing is printed twice. The ids are kept for this tab, since a reload is how people try again.

import { post } from "./api.js";

const KEY = "omo-wishes";
const TRIED_FOR_MS = 600000;
const MOST = 20;

export const newId = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(".", "");

// [what, id, since]: wishes that were not answered yet
function waiting() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY));
    return Array.isArray(found) ? found.filter(([, , since]) => Date.now() - since < TRIED_FOR_MS) : [];
  } catch {
    return [];
  }
}

function keep(wishes) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(wishes.slice(-MOST)));
  } catch {
    // a browser that keeps nothing gives each try an id of its own after a reload
  }
}

// Answered, also by a refusal: the next wish for the same is another one. Silence and trouble of the store are no answer.
const isAnswer = (problem) => problem.status > 0 && problem.status < 500;

export async function printOnce(path, body = {}) {
  const what = path + " " + JSON.stringify(body);
  const known = waiting().find(([other]) => other === what);
  const [, request, since] = known ?? [what, newId(), Date.now()];
  const without = () => waiting().filter(([, id]) => id !== request);
  keep([...without(), [what, request, since]]);
  try {
    const told = await post(path, { ...body, request });
    keep(without());
    return told;
  } catch (problem) {
    if (isAnswer(problem)) keep(without());
    throw problem;
  }
}
