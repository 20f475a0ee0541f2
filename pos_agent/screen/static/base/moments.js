// A day and a time of day, as the store's clock has them.

import { clock } from "omo/web/texts.js";

const language = document.documentElement.lang || "zh-CN";
const day = (at, timeZone) => new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone }).format(new Date(at));
export const moment = (at, zone) => day(at, zone) + " " + clock(at, zone);
