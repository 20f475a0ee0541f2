"""Forgetting troubles that were resolved long ago, with what was done to them."""

from typing import Final

from sync.storage.writer import Transaction

BATCH: Final = 1_000


def forget_resolved(transaction: Transaction, oldest: str) -> int:
    """Forget up to BATCH troubles resolved before `oldest`; returns how many."""
    rows = transaction.all(
        "SELECT id FROM trouble WHERE resolved_at < ? ORDER BY resolved_at LIMIT ?", (oldest, BATCH)
    )
    transaction.connection.executemany("DELETE FROM trouble_change WHERE trouble = ?", rows)
    transaction.connection.executemany("DELETE FROM trouble WHERE id = ?", rows)
    return len(rows)
