// The words that all pages of the agent share.

import { _, ngettext } from "omo/web/texts.js";

export const words = {
  failed: _("This did not work"),
  unreachable: _("The program on this machine does not answer"),
  unreachableHelp: _("Nothing is lost. Try again in a moment; if it stays, restart the agent."),
  till: _("Till"),
  counter: _("Pickup counter"),
  receiving: _("Receive goods"),
  documents: _("Documents"),
  waiting: _("waiting:"),
  stock: _("Stock"),
  codes: _("Unknown codes"),
  reports: _("Reports"),
  devices: _("Devices"),
  pages: _("Pages"),
  settings: _("Display"),
  language: _("Language"),
  theme: _("Appearance"),
  themes: { auto: _("As the system"), light: _("Light"), dark: _("Dark"), contrast: _("High contrast") },
  phones: _("Phones"),
  camera: _("Scan with the camera"),
  signOut: _("Sign out"),
  online: _("Online"),
  connecting: _("Connecting"),
  agentGone: _("No connection to this machine's program"),
  agentGoneHelp: _("What you see may be old. Nothing is lost; it connects again by itself."),
  alarms: {
    fenced: {
      sign: _("Taken over"),
      title: _("This store runs on another machine now"),
      help: _("What is sold or handed over here no longer reaches head office. Stop working here and call head office: this machine has to join with a new code."),
    },
    put_back: {
      sign: _("From a backup"),
      title: _("This machine was put back to a backup"),
      help: _("Sell as usual: every sale is kept and carried on. Orders cannot be picked or handed over here yet. Call head office: this machine has to join with a new code."),
    },
    refused: {
      sign: _("Not let in"),
      title: _("Head office does not let this machine in"),
      help: _("Its access was ended, or another machine took its place. Sales are kept here and not sent. Call head office: this machine has to join with a new code."),
    },
  },
  offlineHelp: _("Sell and hand over as usual. Everything is kept here and sent when the line is back."),
  // two sentences beside each other, as the language parts them
  sentences: (first, second) => (second ? _("%(first)s. %(second)s", { first, second }) : first),
  cancel: _("Cancel"),
  close: _("Close"),
  tillNo: (till) => _("Till %(till)s", { till }),
  openPapers: (count) => ngettext("%(num)s paper to look after", "%(num)s papers to look after", count),
  devicesWell: _("Devices ready"),
  othersWell: _("Other devices ready"),
  silent: _("Touch once for sound"),
  offline: _("Offline"),
  older: { hub: _("Head office's program is too old"), store: _("This program is too old") },
  offlineSince: (time) => _("Offline since %(time)s", { time }),
  unsent: (count) => ngettext("%(num)s to send", "%(num)s to send", count),
  deviceIs: (device, state) => _("%(device)s: %(state)s", { device, state }),
  // Chinese has no plural: one form serves both.
  customer: _("Customer's screen"),
  items: (count) => ngettext("%(num)s item", "%(num)s items", count),
  labelPrice: _("price on the label"),
  cases: (packs, pieces) => ngettext("%(num)s case of %(pieces)s", "%(num)s cases of %(pieces)s", packs, { pieces }),
};

const printerRoles = { receipt: _("Receipt printer"), pick: _("Slip printer"), label: _("Label printer") };
const printerStates = {
  degraded: ["warn", _("comes and goes")],
  paper_low: ["warn", _("paper low")],
  paper_out: ["bad", _("out of paper")],
  cover_open: ["bad", _("cover open")],
  cutter: ["bad", _("cutter stuck")],
  error: ["bad", _("error")],
  paused: ["warn", _("paused")],
  offline: ["bad", _("not connected")],
  unknown: ["info", _("unknown")],
};
const scannerStates = {
  absent: ["bad", _("not plugged in")],
  opening: ["info", _("connecting")],
  lost: ["bad", _("unplugged")],
  degraded: ["warn", _("unsteady")],
  unknown: ["info", _("unknown")],
};
const scannerName = _("Scanner");

// [tone, words] of a device; an unforeseen state is shown as unknown, never as good.
export function printerSign({ role, state }) {
  const name = printerRoles[role] ?? printerRoles.receipt;
  if (state === "online") return ["ok", name];
  const [tone, word] = printerStates[state] ?? printerStates.unknown;
  return [tone, words.deviceIs(name, word)];
}

// What plugs in, as scanners and displays do.
function pluggedSign(name, state) {
  if (state === "ready" || state === "online") return ["ok", name];
  const [tone, word] = scannerStates[state] ?? scannerStates.unknown;
  return [tone, words.deviceIs(name, word)];
}

export const scannerSign = ({ state }) => pluggedSign(scannerName, state);
export const displaySign = ({ state }) => pluggedSign(_("Customer display"), state);
