"""What a store is told of itself: versioned entries, each change at the next version."""

from typing import Any

from hub.stock.book import dump
from sync.storage.writer import Transaction


def put_entry(transaction: Transaction, store: str, key: str, body: dict[str, Any]) -> bool:
    """Set an entry; the same body again changes no version. Returns whether it changed."""
    text = dump(body)
    known = transaction.one("SELECT body FROM store_entry WHERE store = ? AND key = ?", (store, key))
    if known is not None and known[0] == text:
        return False
    transaction.execute("UPDATE store SET entry_ver = entry_ver + 1 WHERE id = ?", (store,))
    transaction.execute(
        "INSERT INTO store_entry (store, key, version, body)"
        " VALUES (?, ?, (SELECT entry_ver FROM store WHERE id = ?), ?)"
        " ON CONFLICT (store, key) DO UPDATE SET version = excluded.version, body = excluded.body",
        (store, key, store, text),
    )
    return True
