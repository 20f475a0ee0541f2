// The camera over a page with a scan field: picture, light, close. Codes go the way that typed ones go.

import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../base/html.js";
import { Icon, Mark } from "../base/signs.js";
import { openDecoder } from "./decoder.js";
import { createRepeats } from "./repeats.js";
import { troubles, words } from "./words.js";

const LOOK_EVERY_MS = 90;
const TELL_MS = 900;
const wanted = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } };

function troubleOf(error) {
  if (error.message === "decoder") return "decoder";
  if (["NotAllowedError", "SecurityError"].includes(error.name)) return "denied";
  return ["NotFoundError", "OverconstrainedError"].includes(error.name) ? "none" : "failed";
}

function addLooks() {
  const href = import.meta.resolve("omo/agent/camera/camera.css");
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}

// Starts the camera and looks at it until the returned function is called.
function watch(video, { onReady, onCodes, onTrouble }) {
  let isOver = false;
  let stream = null;
  let timer = 0;
  const stop = () => {
    isOver = true;
    clearTimeout(timer);
    stream?.getTracks().forEach((track) => track.stop());
  };
  const look = async (decode) => {
    if (isOver) return;
    const codes = video.readyState >= 2 && video.videoWidth ? await decode(video).catch(() => []) : [];
    if (isOver) return;
    onCodes(codes);
    timer = setTimeout(look, LOOK_EVERY_MS, decode);
  };
  const start = async () => {
    stream = await navigator.mediaDevices.getUserMedia(wanted);
    if (isOver) return stop();
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => !isOver && (stop(), onTrouble("failed")));
    video.srcObject = stream;
    await video.play();
    const decode = await openDecoder();
    if (!isOver) onReady(track);
    return look(decode);
  };
  start().catch((error) => {
    if (isOver) return;
    stop();
    onTrouble(troubleOf(error));
  });
  return stop;
}

function Light({ track }) {
  const [isOn, set] = useState(false);
  if (!track?.getCapabilities?.().torch) return null;
  const turn = () => track.applyConstraints({ advanced: [{ torch: !isOn }] }).then(() => set(!isOn), () => {});
  return html`<button type="button" class="btn tap" aria-pressed=${String(isOn)} onClick=${turn}>${words.light}</button>`;
}

function Trouble({ kind, again }) {
  const [title, help] = troubles[kind];
  return html`<div class="camera-trouble" role="alert" data-trouble=${kind}><p><${Mark} tone="bad" /> <strong>${title}</strong></p><p>${help}</p>
    ${kind === "unsafe" ? html`<p class="row"><a class="btn tap" href="/ca">${words.trust}</a><a class="btn tap" href="/pair">${words.pair}</a></p>` : html`<button type="button" class="btn main tap" onClick=${again}>${words.again}</button>`}</div>`;
}

function Camera({ take, close }) {
  const video = useRef(null);
  const shut = useRef(null);
  const isSafe = window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);
  const [trouble, tell] = useState(isSafe ? "" : "unsafe");
  const [track, setTrack] = useState(null);
  const [reads, count] = useState(0);
  const [isFresh, freshen] = useState(false);
  const [turn, again] = useState(0);
  useEffect(() => shut.current.focus(), []);
  useEffect(() => {
    if (!isSafe) return undefined;
    const countNew = createRepeats();
    const onCodes = (codes) => {
      for (const code of countNew(codes, performance.now())) {
        navigator.vibrate?.(60);
        count((before) => before + 1);
        freshen(true);
        take(code);
      }
    };
    return watch(video.current, { onReady: setTrack, onCodes, onTrouble: tell });
  }, [turn]);
  useEffect(() => {
    if (!isFresh) return undefined;
    const timer = setTimeout(freshen, TELL_MS, false);
    return () => clearTimeout(timer);
  }, [isFresh, reads]);
  const retry = () => {
    tell("");
    shut.current.focus();
    again(turn + 1);
  };
  return html`<section class=${"camera card " + (isFresh ? "is-read" : "")} role="dialog" aria-label=${words.title} data-reads=${reads}>
    <div class="camera-picture" hidden=${Boolean(trouble)}><video ref=${video} muted playsinline aria-label=${words.title}></video><span class="camera-frame" aria-hidden="true"></span></div>
    ${trouble ? html`<${Trouble} kind=${trouble} again=${retry} />` : html`<p class="small" role="status">${isFresh ? words.read : track ? words.hold : words.starting}</p>`}
    <div class="row spread"><${Light} track=${track} /><span></span><button type="button" ref=${shut} class="btn tap" onClick=${close}><${Icon} name="cross" size=${18} />${words.close}</button></div></section>`;
}

let closeOpen = null;

// Opens the camera; a press on the button of an open one closes it. The focus goes back to the button.
export function openCamera(take, from) {
  if (closeOpen) return closeOpen();
  addLooks();
  const host = document.body.appendChild(document.createElement("div"));
  const onKey = (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    close();
  };
  const onHidden = () => document.hidden && close();
  function close() {
    closeOpen = null;
    document.removeEventListener("visibilitychange", onHidden);
    document.removeEventListener("keydown", onKey, true);
    render(null, host);
    host.remove();
    from.focus();
  }
  closeOpen = close;
  // before the page hears it: Escape closes what lies on top, wherever a scan has put the focus
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("visibilitychange", onHidden);
  render(html`<${Camera} take=${take} close=${close} />`, host);
  return undefined;
}
