// What the camera says.

import { _ } from "omo/web/texts.js";

export const words = {
  title: _("Camera"),
  close: _("Close the camera"),
  hold: _("Hold the code in the frame"),
  starting: _("Starting the camera…"),
  read: _("A code was scanned"),
  light: _("Light"),
  again: _("Try again"),
  trust: _("Trust this store"),
  pair: _("Pair this browser"),
};

export const troubles = {
  unsafe: [_("The camera needs a safe address"), _("Browsers give the camera to safe addresses alone. Pair this phone over HTTPS, and let it trust the store.")],
  denied: [_("The camera may not be used"), _("Allow the camera for this address in the browser's settings, then try again. Typing the code works as before.")],
  none: [_("No camera was found"), _("Connect one, or type the code.")],
  failed: [_("The camera could not be started"), _("Another program may use it. Close that program and try again, or type the code.")],
  decoder: [_("The reader of codes could not be loaded"), _("Look at the network, then try again.")],
};
