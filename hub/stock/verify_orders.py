"""Self-check of one store's orders: hold lines, promises and money against each other, to the minor unit."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from hub.stock.findings import Finding
from hub.stock.replay import Replay

_LINES: Final = (
    "SELECT o.number, h.order_id, h.line, h.done, h.short, h.released FROM orders o JOIN hold_line h"
    " ON h.order_id = o.id WHERE o.store = ? AND o.sinc = ? AND h.store = o.store"
)
_TILL_MONEY: Final = (
    "SELECT o.id, o.number, COALESCE(SUM(p.minor), 0) FROM orders o LEFT JOIN payment p"
    " ON p.order_id = o.id AND p.provider LIKE 'till-%' WHERE o.store = ? AND o.sinc = ? GROUP BY o.id"
)
_PROMISES: Final = (
    "SELECT s.sku, s.promised, COALESCE(h.promised, 0), s.settled, COALESCE(h.settled, 0)"
    " FROM stock s LEFT JOIN (SELECT sku, SUM(qty - released) AS promised,"
    " SUM(done + short) AS settled FROM hold_line WHERE store = :store GROUP BY sku) h ON h.sku = s.sku"
    " WHERE s.store = :store"
    " AND (s.promised <> COALESCE(h.promised, 0) OR s.settled <> COALESCE(h.settled, 0))"
)
_SOLD: Final = (
    "SELECT o.number, l.line, l.sku, l.qty, h.sku, h.qty FROM orders o JOIN order_line l"
    " ON l.order_id = o.id LEFT JOIN hold_line h ON h.order_id = l.order_id AND h.line = l.line"
    " WHERE o.store = ? AND ((h.sku IS NULL AND o.stage NOT IN ('cancelled', 'expired'))"
    " OR h.sku <> l.sku OR h.qty <> l.qty)"
)
_LOOSE: Final = (
    "SELECT h.order_id, h.line, h.sku FROM hold_line h LEFT JOIN order_line l"
    " ON l.order_id = h.order_id AND l.line = h.line LEFT JOIN stock s"
    " ON s.store = h.store AND s.sku = h.sku WHERE h.store = ? AND (l.line IS NULL OR s.sku IS NULL)"
)
_TOTALS: Final = (
    "SELECT o.number, o.total_minor, COALESCE(SUM(l.amount_minor), 0) FROM orders o"
    " LEFT JOIN order_line l ON l.order_id = o.id WHERE o.store = ? GROUP BY o.id"
    " HAVING o.total_minor <> COALESCE(SUM(l.amount_minor), 0)"
)
_PAID: Final = (
    "SELECT o.number, o.paid_minor, COALESCE(SUM(p.minor), 0) FROM orders o LEFT JOIN payment p"
    " ON p.order_id = o.id AND p.state = 'captured' WHERE o.store = ? GROUP BY o.id"
    " HAVING o.paid_minor <> COALESCE(SUM(p.minor), 0)"
)


def lines(connection: sqlite3.Connection, replayed: Replay) -> Iterator[Finding]:
    """The hold lines' counters against what the store's events settled."""
    store = replayed.store
    for number, order, line, *kept in connection.execute(_LINES, (store, replayed.sinc)):
        made = list(replayed.lines[order, line].values())
        if made != kept:
            text = f"{store} order {number} line {line}: kept done, short, released {kept}, events say {made}"
            yield _of_order("hold", store, (number, line), (kept, made), text)


def till_money(connection: sqlite3.Connection, replayed: Replay) -> Iterator[Finding]:
    """Payments booked on orders against what the store's tills reported."""
    store = replayed.store
    for order, number, kept in connection.execute(_TILL_MONEY, (store, replayed.sinc)):
        made = replayed.paid.get(order, 0)
        if made != kept:
            text = f"order {number}: the tills took {made}, payments of tills sum to {kept}"
            yield _of_order("till_money", store, (number,), (kept, made), text)


def promises(connection: sqlite3.Connection, store: str) -> Iterator[Finding]:
    """The counters of promised and settled units against the hold lines."""
    for sku, promised, held, settled, done in connection.execute(_PROMISES, {"store": store}):
        yield Finding(
            check="promises",
            store=store,
            about=sku,
            kept=f"{promised} / {settled}",
            made=f"{held} / {done}",
            text=f"{store} {sku}: promised {promised}, hold lines say {held};"
            f" settled {settled}, lines say {done}",
        )


def holds(connection: sqlite3.Connection, store: str) -> Iterator[Finding]:
    """Orders against their holds: every order that was not dropped unpaid holds what it sold."""
    for number, line, sku, qty, held_sku, held in connection.execute(_SOLD, (store,)):
        text = f"order {number} line {line}: sold {qty} of {sku}, held {held} of {held_sku}"
        yield _of_order("sold", store, (number, line), ([held or 0, held_sku or "-"], [qty, sku]), text)
    for order, line, sku in connection.execute(_LOOSE, (store,)):
        yield _of_order(
            "loose",
            store,
            (order, line),
            (sku, ""),
            f"hold {order} line {line}: no order or no stock of {sku}",
        )


def money(connection: sqlite3.Connection, store: str) -> Iterator[Finding]:
    """Orders against their lines, and what counts as paid against their payments."""
    for number, total, sums in connection.execute(_TOTALS, (store,)):
        text = f"order {number}: total {total}, its lines sum to {sums}"
        yield _of_order("total", store, (number,), (total, sums), text)
    for number, kept, sums in connection.execute(_PAID, (store,)):
        text = f"order {number}: paid {kept}, payments sum to {sums}"
        yield _of_order("paid", store, (number,), (kept, sums), text)


def counted(connection: sqlite3.Connection, store: str) -> tuple[int, int]:
    """How many orders and payments the store has."""
    (orders,) = connection.execute("SELECT COUNT(*) FROM orders WHERE store = ?", (store,)).fetchone()
    (payments,) = connection.execute(
        "SELECT COUNT(*) FROM orders o JOIN payment p ON p.order_id = o.id WHERE o.store = ?", (store,)
    ).fetchone()
    return orders, payments


def _of_order(
    check: str, store: str, about: tuple[object, ...], values: tuple[object, object], text: str
) -> Finding:
    """A finding about an order (and its line); `values` are kept and made."""
    kept, made = (_words(value) for value in values)
    name = " · ".join(str(part) for part in about)
    return Finding(check=check, store=store, about=name, kept=kept, made=made, text=text)


def _words(value: object) -> str:
    """Numbers side by side."""
    return " / ".join(str(part) for part in value) if isinstance(value, list) else str(value)
