"""Self-check of money (I9): paid + losses = handed over + given back + open, for each order, to the fen."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hub.orders.rules import CLOSED
from hub.stock.findings import Finding
from hub.stock.replay import Replay
from sync.rules.money import OrderMoney, loss_minor, worth_minor

_ORDERS: Final = (
    "SELECT o.id, o.number, o.stage, o.total_minor, o.loss_minor,"
    " COALESCE(SUM(CASE WHEN p.state = 'captured' AND p.provider NOT LIKE 'till-%' THEN p.minor END), 0),"
    " COALESCE(SUM(CASE WHEN p.state = 'captured' AND p.provider LIKE 'till-%' THEN p.minor END), 0),"
    " COALESCE(-SUM(CASE WHEN p.state = 'refunded' AND p.provider NOT LIKE 'till-%' THEN p.minor END), 0)"
    " FROM orders o LEFT JOIN payment p ON p.order_id = o.id WHERE o.store = ?"
    " AND NOT EXISTS (SELECT 1 FROM capture c JOIN store_stream t ON t.store = o.store"
    " WHERE c.order_id = o.id AND c.outcome = 'waiting' AND (t.state <> 'whole' OR t.stopped)) GROUP BY o.id"
)
_AMOUNTS: Final = (
    "SELECT o.amount_minor, o.qty, CASE WHEN h.line IS NULL THEN o.qty ELSE h.short + h.released END"
    " FROM order_line o LEFT JOIN hold_line h ON h.order_id = o.order_id AND h.line = o.line"
    " WHERE o.order_id = ?"
)
_CAPTURES: Final = (
    "SELECT c.provider, c.reference, c.minor, c.outcome"
    " FROM capture c LEFT JOIN orders o ON o.id = c.order_id"
    " WHERE COALESCE(o.store, '') = ? AND ((c.outcome IN ('unknown', 'mismatch') AND NOT EXISTS"
    " (SELECT 1 FROM trouble t WHERE t.kind = 'payment_unknown' AND t.state = 'resolved'"
    " AND t.subject = c.provider || ':' || c.reference))"
    " OR (c.outcome NOT IN ('unknown', 'mismatch') AND NOT EXISTS (SELECT 1 FROM payment p"
    " WHERE p.order_id = c.order_id AND p.reference = c.reference AND p.state = 'captured')))"
    " ORDER BY c.provider, c.reference"
)


@dataclass(frozen=True, slots=True)
class _Sums:
    """An order's money, what its units are worth, and what was noted as lost."""

    number: str
    stage: str
    total: int
    loss: int
    money: OrderMoney
    worth: int

    @property
    def left(self) -> int:
        """What was taken and not given back, with what is noted as lost."""
        return self.money.online + self.money.till + self.loss - self.money.refunded

    @property
    def is_unpaid(self) -> bool:
        """Whether the goods were handed over and no money is known at all."""
        return self.stage == "collected" and self.worth > 0 and not (self.money.online or self.money.till)

    @property
    def adds_up(self) -> bool:
        """Whether what is left stands on goods: handed over, or still to be handed over."""
        if self.stage in CLOSED:
            return self.left == self.worth
        is_paid = self.money.online or self.money.till or self.loss
        return self.worth <= self.left <= self.total if is_paid else not self.left


def balances(connection: sqlite3.Connection, replayed: Replay) -> Iterator[Finding]:
    """Each order of a store but those whose money waits for its log.

    One whose hand-over is the last event heard may have its money still to come.
    """
    store = replayed.store
    for order, number, stage, total, loss, *sums in connection.execute(_ORDERS, (store,)).fetchall():
        if order == replayed.last_order:
            continue
        money = OrderMoney(online=sums[0], till=sums[1], refunded=sums[2])
        worth = worth_minor(connection.execute(_AMOUNTS, (order,)).fetchall())
        yield from _of_order(store, _Sums(number, stage, total, loss, money, worth))


def _of_order(store: str, sums: _Sums) -> Iterator[Finding]:
    """What is wrong with one order's money."""
    number = sums.number
    if sums.is_unpaid:
        text = f"order {number}: goods worth {sums.worth} were handed over and nothing was paid"
        yield _finding(check="unpaid", store=store, about=number, values=(0, sums.worth), text=text)
        return
    lost = loss_minor(sums.money, sums.worth)
    if lost != sums.loss:
        text = f"order {number}: a loss of {sums.loss} is noted, its money says {lost}"
        yield _finding(check="loss", store=store, about=number, values=(sums.loss, lost), text=text)
    if not sums.adds_up:
        kept, refunded = sums.worth if sums.stage in CLOSED else sums.total, sums.money.refunded
        due = max(0, sums.left + refunded - kept)
        text = (
            f"order {number}: refunded {refunded}, units not handed over are worth {due}"
            f" (online {sums.money.online}, tills {sums.money.till}, losses {sums.loss}, goods {sums.worth})"
        )
        yield _finding(check="refund", store=store, about=number, values=(refunded, due), text=text)


def captures(connection: sqlite3.Connection, store: str) -> Iterator[Finding]:
    """Money that a provider took and that stands on no order; an empty `store` asks for money of no order."""
    for provider, reference, minor, outcome in connection.execute(_CAPTURES, (store,)):
        text = f"{provider} took {minor} under {reference} ({outcome}): it stands on no order"
        yield _finding(
            check="capture", store=store, about=f"{provider} {reference}", values=(0, minor), text=text
        )


def _finding(*, check: str, store: str, about: str, values: tuple[int, int], text: str) -> Finding:
    """A finding; `values` are kept and made, minor units."""
    kept, made = values
    return Finding(check=check, store=store, about=about, kept=str(kept), made=str(made), text=text)
