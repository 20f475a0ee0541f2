// What the customer's screen says.

import { _ } from "omo/web/texts.js";
import { words as shared } from "../base/words.js";

export const words = {
  title: _("Customer's screen"),
  welcome: _("Welcome"),
  toPay: _("Total due"),
  given: _("Cash given"),
  change: _("Change"),
  paid: _("Paid"),
  thanks: _("Thank you, see you again!"),
  closed: _("This till is closed"),
  closedHelp: _("Please go to another till."),
  items: shared.items,
  receipt: _("Receipt"),
};
