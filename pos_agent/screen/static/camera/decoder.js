// Reads codes out of a video frame: by the browser itself where it knows all our kinds, else by ZXing in plain
// JavaScript, which is fetched when the camera is opened for the first time. Nothing leaves the phone.

import { asScanned } from "./code_text.js";

const kinds = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "qr_code", "data_matrix"];
const MOST_PIXELS = 960;
let library = null;

function load() {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = import.meta.resolve("omo/web/vendor/zxing/zxing.min.js");
    script.onload = () => done(window.ZXing);
    script.onerror = () => {
      library = null;
      script.remove();
      failed(new Error("decoder"));
    };
    document.head.append(script);
  });
  return library;
}

// Brightness of each pixel, the picture turned by a quarter every second time: bars may stand or lie.
function greyOf({ data, width, height }, isTurned) {
  const grey = new Uint8ClampedArray(width * height);
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += 4)
      grey[isTurned ? x * height + y : y * width + x] = (data[at] * 77 + data[at + 1] * 150 + data[at + 2] * 29) >> 8;
  return isTurned ? [grey, height, width] : [grey, width, height];
}

function drawn(video, canvas) {
  const scale = Math.min(1, MOST_PIXELS / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function byLibrary(zxing) {
  const { BarcodeFormat, DecodeHintType } = zxing;
  const formats = new Map(kinds.map((kind) => [BarcodeFormat[kind.toUpperCase()], kind]));
  const hints = new Map([[DecodeHintType.POSSIBLE_FORMATS, [...formats.keys()]], [DecodeHintType.TRY_HARDER, true], [DecodeHintType.ASSUME_GS1, true]]);
  const reader = new zxing.MultiFormatReader();
  reader.setHints(hints);
  const canvas = document.createElement("canvas");
  let turn = 0;
  return async (video) => {
    const [grey, width, height] = greyOf(drawn(video, canvas), turn++ % 2 === 1);
    const picture = new zxing.BinaryBitmap(new zxing.HybridBinarizer(new zxing.RGBLuminanceSource(grey, width, height)));
    try {
      const found = reader.decodeWithState(picture);
      return [asScanned(formats.get(found.getBarcodeFormat()), found.getText())];
    } catch {
      return []; // no code in this frame
    } finally {
      reader.reset();
    }
  };
}

async function byBrowser() {
  try {
    const known = (await window.BarcodeDetector?.getSupportedFormats()) ?? [];
    if (!kinds.every((kind) => known.includes(kind))) return null;
    const detector = new window.BarcodeDetector({ formats: kinds });
    return async (video) => (await detector.detect(video)).map((one) => asScanned(one.format, one.rawValue));
  } catch {
    return null;
  }
}

// Resolves to a function from a video to the codes in its present frame.
export const openDecoder = async () => (await byBrowser()) ?? byLibrary(await load());
