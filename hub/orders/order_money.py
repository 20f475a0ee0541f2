"""An order's money in the hub's books: read as sums, given back by the rules of `sync.rules.money`."""

from dataclasses import dataclass

from hub.orders.rules import CLOSED
from sync.rules.money import OrderMoney, assumed, loss_minor, refund_now, worth_minor
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction

RECOVERED = "recovered"
"""The reference of money that a store's log told of and whose provider's own reference is not known."""
_SUMS = (
    "SELECT COALESCE(SUM(CASE WHEN state = 'captured' AND provider NOT LIKE 'till-%' THEN minor END), 0),"
    " COALESCE(SUM(CASE WHEN state = 'captured' AND provider LIKE 'till-%' THEN minor END), 0),"
    " COALESCE(-SUM(CASE WHEN state = 'refunded' AND provider NOT LIKE 'till-%' THEN minor END), 0),"
    " COALESCE(SUM(CASE WHEN state = 'captured' AND reference = ? THEN minor END), 0)"
    " FROM payment WHERE order_id = ?"
)
_LINES = (
    "SELECT o.amount_minor, o.qty, CASE WHEN h.line IS NULL THEN o.qty ELSE h.short + h.released END"
    " FROM order_line o LEFT JOIN hold_line h ON h.order_id = o.order_id AND h.line = o.line"
    " WHERE o.order_id = ?"
)
_REFUND = (
    "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at, settled_at)"
    " VALUES (?, ?, 'sandbox', 'refunded', ?, ?, ?, ?, ?)"
)
_CAPTURED = (
    "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at, settled_at)"
    " VALUES (?, ?, 'sandbox', 'captured', ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order's money stands: what was taken, what its units are worth, whether all is settled."""

    money: OrderMoney
    worth: int
    total: int
    currency: str
    is_closed: bool

    @property
    def kept(self) -> int:
        """What the hub may keep: the worth of what was handed over, or the price while units are open."""
        return self.worth if self.is_closed else self.total


def standing(transaction: Transaction, order: str) -> Standing | None:
    """An order's money; None for an order that nobody knows."""
    row = transaction.one("SELECT total_minor, currency, stage FROM orders WHERE id = ?", (order,))
    if row is None:
        return None
    sums = transaction.one(_SUMS, (RECOVERED, order)) or (0, 0, 0, 0)
    money = OrderMoney(online=sums[0], till=sums[1], refunded=sums[2], assumed=sums[3])
    lines = transaction.all(_LINES, (order,))
    return Standing(money, worth_minor(lines), row[0], row[1], row[2] in CLOSED)


def settle_money(transaction: Transaction, order: str, at: str, why: str = "refund") -> int:
    """Give back what was taken beyond what the hub may keep, and note what is lost; returns minor units.

    Telling the same thing again gives nothing back again: it follows from the sums. Only money taken
    online is given back by the hub.
    """
    found = standing(transaction, order)
    if found is None:
        return 0
    minor = refund_now(found.money, found.kept)
    if minor:
        give_back(transaction, order, minor, at, why)
    else:
        _note_loss(transaction, order)
    return minor


def give_back(transaction: Transaction, order: str, minor: int, at: str, why: str) -> None:
    """Give `minor` of what was taken online back."""
    row = transaction.one(
        "SELECT o.currency, (SELECT COUNT(*) FROM payment p WHERE p.order_id = o.id AND p.state = 'refunded'"
        " AND p.provider NOT LIKE 'till-%') FROM orders o WHERE o.id = ?",
        (order,),
    )
    assert row is not None, "money is given back for an order that is there"
    currency, before = row
    name = f"refund-{order}-{before + 1}" if before else f"refund-{order}"
    transaction.execute(_REFUND, (name, order, -minor, currency, why, at, at))
    label_money(transaction, order)
    _note_loss(transaction, order)


def label_money(transaction: Transaction, order: str) -> None:
    """Say whether an order of which money was taken is paid or given back, by its sums alone."""
    found = standing(transaction, order)
    assert found is not None
    money = found.money
    is_at_till = money.till > 0 and not money.left
    is_paid = not money.refunded or is_at_till or (money.left and not found.is_closed)
    state = "paid" if is_paid else "refunded"
    transaction.execute("UPDATE orders SET payment = ? WHERE id = ?", (state, order))


def _note_loss(transaction: Transaction, order: str) -> None:
    """Keep what was given back although the goods are, or may be, handed over."""
    found = standing(transaction, order)
    assert found is not None
    transaction.execute(
        "UPDATE orders SET loss_minor = ?1 WHERE id = ?2 AND loss_minor <> ?1",
        (loss_minor(found.money, found.worth), order),
    )


def assume_paid(transaction: Transaction, order: str, minor: int, at: str) -> None:
    """A store's log says that `minor` was paid online: what the hub lost of it stands in its books again."""
    found = standing(transaction, order)
    if found is None:
        return
    missing = assumed(found.money, minor).online - found.money.online
    if missing:
        transaction.execute(_CAPTURED, (new_id(), order, missing, found.currency, RECOVERED, at, at))
        transaction.execute(
            "UPDATE orders SET payment = 'paid', paid_minor = paid_minor + ? WHERE id = ?", (missing, order)
        )
