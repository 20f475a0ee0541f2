"""Changing an order: lapsed unpaid, cancelled by its buyer."""

from dataclasses import dataclass
from typing import Any

from hub.kernel import Kernel
from hub.orders.hold_item import item_of
from hub.orders.rules import CLOSED
from hub.stock.book import SqliteHubBook
from hub.stock.news import tell_shelves
from sync.rules.central import promise
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

BY_CUSTOMER = "customer"
"""Why an order is closed that its buyer no longer wanted: late money never brings it back."""
_ORDER = (
    "SELECT id, number, token, store, sinc, stage, payment, pay, total_minor, currency, locale, code_hash,"
    " placed_at, ready_by, expires_at, cancel_asked_at, prepaid_minor, closed_why FROM orders WHERE id = ?"
)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Command: the buyer no longer wants the order; returns its stage afterwards.

    A hold that was never dispatched is dropped at once. Otherwise the store is asked, once: what
    happens first in its ledger, hand-over or release, wins.
    """

    kernel: Kernel
    token: str

    def __call__(self, transaction: Transaction) -> str:
        """Run in the writer.

        Raises:
            Refused: `unknown_order`; `closed`, it is collected, cancelled or expired already.
        """
        row = transaction.one("SELECT id FROM orders WHERE token = ?", (self.token,))
        if row is None:
            raise Refused("unknown_order")
        order = order_row(transaction, row[0])
        if order["stage"] in CLOSED:
            raise Refused("closed", stage=order["stage"])
        if order["cancel_asked_at"] is not None:
            return str(order["stage"])
        at = self.kernel.instant()
        tell_page(transaction, self.kernel, self.token)
        if drop_unpaid(transaction, self.kernel, order["id"], order["store"]):
            transaction.execute("UPDATE orders SET closed_why = ? WHERE id = ?", (BY_CUSTOMER, order["id"]))
            return _close(transaction, order["id"], "cancelled", at)
        book = SqliteHubBook(transaction, order["store"], self.kernel.hinc, at)
        promise.dispatch(book, item_of(transaction, order, cancel=True))
        book.finish()
        transaction.execute("UPDATE orders SET cancel_asked_at = ? WHERE id = ?", (at, order["id"]))
        transaction.after_commit(lambda: self.kernel.wake(order["store"]))
        return str(order["stage"])


@dataclass(frozen=True, slots=True)
class LapseUnpaid:
    """Command: drop an unpaid hold whose time is over; returns its token, None where it was paid meanwhile.

    One order alone: what is wrong with one must not keep the others' units.
    """

    kernel: Kernel
    order: str

    def __call__(self, transaction: Transaction) -> str | None:
        """Run in the writer."""
        at = self.kernel.instant()
        row = transaction.one(
            "SELECT store, token FROM orders WHERE id = ? AND stage = 'unpaid' AND lapses_at < ?",
            (self.order, at),
        )
        if row is None:
            return None
        store, token = row
        drop_unpaid(transaction, self.kernel, self.order, store)
        _close(transaction, self.order, "expired", at)
        tell_page(transaction, self.kernel, token)
        return str(token)


def drop_unpaid(transaction: Transaction, kernel: Kernel, order: str, store: str) -> bool:
    """Free the units of a hold that was never dispatched; returns whether there was one."""
    book = SqliteHubBook(transaction, store, kernel.hinc, kernel.instant())
    skus = {line.sku for line in book.lines(order)}
    if not promise.drop_provisional(book, order):
        return False
    book.finish()
    transaction.after_commit(lambda: tell_shelves(kernel.events, store, skus))
    return True


def close_unpaid(transaction: Transaction, order: str, store: str, hinc: int, at: str) -> None:
    """An order whose money never came is over, its units are free: nobody can be told while this runs."""
    book = SqliteHubBook(transaction, store, hinc, at)
    promise.drop_provisional(book, order)
    book.finish()
    _close(transaction, order, "cancelled", at)


def close_dropped(transaction: Transaction, order: str, at: str) -> str | None:
    """An unpaid order whose units were sold in the store is over; returns its token.

    Money that comes later finds it closed, as money for any hold that has lapsed (`take_capture`).
    """
    row = transaction.one("SELECT token FROM orders WHERE id = ? AND stage = 'unpaid'", (order,))
    if row is None:
        return None
    _close(transaction, order, "cancelled", at)
    transaction.execute("UPDATE orders SET closed_why = 'deficit' WHERE id = ?", (order,))
    return str(row[0])


def tell_page(transaction: Transaction, kernel: Kernel, token: str) -> None:
    """Push to the order's page once the change is on the disk."""
    transaction.after_commit(lambda: kernel.events.publish(f"order:{token}", "order", {}))


def _close(transaction: Transaction, order: str, stage: str, at: str) -> str:
    """Close an order whose units are free again and whose money was never taken."""
    transaction.execute(
        "UPDATE orders SET stage = ?, closed_at = ?, payment = 'unpaid', lapses_at = NULL WHERE id = ?",
        (stage, at, order),
    )
    transaction.execute(
        "UPDATE payment SET state = 'failed', settled_at = ? WHERE order_id = ? AND state = 'pending'",
        (at, order),
    )
    return stage


def order_row(transaction: Transaction, order: str) -> dict[str, Any]:
    """An order's row by column name."""
    cursor = transaction.execute(_ORDER, (order,))
    row = cursor.fetchone()
    if row is None:
        raise Refused("unknown_order", order=order)
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
