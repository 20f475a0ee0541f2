"""What the hub concludes from a store's facts about orders, in the transaction that books the fact."""

from hub.orders.recover_order import recover_order
from hub.orders.rules import CLOSED, closing_stage, next_stage, refund_due
from hub.stock.open_trouble import NewTrouble, open_trouble
from sync.rules.facts import Fact, HoldStep, Payment
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction


def conclude(transaction: Transaction, store: str, fact: Fact) -> str | None:
    """Carry a store's fact into its order; returns the token of the order that changed."""
    match fact:
        case HoldStep():
            return _follow_step(transaction, store, fact)
        case Payment() if fact.order is not None:
            return _follow_payment(transaction, store, fact, fact.order)
        case _:
            return None


def _follow_step(transaction: Transaction, store: str, step: HoldStep) -> str | None:
    """Move the order on as the store tells."""
    if step.held is not None:
        recover_order(transaction, store, step, step.held)
    row = transaction.one("SELECT stage, token FROM orders WHERE id = ? AND store = ?", (step.order, store))
    if row is None:
        return None
    stage, token = str(row[0]), str(row[1])
    if step.line is not None and step.to in {"done", "short", "released"}:
        _close_if_settled(transaction, store, step, stage)
        return token
    reached = next_stage(stage, step.to)
    if reached is not None:
        transaction.execute(
            "UPDATE orders SET stage = ?, accepted_at = COALESCE(accepted_at, ?),"
            " ready_at = CASE WHEN ? = 'ready' THEN ? ELSE ready_at END WHERE id = ?",
            (reached, step.at, reached, step.at, step.order),
        )
    return token


def _close_if_settled(transaction: Transaction, store: str, step: HoldStep, stage: str) -> None:
    """Close the order once every unit is done, short or released, and give back what is due."""
    row = transaction.one(
        "SELECT SUM(qty - done - short - released), SUM(done), SUM(released) FROM hold_line"
        " WHERE order_id = ?",
        (step.order,),
    )
    if row is None or row[0] is None or row[0] > 0 or stage in CLOSED:
        return
    _forget_request(transaction, store, step.order)
    closing = closing_stage(done=row[1], released=row[2], why=step.why)
    transaction.execute(
        "UPDATE orders SET stage = ?, closed_at = ? WHERE id = ?", (closing, step.at, step.order)
    )
    refund(transaction, step.order, step.at)


def _forget_request(transaction: Transaction, store: str, order: str) -> None:
    """The store has settled every unit, so there is nothing about the order that it has yet to hear.

    Kept, it would reach the store's next incarnation as an order to pick.
    """
    transaction.execute("DELETE FROM request WHERE store = ? AND kind = 'order' AND item = ?", (store, order))


def refund(transaction: Transaction, order: str, at: str) -> int:
    """Give back the paid share of units not handed over, once; returns minor units.

    Only money taken online is given back by the hub: a counter order is paid at hand-over.
    """
    row = transaction.one("SELECT payment, pay, currency FROM orders WHERE id = ?", (order,))
    if row is None or row[0] != "paid" or row[1] == "counter":
        return 0
    amounts = transaction.all(
        "SELECT o.amount_minor, o.qty, h.short + h.released FROM order_line o"
        " JOIN hold_line h ON h.order_id = o.order_id AND h.line = o.line WHERE o.order_id = ?",
        (order,),
    )
    minor = refund_due([(amount, qty, lost) for amount, qty, lost in amounts])
    if minor:
        transaction.execute(
            "INSERT OR IGNORE INTO payment (id, order_id, provider, state, minor, currency, reference, at,"
            " settled_at) VALUES (?, ?, 'sandbox', 'refunded', ?, ?, 'refund', ?, ?)",
            (f"refund-{order}", order, -minor, row[2], at, at),
        )
        transaction.execute("UPDATE orders SET payment = 'refunded' WHERE id = ?", (order,))
    return minor


def _follow_payment(transaction: Transaction, store: str, payment: Payment, order: str) -> str | None:
    """Money was taken at the counter for an order, or given back (negative).

    Each fact is applied once, so each is a payment of its own: one receipt may stand for two tenders.
    """
    row = transaction.one(
        "SELECT token, paid_minor, total_minor FROM orders WHERE id = ? AND store = ?", (order, store)
    )
    if row is None:
        return None
    is_taken = payment.minor >= 0
    transaction.execute(
        "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at, settled_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new_id(),
            order,
            f"till-{payment.tender}",
            "captured" if is_taken else "refunded",
            payment.minor,
            payment.currency,
            payment.ref,
            payment.at,
            payment.at,
        ),
    )
    transaction.execute(
        "UPDATE orders SET payment = ?, paid_minor = paid_minor + ? WHERE id = ?",
        ("paid" if is_taken else "refunded", max(0, payment.minor), order),
    )
    if is_taken and row[1] + payment.minor > row[2]:
        _raise_double_paid(transaction, store, order, payment)
    return str(row[0])


def _raise_double_paid(transaction: Transaction, store: str, order: str, payment: Payment) -> None:
    """The order was paid before: a person decides which payment goes back."""
    facts = {"order": order, "ref": payment.ref, "minor": payment.minor}
    open_trouble(transaction, NewTrouble(kind="double_paid", store=store, facts=facts, at=payment.at))
