// What the page of devices says.

import { _ } from "omo/web/texts.js";

export const words = {
  title: _("Devices"),
  papers: _("Papers to look after"),
  noPapers: _("No paper needs you."),
  cameOut: _("It came out"),
  again: _("Print again"),
  left: _("Not needed"),
  kept: _("Noted"),
  printing: _("A copy is being printed"),
  picture: (kind) => _("Picture of the %(kind)s", { kind }),
  drawer: _("Cash drawer"),
  why: _("Why"),
  open: _("Open the drawer"),
  opened: _("The drawer was opened; it is on record."),
  drawerHelp: _("Each opening is kept with your name and the reason."),
  none: _("No device is set up. A manager sets them up on the page Set up devices."),
  setUp: _("Set up devices"),
  well: _("ready"),
};

export const kinds = { receipt: _("receipt"), pick: _("pick slip"), label: _("label"), bag: _("bag label"), report: _("report"), test: _("test page") };

export const fates = {
  queued: ["info", _("waits for its printer"), _("It is printed by itself once the printer is ready. Go on without paper; it is not lost.")],
  uncertain: ["warn", _("perhaps not printed"), _("Look at the printer: if the paper lies there whole, say so. Else print it again: it is marked as a copy.")],
  failed: ["bad", _("not printed"), _("The printer could not take it. Print it again once the printer is well.")],
  expired: ["warn", _("too old, not printed"), _("Its printer was away too long. Print it if it is still needed.")],
};

export const todo = {
  paper_low: _("Have a new roll at hand."),
  paper_out: _("Open the cover, put in a new roll with the paper coming out in front, close the cover. What waits is printed then."),
  cover_open: _("Close the cover until it clicks."),
  cutter: _("Switch the printer off, open the cover, take out the paper that is stuck, switch it on."),
  error: _("Switch the printer off and on. If the error stays, call service."),
  paused: _("Press the feed button, or switch the printer off and on."),
  offline: _("Look at power and cable, then at the printer's address."),
  unknown: _("It has said nothing yet. Print a test page."),
  degraded: _("It works, but not reliably. Look at its plug, cable or network; if it goes on, try another cable."),
  absent: _("Plug it in."),
  lost: _("Plug it in again."),
  opening: "",
};
