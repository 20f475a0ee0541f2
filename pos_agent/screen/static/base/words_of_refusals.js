// Words for refusals that arrive without any, those of the scanner, and for those whose facts say more than words alone.

import { _ } from "omo/web/texts.js";
import { ApiProblem } from "./api.js";
import { nameIn } from "./goods.js";
import { moment } from "./moments.js";
import { status } from "./status.js";

const needsLine = [_("This pickup code needs the line"), _("Wait for the line, or ask a manager.")];
const told = {
  unknown_code: [_("This code is not known"), _("Scan again, or search by name.")],
  unknown_case: [_("How many this case holds is not known"), _("Scan one of its items. A manager can say it on the page Unknown codes, the head office for all.")],
  unreadable_code: [_("This code cannot be read"), _("Scan again.")],
  payment_code: [_("This is a payment code"), _("Payment codes are not taken here. It was not kept.")],
  member_code: [_("This is a member code"), _("Members come from the head office; this till cannot look them up yet. Nothing was sold or kept.")],
  unknown_receipt: [_("This receipt is not known here"), _("Check the number, or ask the store that printed it.")],
  foreign_amount: [_("The price in this code does not count here"), _("Nothing was added. Weigh the goods again, or ask the head office to let these prices count.")],
  empty_label: [_("This label says zero"), _("Nothing was added. Weigh the goods again.")],
  not_for_sale: [_("This product is not for sale"), _("Put it aside and tell the manager.")],
  no_price: [_("This product has no price"), _("Ask the head office for a price.")],
  ticket_full: [_("This ticket is full"), _("Finish it and begin another one.")],
  wrong_item: [_("This is not in the order"), _("Put it back and scan the right goods.")],
  already_picked: [_("These goods are all picked"), _("Put the extra unit back.")],
  case_too_big: [_("This case holds more than is still to pick"), _("Nothing was picked. Open the case and scan single items, or put it back.")],
  more_than_open: [_("So many are not open"), _("Look at the line again.")],
  finished: [_("This order is finished"), _("Look when and where it was closed.")],
  verify_first: [_("This order has to be checked first"), _("The store lost its books. Look for the goods, then say what you found under “To check”.")],
  replaced: [_("This machine may not decide about orders any more"), _("The store's other machine decides, or this one is an old copy. Call the head office.")],
  wrong_store: [_("This order is at another store"), _("Show the customer which one.")],
  forged: [_("This pickup code is forged"), _("Do not hand over. Call a manager.")],
  damaged: [_("This pickup code is damaged"), _("Ask the customer to open the order page anew.")],
  revoked: [_("This pickup code was replaced"), _("Ask the customer to open the order page anew.")],
  not_a_token: [_("This is no pickup code"), _("Scan the QR code of the order page.")],
  unknown_key: [_("This pickup code is not ours"), _("Find the order by its typed code.")],
  other_incarnation: needsLine,
  needs_line: needsLine,
  mixed_currency: [_("This product has another currency"), _("Sell it on a ticket of its own.")],
  bad_quantity: [_("This quantity is not possible"), _("Enter 1 to 1,000,000.")],
  total_too_large: [_("This ticket costs more than can be booked"), _("Check the quantities.")],
  nothing_picked: [_("Nothing is being picked"), _("Touch Pick on an order first. To sell, open the till.")],
  busy: [_("The till is busy"), _("Nothing was booked. Scan again in a moment.")],
  disk: [_("The ledger cannot be written"), _("Nothing was booked. Call somebody who can look at this machine's disk.")],
  expired: [_("This order has expired"), _("Ask the customer to order again.")],
};
const ofCase = (facts) => _("A case of %(name)s. Scan one of its items. A manager can say it on the page Unknown codes, the head office for all.", { name: nameIn(facts.names) });
const beyond = (facts) => _("The case holds %(pieces)s, and %(left)s are still to pick. Nothing was picked: open it and scan single items.", facts);
const named = (text, code) => _("%(text)s: %(code)s", { text, code });
const kept = _("Scan again, or search by name. It was kept for the manager.");
const other = [_("The scan was refused"), _("Look at the page, then scan again.")];

const outOfDate = ({ last_day }) => [_("These goods are out of date"), _("Their own code says that they are sold until %(last_day)s. Do not sell them; put them aside and tell the manager.", { last_day })];

// What a refusal says beyond its title, by its facts.
const details = {
  unknown_code: (facts) => facts.kept && kept,
  unknown_case: (facts) => facts.names && ofCase(facts),
  case_too_big: beyond,
  ref_booked: (facts) => facts.at && facts.by && _("%(by)s booked it on %(when)s as a document of the head office. Nothing was changed; check the note's number.", whoAndWhen(facts)),
  received_before: (facts) => facts.at && facts.by && _("%(by)s booked its note on %(when)s on the page Receive goods. Refuse this document and say so.", whoAndWhen(facts)),
};
const whoAndWhen = ({ by, at }) => ({ by, when: moment(at, status.get().tz) });

export function refusalOfScanner(facts) {
  const [title, detail] = facts?.code === "out_of_date" ? outOfDate(facts) : (told[facts?.code] ?? other);
  const more = details[facts?.code]?.(facts) || detail;
  return new ApiProblem(409, { title: facts?.scanned ? named(title, facts.scanned) : title, detail: more, ...facts });
}

// The same refusal; where its facts tell more than its words, so do they.
export function withFacts(problem) {
  const detail = details[problem.code]?.(problem.facts);
  return detail ? new ApiProblem(problem.status, { ...problem.facts, title: problem.message, detail }) : problem;
}

// How many units of goods may leave, and whose the others are: [title, detail].
export function mayLeave(name, facts) {
  const { left, shelf, promised, picked, online } = facts;
  if (facts.bucket === "damaged") return [_("%(name)s: only %(left)s damaged may leave", { name, left }), _("So many are in the books. Enter fewer units.")];
  const parts = [
    _("on the shelf: %(units)s", { units: shelf }),
    promised > 0 && _("promised to orders: %(units)s", { units: promised }),
    online > 0 && _("set aside for the online shop: %(units)s", { units: online }),
    picked > 0 && _("picked for orders, lying apart: %(units)s", { units: picked }),
  ];
  return [_("%(name)s: only %(left)s may leave", { name, left }), parts.filter(Boolean).join(" · ")];
}
