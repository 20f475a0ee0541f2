"""A hub that is put back to an earlier copy of its books, as `omo hub restore` does it, for small hubs."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub.orders.change_order import close_unpaid
from hub.stock.book import SqliteHubBook
from sync.rules.central import recover
from sync.storage.archive import copy_database
from sync.storage.writer import Transaction
from tests.unit.hub.stock.small_chain import SetClock, SmallHub, small_hub

HINC = 2


def copied(hub: SmallHub, folder: Path) -> Path:
    """A copy of the hub's books as they are now, and of its key."""
    folder.mkdir()
    copy_database(hub.path, folder / hub.path.name)
    shutil.copy(hub.path.parent / "key", folder / "key")
    return folder


def forget(transaction: Transaction, hinc: int, at: str) -> None:
    """Unpaid orders are over, and each store's log is to be heard again."""
    for order, store in transaction.all("SELECT id, store FROM orders WHERE stage = 'unpaid'"):
        close_unpaid(transaction, order, store, hinc, at)
    for store, sinc in transaction.all("SELECT store, sinc FROM store_stream"):
        book = SqliteHubBook(transaction, store, hinc, at)
        book.put_position(recover.restored(book.position(), hinc, sinc))
        book.finish()


@asynccontextmanager
async def put_back(copy: Path, schema: Path, clock: SetClock) -> AsyncIterator[SmallHub]:
    """A hub of the next incarnation on a copy of earlier books."""
    async with small_hub(copy, schema, clock) as hub:
        hub.kernel.hinc = HINC
        await hub.kernel.writer.run(lambda tx: forget(tx, HINC, hub.kernel.instant()))
        yield hub
