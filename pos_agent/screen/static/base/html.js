// Preact's `html` tag, in one place.
import htm from "htm";
import { h } from "preact";

export const html = htm.bind(h);
