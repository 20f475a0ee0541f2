// What the page of reports says.

import { _, ngettext } from "omo/web/texts.js";

export const words = {
  title: _("Reports"),
  now: _("Since the last closing (X)"),
  nowHelp: _("This is a look: nothing is closed, as often as you like."),
  till: _("Till"),
  print: _("Print"),
  printing: _("It is being printed"),
  again: _("Look again"),
  close: _("Close the till (Z)"),
  ask: (till) => _("Close till %(till)s now?", { till }),
  askHelp: _("What was sold since the last closing gets its number and is counted once and for all. Selling goes on meanwhile; a later sale falls into the next closing."),
  yes: _("Close it"),
  no: _("Not yet"),
  closed: (number) => _("Closed: %(number)s", { number }),
  past: _("Closings"),
  none: _("No till was closed yet."),
  receipts: (count) => ngettext("%(num)s receipt", "%(num)s receipts", count),
  reprint: _("Reprint"),
  reprinting: _("A copy is being printed"),
  back: _("Back to now"),
};
