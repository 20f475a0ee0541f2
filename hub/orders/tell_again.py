"""Open orders of which a store's next agent would hear nothing: told again before it takes over.

An order that came back from a store's log after a restore was never told by this hub; without an item a
new ledger would know its units and not what they cost.
"""

from typing import Any

from hub.orders.hold_item import item_of
from hub.stock.book import SqliteHubBook
from sync.rules.books import tell
from sync.rules.items import key_of
from sync.storage.writer import Transaction

_UNTOLD = (
    "SELECT * FROM orders WHERE id IN (SELECT order_id FROM hold_line WHERE store = :store AND dispatched"
    " AND done + short + released < qty AND order_id NOT IN"
    " (SELECT item FROM request WHERE store = :store AND kind = 'order')) ORDER BY id"
)


def tell_untold(transaction: Transaction, book: SqliteHubBook, store: str) -> int:
    """Give the store an item for each open order that has none; returns how many."""
    cursor = transaction.execute(_UNTOLD, {"store": store})
    names = [column[0] for column in cursor.description]
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for order in rows:
        item = item_of(transaction, order, cancel=order["cancel_asked_at"] is not None)
        tell(book, item, key_of(item))
    return len(rows)
