// When a code that the camera sees counts: once, as long as it stays in view. A phone that is held over goods for
// seconds must not sell them twice, and a blurred frame in between is no second look. Only looks that miss a code
// take it out of view: while the page was busy nobody looked.

export const OUT_OF_VIEW_MS = 1500;

export function createRepeats() {
  const missedSince = new Map();
  // `codes` are all that one look at `at` (milliseconds) found; returns those that count.
  return function countNew(codes, at) {
    for (const [code, since] of missedSince) {
      if (codes.includes(code)) continue;
      if (since === null) missedSince.set(code, at);
      else if (at - since >= OUT_OF_VIEW_MS) missedSince.delete(code);
    }
    const fresh = codes.filter((code) => !missedSince.has(code));
    for (const code of codes) missedSince.set(code, null);
    return fresh;
  };
}
