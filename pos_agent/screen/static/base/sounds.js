// Sounds made on the spot (no file): a short high tone for "taken", a low double one for "refused", a chime for a
// new order. A browser is silent until the page was touched once; then every sound works.

import { createStore } from "./store.js";

const SOON_MS = 500; // the hint goes after the touch that ends it, so that nothing moves under the finger

let audio = null;
// whether a sound would be heard; a page that nobody has touched yet is silent, and says so
export const sounds = createStore({ isOn: true });

function context() {
  if (audio === null && "AudioContext" in window) {
    audio = new AudioContext();
    audio.onstatechange = tell;
  }
  if (audio?.state === "suspended") audio.resume().catch(() => {});
  return audio;
}

function tell() {
  setTimeout(() => sounds.set({ isOn: audio === null || audio.state === "running" }), SOON_MS);
}

function tone(at, hertz, seconds, shape = "sine", loudness = 0.18) {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = shape;
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(loudness, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}

const melodies = {
  ok: (at) => tone(at, 1320, 0.09),
  paid: (at) => [880, 1320].forEach((hertz, place) => tone(at + place * 0.09, hertz, 0.12)),
  error: (at) => [0, 0.16].forEach((later) => tone(at + later, 196, 0.14, "square", 0.12)),
  order: (at) => [659, 880, 1109].forEach((hertz, place) => tone(at + place * 0.14, hertz, 0.3)),
};

// `data-sound` on the page tells which sound was played last, for people who test with the speaker off.
export function play(name) {
  document.documentElement.dataset.sound = name;
  const ready = context();
  if (ready?.state === "running") melodies[name](ready.currentTime);
}

for (const kind of ["pointerdown", "pointerup", "keydown"]) document.addEventListener(kind, context);
context();
tell();
