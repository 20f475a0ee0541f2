"""Money and a store that has not told all that happened: what must wait, and what is whose money.

After a restore a store's log may still tell that an order goes on, or that it was paid in the lost hours.
Until then no money goes back and no units are promised again.
"""

from typing import Any, Final

from hub.orders.order_money import RECOVERED, standing
from hub.stock.close_trouble import close_by_itself, unresolved_about
from hub.stock.open_trouble import NewTrouble, open_trouble
from hub.stock.require_whole import is_whole
from sync.rules.money import refund_now
from sync.storage.writer import Transaction

_AFTER_LOG: Final = (
    "SELECT 1 FROM payment asked JOIN payment told ON told.order_id = asked.order_id"
    " JOIN orders o ON o.id = asked.order_id AND o.pay = 'counter'"
    " WHERE asked.id = ? AND told.order_id = ? AND told.state = 'captured' AND told.reference = ?"
    " AND asked.at > told.at"
)
_WAITING: Final = "SELECT COALESCE(SUM(minor), 0) FROM capture WHERE order_id = ? AND outcome = 'waiting'"
_TROUBLE: Final = "money_waiting"
_LATER: Final = (
    "SELECT c.provider, c.reference, c.payment_id, c.minor FROM capture c JOIN payment p"
    " ON p.id = c.payment_id AND p.order_id = c.order_id WHERE c.order_id = ? AND p.state = 'captured'"
    " AND p.at > ? ORDER BY c.at, c.reference"
)


def must_wait(transaction: Transaction, order: dict[str, Any]) -> bool:
    """Whether what booked money means cannot be told yet: the units may be the store's, or money go back."""
    if is_whole(transaction, order["store"]):
        return False
    found = standing(transaction, order["id"])
    assert found is not None
    held = transaction.one("SELECT 1 FROM hold_line WHERE order_id = ?", (order["id"],))
    return held is None or refund_now(found.money, found.kept) > 0


def start_waiting(transaction: Transaction, order: dict[str, Any], at: str) -> None:
    """Let a person see whose money waits, since its store may never come back; once the capture is kept."""
    facts = {"order": order["id"], "minor": waiting_minor(transaction, order["id"])}
    new = NewTrouble(kind=_TROUBLE, store=order["store"], facts=facts, at=at, subject=order["id"])
    open_trouble(transaction, new)


def waiting_minor(transaction: Transaction, order: str) -> int:
    """What of an order's money waits for its store, minor units."""
    (minor,) = transaction.one(_WAITING, (order,)) or (0,)
    return int(minor)


def stop_waiting(transaction: Transaction, order: dict[str, Any], action: str, at: str) -> None:
    """It was decided what the money means: the trouble is over."""
    for trouble in unresolved_about(transaction, order["store"], _TROUBLE, order["id"]):
        close_by_itself(transaction, trouble, action, at)


def was_asked_after_log(transaction: Transaction, order: str, payment: str) -> bool:
    """Whether a payment was asked for only after the store had granted the one that its log told of.

    Then the two are not the same money, and the log's is not confirmed: a matter for a person. Only a counter
    order can be asked for money again; all others were asked once, as they were placed.
    """
    return transaction.one(_AFTER_LOG, (payment, order, RECOVERED)) is not None


def doubt_later_money(transaction: Transaction, store: str, order: str, minor: int, at: str) -> None:
    """A replayed log tells of money paid online; captures that were asked for later may be other money.

    Args:
        transaction: the one that books the step.
        store: whose log it is.
        order: what was paid.
        minor: all that was paid online, as the store was told.
        at: when the store granted it.
    """
    found = standing(transaction, order)
    if found is None or is_whole(transaction, store):
        return
    later = transaction.all(_LATER, (order, at))
    if found.money.online - sum(row[3] for row in later) >= minor:
        return
    for provider, reference, payment, taken in later:
        facts = {"order": order, "payment": payment, "ref": reference, "minor": taken, "provider": provider}
        subject = f"{provider}:{reference}"
        new = NewTrouble(kind="payment_unknown", store=store, facts=facts, at=at, subject=subject)
        open_trouble(transaction, new)
