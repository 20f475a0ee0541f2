"""Expire orders that nobody collected in time: the store's decision, made here and told to the hub."""

import asyncio

from pos_agent.desk import Desk
from pos_agent.hardware.forget_papers import forget_papers
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.pickup.announce import tell_screens
from pos_agent.pickup.forget_people import forget_people
from pos_agent.pickup.look_now import answer_sought
from sync.rules.store import fulfil
from sync.runtime.logging import get_logger
from sync.runtime.supervision import Lifetime
from sync.storage.errors import StorageError

log = get_logger(__name__)
MOST_AT_ONCE = 100


async def keep_looking(desk: Desk, lifetime: Lifetime) -> None:
    """Look for due orders, for units that were not found in time, for people and papers to forget."""
    lifetime.ready()
    while not lifetime.stopping.is_set():
        try:
            await expire_due(desk)
            await answer_sought(desk)
            await forget_people(desk)
            await forget_papers(desk)
        except StorageError as error:
            log.warning("expiry.delayed", problem=str(error))
        except Exception:  # the guard of the loop: an order that cannot expire must not close the till
            log.exception("expiry.failed")
        try:
            async with asyncio.timeout(desk.settings.pickup.expiry_check_s):
                await lifetime.until_stopping()
        except TimeoutError:
            continue


async def expire_due(desk: Desk) -> list[str]:
    """Release every open order that is due; returns them.

    None that nobody is sure of, and none by an agent that has been replaced.
    """
    at = desk.at

    def command(book: SqliteStoreBook) -> list[str]:
        if book.position().fenced:
            return []
        due = [
            order
            for (order,) in book.tx.all(
                "SELECT order_id FROM hold WHERE stage IN ('received', 'picking', 'ready') AND NOT unsure"
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
