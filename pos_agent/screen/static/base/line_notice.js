// Says calmly what a cut line means for the person at work, and loudly what only a person can mend; else nothing.

import { html } from "./html.js";
import { Icon } from "./signs.js";
import { words } from "./words.js";

export function LineNotice({ facts }) {
  if (!facts.connected)
    return html`<div class="notice bad line-notice" role="status"><${Icon} name="alert" /><div><strong>${words.agentGone}</strong><p>${words.agentGoneHelp}</p></div></div>`;
  const alarm = words.alarms[facts.alarm];
  if (alarm)
    return html`<div class="notice bad line-notice" id="alarm" role="alert"><${Icon} name="alert" /><div><strong>${alarm.title}</strong><p>${alarm.help}</p></div></div>`;
  if (facts.known && !facts.online)
    return html`<div class="notice warn line-notice slim" role="status"><${Icon} name="wifi-off" /><p>${words.offlineHelp}</p></div>`;
  return null;
}
