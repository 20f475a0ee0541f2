"""What the hub concludes from a store's facts about orders, in the transaction that books the fact."""

from hub.orders.order_money import assume_paid, settle_money, standing
from hub.orders.recover_order import FORGOTTEN, recover_order, reopen
from hub.orders.rules import CLOSED, closing_stage, next_stage
from hub.orders.tell_double_paid import tell_double_paid
from hub.orders.wait_for_store import doubt_later_money
from hub.stock.open_trouble import NewTrouble, open_trouble
from sync.rules.baseline import Carried
from sync.rules.facts import Fact, HoldStep, Payment
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction


def conclude(transaction: Transaction, store: str, fact: Fact) -> str | None:
    """Carry a store's fact into its order; returns the token of the order that changed."""
    match fact:
        case HoldStep():
            return _follow_step(transaction, store, fact)
        case Carried():
            return _follow_carried(transaction, store, fact)
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
    if step.to == "prepaid":
        _follow_prepaid(transaction, store, step)
        return token
    if step.line is not None and step.to in {"done", "short", "released"}:
        _close_if_settled(transaction, store, step, stage)
        return token
    _move_on(transaction, step, stage)
    return token


def _move_on(transaction: Transaction, step: HoldStep, stage: str) -> None:
    """The order as a whole reached another stage; it never goes back."""
    reached = next_stage(stage, step.to)
    if reached is not None:
        transaction.execute(
            "UPDATE orders SET stage = ?, accepted_at = COALESCE(accepted_at, ?),"
            " ready_at = CASE WHEN ? = 'ready' THEN ? ELSE ready_at END WHERE id = ?",
            (reached, step.at, reached, step.at, step.order),
        )


def _follow_carried(transaction: Transaction, store: str, hold: Carried) -> str | None:
    """A store's new log begins with this hold: a hub that was put back may not have heard how it went on."""
    row = transaction.one(
        "SELECT stage, token, CASE pay WHEN 'counter' THEN 0 ELSE total_minor END,"
        " CASE WHEN EXISTS (SELECT 1 FROM capture c WHERE c.order_id = orders.id AND c.outcome = 'waiting')"
        " THEN 'unpaid' ELSE payment END FROM orders"
        " WHERE id = ? AND store = ?",
        (hold.order, store),
    )
    if row is None:
        return None
    stage, token, online_minor, payment = row
    is_open = any(line.done + line.short + line.released < line.qty for line in hold.lines)
    if stage in FORGOTTEN and (is_open or (online_minor and payment == "unpaid")):
        reopen(transaction, hold.order, online_minor, hold.at)
        stage = "pending_store"
    if is_open and hold.stage != "closed":
        _move_on(transaction, HoldStep(order=hold.order, to=hold.stage, at=hold.at), stage)
    else:
        _close_if_settled(transaction, store, HoldStep(order=hold.order, to="done", at=hold.at), stage)
    return str(token)


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
    transaction.execute(
        "UPDATE payment SET state = 'failed', settled_at = ? WHERE order_id = ? AND state = 'pending'",
        (step.at, step.order),
    )
    settle_money(transaction, step.order, step.at)
    if closing == "collected":
        _raise_if_lost(transaction, store, step)


def _forget_request(transaction: Transaction, store: str, order: str) -> None:
    """The store has settled every unit, so there is nothing about the order that it has yet to hear.

    Kept, it would reach the store's next incarnation as an order to pick.
    """
    transaction.execute("DELETE FROM request WHERE store = ? AND kind = 'order' AND item = ?", (store, order))


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
    before = standing(transaction, order)
    back = settle_money(transaction, order, payment.at, "double_paid") if is_taken else 0
    if back and before is not None:
        _tell_double_paid(transaction, store, payment, before.money.online, back)
    elif is_taken and row[1] + payment.minor > row[2]:
        facts = {"order": order, "ref": payment.ref, "minor": payment.minor}
        open_trouble(transaction, NewTrouble(kind="double_paid", store=store, facts=facts, at=payment.at))
    return str(row[0])


def _follow_prepaid(transaction: Transaction, store: str, step: HoldStep) -> None:
    """The store's counter takes no money for what was paid online; a hub that was put back learns it here."""
    doubt_later_money(transaction, store, step.order, step.minor, step.at)
    assume_paid(transaction, step.order, step.minor, step.at)
    transaction.execute(
        "UPDATE orders SET prepaid_minor = MAX(prepaid_minor, ?), prepaid_at = COALESCE(prepaid_at, ?)"
        " WHERE id = ?",
        (step.minor, step.at, step.order),
    )
    settle_money(transaction, step.order, step.at)


def _raise_if_lost(transaction: Transaction, store: str, step: HoldStep) -> None:
    """Goods were handed over whose money had been given back: a person speaks to the customer."""
    row = transaction.one("SELECT loss_minor FROM orders WHERE id = ?", (step.order,))
    if row is None or not row[0]:
        return
    facts = {"order": step.order, "minor": row[0]}
    new = NewTrouble(kind="cancelled_but_collected", store=store, facts=facts, at=step.at)
    open_trouble(transaction, new)


def _tell_double_paid(transaction: Transaction, store: str, payment: Payment, online: int, back: int) -> None:
    """It was paid online and at the till, and the online money went back by itself."""
    facts = {"order": payment.order, "ref": payment.ref, "minor": payment.minor, "online_minor": online,
             "refunded_minor": back}  # fmt: skip
    subject = f"{payment.order}:{payment.ref}:{payment.tender}"
    tell_double_paid(transaction, store, facts, subject, payment.at)
