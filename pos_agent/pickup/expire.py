"""Expire orders that nobody collected in time: the store's decision, made here and told to the hub."""

from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.pickup.announce import tell_screens
from sync.rules.store import fulfil

MOST_AT_ONCE = 100


async def expire_due(desk: Desk) -> list[str]:
    """Release every open order that is due; returns them."""
    at = desk.at

    def command(book: SqliteStoreBook) -> list[str]:
        due = [
            order
            for (order,) in book.tx.all(
                "SELECT order_id FROM hold WHERE stage IN ('received', 'picking', 'ready')"
                " AND expires_at <> '' AND expires_at <= ? ORDER BY expires_at LIMIT ?",
                (at, MOST_AT_ONCE),
            )
        ]
        for order in due:
            fulfil.release(book, order, at, "", "expired")
        return due

    expired = await desk.ledger.run(command)
    tell_screens(desk, [], expired)
    return expired
