"""How each refusal is told: status, words, and the facts a screen needs."""

from typing import Any, Final

from sync.rules.errors import Refused, RuleError
from sync.storage.errors import DiskTrouble, FileDamaged, StorageError
from sync.web.errors import N_, Problem

Told = tuple[int, str, str]
_TELL: Final[dict[str, Told]] = {
    "unknown_code": (404, N_("This code is not known"), N_("Scan again, or search by name.")),
    "unknown_case": (
        404,
        N_("How many this case holds is not known"),
        N_("Scan one of its items. A manager can say it on the page Unknown codes, the head office for all."),
    ),
    "unknown_sku": (404, N_("These goods are not known"), N_("Check the number, or wait for the catalogue.")),
    "unknown_order": (404, N_("This order is not known here"), N_("Scan the customer's QR code.")),
    "unknown_ticket": (404, N_("This ticket is not known"), N_("Open the till page again.")),
    "unknown_line": (404, N_("This line is not there any more"), N_("Look at the list again.")),
    "unknown_receipt": (
        404,
        N_("This receipt is not known here"),
        N_("Check the number, or ask the store that printed it."),
    ),
    "unknown_report": (404, N_("This report is not known here"), N_("Look at the list again.")),
    "other_request": (
        409,
        N_("This closing was asked for at another till"),
        N_("Nothing was closed. Open the page of reports again."),
    ),
    "unreadable_code": (422, N_("This code cannot be read"), N_("Scan again.")),
    "payment_code": (
        422,
        N_("This is a payment code"),
        N_("Payment codes are not taken here. It was not kept."),
    ),
    "member_code": (
        422,
        N_("This is a member code"),
        N_("Members come from the head office; this till cannot look them up yet. Nothing was sold or kept."),
    ),
    "no_order": (404, N_("No order belongs to this receipt"), N_("It is of a sale. Scan it at the till.")),
    "unknown_listed_code": (404, N_("This code is not on the list any more"), N_("Look at the list again.")),
    "code_is_known": (
        409,
        N_("The catalogue knows this code by now"),
        N_("It can be scanned. Dismiss it from the list."),
    ),
    "aliases_full": (
        409,
        N_("This store has named too many codes"),
        N_("Ask the head office to take them into the catalogue, then take back those that it knows."),
    ),
    "out_of_date": (
        409,
        N_("These goods are out of date"),
        N_(
            "Their own code says that they are sold until %(last_day)s. Do not sell them; put them aside and"
            " tell the manager."
        ),
    ),
    "foreign_amount": (
        409,
        N_("The price in this code does not count here"),
        N_("Nothing was added. Weigh the goods again, or ask the head office to let these prices count."),
    ),
    "empty_label": (
        422,
        N_("This label says zero"),
        N_("Nothing was added. Weigh the goods again."),
    ),
    "measured_line": (
        409,
        N_("This line is one weighed label"),
        N_("Its quantity stands on the label. Scan each label; remove the line if it is wrong."),
    ),
    "not_for_sale": (409, N_("This product is not for sale"), N_("Put it aside and tell the manager.")),
    "no_price": (409, N_("This product has no price"), N_("Ask the head office for a price.")),
    "mixed_currency": (409, N_("This product has another currency"), N_("Sell it on a ticket of its own.")),
    "ticket_full": (409, N_("This ticket is full"), N_("Finish it and begin another one.")),
    "bad_quantity": (422, N_("This quantity is not possible"), N_("Enter 1 to 1,000,000.")),
    "empty_ticket": (422, N_("There is nothing on this ticket"), N_("Scan goods first.")),
    "too_little_given": (422, N_("This is not enough money"), N_("Take the rest, then finish.")),
    "short": (
        409,
        N_("Not enough on the shelf"),
        N_("The rest is promised to online orders. Sell less, or override with a reason."),
    ),
    "finished": (409, N_("This order is finished"), N_("Look when and where it was closed.")),
    "verify_first": (
        409,
        N_("This order has to be checked first"),
        N_("The store lost its books. Look for the goods, then say what you found under “To check”."),
    ),
    "is_sure": (
        409,
        N_("There is nothing to check"),
        N_("Somebody has looked already. Look at the list again."),
    ),
    "replaced": (
        409,
        N_("This machine may not decide about orders any more"),
        N_("The store's other machine decides, or this one is an old copy. Call the head office."),
    ),
    "wrong_item": (409, N_("This is not in the order"), N_("Put it back and scan the right goods.")),
    "already_picked": (409, N_("These goods are all picked"), N_("Put the extra unit back.")),
    "not_picked": (409, N_("Something is still missing"), N_("Pick it, or report it as short.")),
    "more_than_open": (409, N_("So many are not open"), N_("Look at the line again.")),
    "case_too_big": (
        409,
        N_("This case holds more than is still to pick"),
        N_("Nothing was picked. Open the case and scan single items, or put it back."),
    ),
    "still_owed": (409, N_("This is still owed to the customer"), N_("Release the order first.")),
    "nothing_staged": (409, N_("Nothing lies ready here"), N_("Look at the list again.")),
    "not_sought": (409, N_("Nobody asks for these goods"), N_("Look at the list again.")),
    "unknown_document": (404, N_("This document is not known here"), N_("Look at the list again.")),
    "document_ended": (
        409,
        N_("This document was closed meanwhile"),
        N_("Somebody booked or refused it, or the head office took it back. Look at the list again."),
    ),
    "lines_missing": (
        409,
        N_("Some lines have no number yet"),
        N_("Enter what you found, 0 where there is nothing, or book it without these lines."),
    ),
    "nothing_found": (409, N_("No line has a number yet"), N_("Count or enter at least one line.")),
    "count_again": (
        409,
        N_("This count cannot be right"),
        N_("More was sold since than was counted. Count these goods once more, then book."),
    ),
    "beyond_asked": (
        409,
        N_("So many were not asked for"),
        N_("Send no more than the document says."),
    ),
    "not_free": (
        409,
        N_("Not enough may leave the shelf"),
        N_("The rest is for orders, lies picked or is set aside for the online shop. Enter fewer units."),
    ),
    "reason_missing": (422, N_("Say why"), N_("The head office reads the reason.")),
    "bad_found": (422, N_("This quantity is not possible"), N_("Enter 0 to 1,000,000,000.")),
    "bad_count": (422, N_("This cannot be counted"), N_("Choose the goods again.")),
    "wrong_order": (409, N_("This code belongs to another order"), N_("Open the customer's order.")),
    "wrong_code": (404, N_("This pickup code is not right"), N_("Ask the customer to read it once more.")),
    "wrong_pin": (401, N_("Name or PIN is not right"), N_("Try again.")),
    "locked": (429, N_("Too many wrong tries"), N_("Wait a minute, then try again.")),
    "payment_needed": (402, N_("This order is paid here"), N_("Take the money, then hand over.")),
    "nothing_due": (
        409,
        N_("Nothing is to pay for this order any more"),
        N_("It was paid online. Give the money back, then hand over."),
    ),
    "override_refused": (403, N_("You may not overrule this"), N_("Ask a manager.")),
    "not_a_token": (422, N_("This is no pickup code"), N_("Scan the QR code of the order page.")),
    "damaged": (422, N_("This pickup code is damaged"), N_("Ask the customer to open the order page anew.")),
    "unknown_key": (403, N_("This pickup code is not ours"), N_("Find the order by its typed code.")),
    "forged": (403, N_("This pickup code is forged"), N_("Do not hand over. Call a manager.")),
    "wrong_store": (409, N_("This order is at another store"), N_("Show the customer which one.")),
    "other_incarnation": (
        409,
        N_("This pickup code needs the line"),
        N_("Wait for the line, or ask a manager."),
    ),
    "amount_unknown": (
        409,
        N_("What this order costs is not known here yet"),
        N_("Scan the customer's QR code, or wait until the line is up."),
    ),
    "needs_line": (409, N_("This pickup code needs the line"), N_("Wait for the line, or ask a manager.")),
    "expired": (409, N_("This order has expired"), N_("Ask the customer to order again.")),
    "revoked": (
        409,
        N_("This pickup code was replaced"),
        N_("Ask the customer to open the order page anew."),
    ),
    "ref_reused": (409, N_("This reference was booked before"), N_("Use the number of this delivery.")),
    "ref_booked": (
        409,
        N_("This delivery note is booked already"),
        N_("It came in as a document of the head office. Nothing was changed; check the note's number."),
    ),
    "received_before": (
        409,
        N_("This delivery was received already"),
        N_("Its note was booked on the page Receive goods. Refuse this document and say so."),
    ),
    "empty_document": (422, N_("There are no lines"), N_("Enter at least one.")),
    "document_too_long": (422, N_("There are too many lines"), N_("Split the delivery.")),
    "too_many_units": (
        422,
        N_("These are more units than one delivery can carry"),
        N_("Check the quantity, or split the delivery."),
    ),
    "total_too_large": (422, N_("This ticket costs more than can be booked"), N_("Check the quantities.")),
    "beyond_limits": (
        422,
        N_("This cannot be booked"),
        N_("Nothing was changed. Check the numbers and texts."),
    ),
    "empty_move": (422, N_("Nothing moves here"), N_("Look at the lines again.")),
    "no_drawer": (
        409,
        N_("There is no cash drawer here"),
        N_("Name the printer that it hangs on in the settings."),
    ),
    "no_reason": (422, N_("A reason is needed"), N_("Say why.")),
    "drawer_unreachable": (
        409,
        N_("The drawer could not be opened"),
        N_("Its printer does not answer: look at power and cable, or use the key."),
    ),
    "unknown_paper": (404, N_("There is no such paper"), N_("Look at the page again.")),
    "paper_settled": (
        409,
        N_("Nothing is to be decided about this paper"),
        N_("It came out, or somebody was faster. Look at the page again."),
    ),
    "unknown_host": (
        421,
        N_("This address is not known here"),
        N_("Open the address that the page Phones shows at the till."),
    ),
    "foreign_name": (
        421,
        N_("These pages are not served under this name"),
        N_(
            "Open them as localhost or 127.0.0.1. Should this name lead here, write it into hosts in"
            " agent.toml and start the agent again."
        ),
    ),
    "not_paired": (
        403,
        N_("This browser is not paired with the store"),
        N_("Ask a manager to show a code at the till, then enter it on the page Pair this browser."),
    ),
    "counter_only": (
        403,
        N_("This phone belongs to the pickup counter"),
        N_("It sells nothing. Ask a manager to pair it with a till."),
    ),
    "lan_closed": (
        409,
        N_("The pages are not open to phones"),
        N_("Set open = true under [lan] in agent.toml and start the agent again."),
    ),
    "pair_at_store": (
        403,
        N_("A code is opened at the store's own machine"),
        N_("Go to a till that needs no pairing, and open the page Phones there."),
    ),
    "pair_over_lan": (
        409,
        N_("This till needs no pairing"),
        N_("Open the address that the page Phones shows on the phone itself."),
    ),
    "wrong_pair_code": (
        403,
        N_("This pairing code is not right"),
        N_(
            "Codes are good for five minutes and one browser. Look at the till once more, or ask for another."
        ),
    ),
    "pair_locked": (429, N_("Too many wrong tries"), N_("Wait a minute, then try again.")),
    "unknown_till": (404, N_("There is no such till"), N_("Open the page again.")),
    "unknown_browser": (404, N_("This browser is not paired"), N_("Look at the list again.")),
    "too_many_browsers": (
        409,
        N_("So many browsers cannot be paired"),
        N_("Remove those that are not used any more."),
    ),
    "setup_changed": (
        409,
        N_("Somebody else changed the devices meanwhile"),
        N_("Nothing was changed. Look at what is set up now, then save again."),
    ),
    "setup_not_kept": (
        409,
        N_("The devices could not be kept"),
        N_("Nothing was changed. Call somebody who can look at this machine's disk."),
    ),
    "trial_running": (
        409,
        N_("Another device is being tested"),
        N_("Wait until it is done, or end that test."),
    ),
    "nothing_to_try": (422, N_("Nothing to test was named"), N_("Fill in the device first.")),
    "no_setup": (409, N_("Devices cannot be set up here"), N_("Name them in agent.toml.")),
    "unknown_device": (404, N_("There is no such device"), N_("Look at the page again.")),
    "too_many_devices": (409, N_("No more than 16 of a kind can be set up"), N_("Remove one first.")),
    "is_fallback": (
        409,
        N_("Another printer falls back to this one"),
        N_("Choose another fallback there, then remove this one."),
    ),
    "gift_copies": (
        409,
        N_("No more gift receipts of this sale"),
        N_("Look at the receipt again: it says how many there are."),
    ),
    "price_changed_again": (
        409,
        N_("A price changed again meanwhile"),
        N_("Nothing was ticked off. Look at the list: that label is wrong already."),
    ),
    "other_paper": (
        409,
        N_("This request printed something else before"),
        N_("Nothing was printed. Look at the page again, then print."),
    ),
    "paper_forgotten": (
        409,
        N_("This paper is too old for a copy"),
        N_("What stood on it is not kept so long. The sale itself is on record."),
    ),
    "no_printer": (409, N_("There is no printer for this"), N_("Set one up first.")),
}
_OTHERS: Final[Told] = (409, N_("This is not possible now"), N_("Look at the page again."))
_KEPT: Final = N_("Scan again, or search by name. It was kept for the manager.")
BUSY_S: Final = "1"
DISK_S: Final = "10"


