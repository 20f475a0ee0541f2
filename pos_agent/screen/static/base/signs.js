// State signs and icons: shape, colour and word, as the templates of all pages draw them.

import { html } from "./html.js";

const shapes = {
  ok: '<circle cx="5" cy="5" r="4.5"/>',
  warn: '<path d="M5 .5 10 9.5H0Z"/>',
  bad: '<path d="M.5.5h9v9h-9z"/>',
  info: '<path d="M5 .9 9.1 5 5 9.1.9 5Z" fill="none" stroke="currentColor" stroke-width="1.6"/>',
};

export function markSvg(tone) {
  const shape = shapes[tone] ?? shapes.info;
  return `<svg width="10" height="10" viewBox="0 0 10 10" fill="currentColor" aria-hidden="true">${shape}</svg>`;
}

const marks = Object.fromEntries(Object.keys(shapes).map((tone) => [tone, { __html: markSvg(tone) }]));

export const Mark = ({ tone }) => html`<span class="mark" dangerouslySetInnerHTML=${marks[tone]}></span>`;

export const Pill = ({ tone, children, ...rest }) =>
  html`<span class="pill ${tone}" ...${rest}><${Mark} tone=${tone} />${children}</span>`;

export const State = ({ tone, children }) =>
  html`<span class="state ${tone}"><${Mark} tone=${tone} />${children}</span>`;

const drawings = {
  camera: "M4 8h3l1.500-2.500h7L17 8h3v11H4ZM15.500 13a3.500 3.500 0 1 1-7 0 3.500 3.500 0 0 1 7 0Z",
  bag: "M6 8h12l1 12H5L6 8ZM9 8V7a3 3 0 0 1 6 0v1",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "m6 6 12 12M18 6 6 18",
  scanner: "M4 8V5h3M17 5h3v3M20 16v3h-3M7 19H4v-3M8 9v6M11 9v6M13.5 9v6M16 9v6",
  printer: "M7 9V4h10v5M5.5 9h13A1.5 1.5 0 0 1 20 10.5v5a1.5 1.5 0 0 1-1.5 1.5H16v5H8v-5H5.5A1.5 1.5 0 0 1 4 15.500v-5A1.5 1.5 0 0 1 5.5 9ZM8 14h8",
  search: "M17 11a6 6 0 1 1-12 0 6 6 0 0 1 12 0ZM15.500 15.500 20.500 20.500",
  alert: "M12 4 3 19.500h18L12 4ZM12 10v4.500M12 17h.01",
  clock: "M20.500 12a8.500 8.500 0 1 1-17 0 8.500 8.500 0 0 1 17 0ZM12 7.500V12l3 2",
  cash: "M3 6h18v12H3ZM14.500 12a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0ZM6.500 12h.01M17.500 12h.01",
  receipt: "M6 3h12v18l-3-2-3 2-3-2-3 2V3ZM9 8h6M9 12h6",
  sync: "M4 12a8 8 0 0 1 13.700-5.600L20 8.500M20 4v4.500h-4.500M20 12a8 8 0 0 1-13.700 5.600L4 15.500M4 20v-4.500h4.500",
  box: "m12 3 8 4.500v9L12 21l-8-4.500v-9L12 3ZM4 7.500l8 4.500 8-4.500M12 12v9",
  back: "M19 12H5M11 6l-6 6 6 6",
  plus: "M12 5v14M5 12h14",
  screen: "M5 5h14a1.500 1.500 0 0 1 1.500 1.500v8A1.500 1.500 0 0 1 19 16H5a1.500 1.500 0 0 1-1.500-1.500v-8A1.500 1.500 0 0 1 5 5ZM12 16v4M8 20h8",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M17 7a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM11 17a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
  "wifi-off": "M3 3l18 18M5 12.500a10 10 0 0 1 3.600-2.300M13 9.600a10 10 0 0 1 6 2.900M8.500 16a5 5 0 0 1 5.300-1.100M12 19.500h.01",
};

export const Icon = ({ name, size = 20 }) => html`<svg width=${size} height=${size} viewBox="0 0 24 24" fill="none"
  stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${drawings[name]} /></svg>`;
