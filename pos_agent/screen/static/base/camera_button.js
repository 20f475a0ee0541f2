// The button beside a scan field that opens the camera. All the rest is loaded when it is pressed.

import { useEffect, useState } from "preact/hooks";
import { html } from "./html.js";
import { note } from "./notes.js";
import { Icon } from "./signs.js";
import { words } from "./words.js";

// A till without a camera shows no button; a phone always does, to say why its camera cannot be used.
function useCamera() {
  const [isThere, tell] = useState(matchMedia("(pointer: coarse)").matches);
  useEffect(() => {
    navigator.mediaDevices?.enumerateDevices?.().then((all) => all.some((one) => one.kind === "videoinput") && tell(true), () => {});
  }, []);
  return isThere;
}

// `take` is given each code, as if it had been typed.
export function CameraButton({ take }) {
  const open = async (event) => {
    const from = event.currentTarget;
    try {
      const { openCamera } = await import("../camera/view.js");
      openCamera(take, from);
    } catch {
      note("bad", words.unreachable, words.unreachableHelp);
    }
  };
  if (!useCamera()) return null;
  return html`<button type="button" class="btn tap camera-open" aria-label=${words.camera} title=${words.camera} onClick=${open}><${Icon} name="camera" size=${22} /></button>`;
}