def refusal(error: Any) -> Problem:
    """The problem that tells a refusal of the rules."""
    assert isinstance(error, RuleError)
    status, title, detail = _TELL.get(error.code, _OTHERS)
    detail = _KEPT if error.code == "unknown_code" and error.facts.get("kept") is True else detail
    headers = {"Retry-After": str(error.facts["wait_s"])} if "wait_s" in error.facts else {}
    facts = facts_of(error)
    return Problem(status, error.code, title, detail, values=facts, extra=facts, headers=headers)


def facts_of(error: RuleError) -> dict[str, Any]:
    """The facts that a screen may show: plain values, no scanned text."""
    return {
        name: value
        for name, value in error.facts.items()
        if name not in {"scanned", "problem"} and isinstance(value, str | int | list | dict | None)
    }


def storage_trouble(error: Any) -> Problem:
    """The problem that tells that the ledger could not take a command; nothing was booked."""
    assert isinstance(error, StorageError)
    if isinstance(error, FileDamaged):
        return Problem(503, error.code, TITLE_DAMAGED, DETAIL_DAMAGED)
    if isinstance(error, DiskTrouble):
        return Problem(503, error.code, TITLE_DISK, DETAIL_DISK, headers={"Retry-After": DISK_S})
    return Problem(503, error.code, TITLE_BUSY, DETAIL_BUSY, headers={"Retry-After": BUSY_S})


TITLE_BUSY: Final = N_("The till is busy")
DETAIL_BUSY: Final = N_("Nothing was booked. Try again in a moment.")
TITLE_DISK: Final = N_("The ledger cannot be written")
DETAIL_DISK: Final = N_("Nothing was booked. Call somebody who can look at this machine's disk.")
TITLE_DAMAGED: Final = N_("The ledger's file is damaged")
DETAIL_DAMAGED: Final = N_("Nothing was booked, and nothing can be. Call the head office; do not restart.")
TRANSLATE: Final = {Refused: refusal, StorageError: storage_trouble}
