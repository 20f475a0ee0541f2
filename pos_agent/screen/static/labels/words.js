// What the card of shelf labels says.

import { _, ngettext } from "omo/web/texts.js";

export const words = {
  title: _("Shelf labels"),
  one: _("Shelf label"),
  where: (printer) => _("They come out of %(printer)s.", { printer }),
  whereElse: (printer) => _("No printer is there for labels: they come out of %(printer)s, which prints receipts.", { printer }),
  nowhere: _("No printer is set up, so no label can be printed."),
  setUp: _("Set up devices"),
  collect: _("Every scan adds a label"),
  copies: _("Copies"),
  remove: _("Remove"),
  clear: _("Remove all"),
  print: (count) => ngettext("Print %(num)s label", "Print %(num)s labels", count),
  printing: (count) => ngettext("%(num)s label is being printed", "%(num)s labels are being printed", count),
  full: (most) => _("No more than %(most)s goods at once. Print these first.", { most }),
  looks: (name) => _("So it looks: %(name)s", { name }),
};
