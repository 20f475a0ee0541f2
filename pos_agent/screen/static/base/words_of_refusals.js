// Words for refusals that arrive without any: those of the scanner, which come as an event with a code.

import { _ } from "omo/web/texts.js";
import { ApiProblem } from "./api.js";

const told = {
  unknown_code: [_("This code is not known"), _("Scan again, or search by name.")],
  unreadable_code: [_("This code cannot be read"), _("Scan again.")],
  payment_code: [_("This is a payment code"), _("Payment codes are not taken here. It was not kept.")],
  not_for_sale: [_("This product is not for sale"), _("Put it aside and tell the manager.")],
  no_price: [_("This product has no price"), _("Ask the head office for a price.")],
  ticket_full: [_("This ticket is full"), _("Finish it and begin another one.")],
  wrong_item: [_("This is not in the order"), _("Put it back and scan the right goods.")],
  already_picked: [_("These goods are all picked"), _("Put the extra unit back.")],
  finished: [_("This order is finished"), _("Look when and where it was closed.")],
  wrong_store: [_("This order is at another store"), _("Show the customer which one.")],
  forged: [_("This pickup code is forged"), _("Do not hand over. Call a manager.")],
  damaged: [_("This pickup code is damaged"), _("Ask the customer to open the order page anew.")],
  revoked: [_("This pickup code was replaced"), _("Ask the customer to open the order page anew.")],
  expired: [_("This order has expired"), _("Ask the customer to order again.")],
};
const other = [_("The scan was refused"), _("Look at the page, then scan again.")];

export function refusalOfScanner(facts) {
  const [title, detail] = told[facts?.code] ?? other;
  return new ApiProblem(409, { title, detail, ...facts });
}
