"""An order that was to be paid at the counter and was paid online since: the store grants it, once.

The money was taken by the hub; whether it is in time is decided here. A hold that is open has taken none
at its counter, so it grants; one that is closed does not, and its own facts tell the hub how it ended.
"""

from sync.rules.books import StoreBook
from sync.rules.holds import StoreHold
from sync.rules.money import share_minor
from sync.rules.store import fulfil


def grant(book: StoreBook, order: str, at: str) -> bool:
    """Grant what the hub asks for a hold, if it is still open and sure; returns whether anything changed."""
    hold = fulfil.known_hold(book, order)
    return hold is not None and fulfil.grant_prepaid(book, hold, at) != hold


def due_minor(hold: StoreHold) -> int:
    """What the customer has to pay at the counter, minor units: nothing where it was paid online.

    Units that were short or released are taken off with their share of the line's amount, and so is what
    was granted as paid online.
    """
    body = hold.body
    if body is None or body.pay_at != "counter":
        return 0
    gone = {line.line: line.short + line.released for line in hold.lines}
    off = sum(share_minor(line.price_minor, gone.get(line.line, 0), line.qty) for line in body.lines)
    return max(0, body.due_minor - off - hold.prepaid_minor)
