"""Hub and store on real database files, each behind its own writer, and what a person can count beside them.

Each side runs the real rules over its real book. A side can die inside a transaction (after so many
writes), and is opened again from its file then.
"""

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from hub.db.open import FILE_NAME
from hub.stock.book import SqliteHubBook
from pos_agent.db.migrate import migrate
from pos_agent.ledger.store_book import Ledger, SqliteStoreBook
from sync.rules.books import HubBook, StoreBook, StorePosition
from sync.storage.writer import Transaction, Writer
from tests.unit.hub.stock.small_chain import AT, SKUS, enrol, small_hub

STORE: Final = "s1"
HINC: Final = 1
T = TypeVar("T")


class Died(Exception):
    """The process died inside a transaction."""


class Mortal:
    """A book whose writes are counted: the one after `writes` more does not happen, the process dies."""

    def __init__(self, book: object, writes: int) -> None:
        self._book, self._left = book, writes

    def __getattr__(self, name: str) -> Any:
        """The book's method, which dies if it writes once too often."""
        method = getattr(self._book, name)
        if not name.startswith(("put_", "add_", "book_", "drop_", "mark_", "raise_")):
            return method

        def write(*arguments: Any) -> Any:
            if self._left == 0:
                raise Died
            self._left -= 1
            return method(*arguments)

        return write


@dataclass(slots=True)
class Files:
    """Database files as they are before anything happens, copied for each example."""

    hub: Path
    ledger: Path
    sinc: int


def make_files(folder: Path, schema: Path) -> Files:
    """A hub with one enrolled store, and that store's ledger."""

    async def hub() -> int:
        async with small_hub(folder / "hub", schema) as running:
            return (await enrol(running)).position.sinc

    sinc = asyncio.run(hub())
    ledger = folder / "ledger.db"
    migrate(ledger)
    return Files(_whole(folder / "hub" / FILE_NAME, folder / "hub.db"), ledger, sinc)


def _whole(source: Path, target: Path) -> Path:
    """A copy with everything that still stands in a write-ahead log."""
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
    return target


@dataclass(slots=True)
class Shelf:
    """What lies in the store and what customers carried away, moved by people alone."""

    floor: Counter[str] = field(default_factory=Counter)
    staged: Counter[tuple[str, int]] = field(default_factory=Counter)
    given: Counter[tuple[str, int]] = field(default_factory=Counter)
    cash: int = 0


class Side:
    """One program's database: opened, killed, opened again."""

    def __init__(self, path: Path, runner: asyncio.Runner) -> None:
        self.path, self._runner = path, runner
        self.writer = Writer(path)
        self.wait(self.writer.start())
        self._reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run in the event loop."""
        return self._runner.run(work)

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What another program reads in the file."""
        return self._reader.execute(sql, parameters).fetchall()

    def restart(self) -> None:
        """The process ends and starts anew: only the file is left."""
        self.wait(self.writer.close())
        self.writer = Writer(self.path)
        self.wait(self.writer.start())

    def close(self) -> None:
        """For good."""
        self.wait(self.writer.close())
        self._reader.close()


class HubSide(Side):
    """The hub's books about one store."""

    def command(
        self, work: Callable[[HubBook], T], dies_after: int | None = None
    ) -> Callable[[Transaction], T]:
        """The rules' work as the writer runs it; it dies after so many writes, or before COMMIT."""

        def run(transaction: Transaction) -> T:
            book = SqliteHubBook(transaction, STORE, HINC, AT)
            if dies_after is None:
                result = work(book)
            else:
                work(cast("HubBook", Mortal(book, dies_after)))
            book.finish()
            if dies_after is not None:
                raise Died
            return result

        return run

    def run(self, work: Callable[[HubBook], T], dies_after: int | None = None) -> T:
        """Run and commit; after a death the file is opened anew.

        Raises:
            Died: nothing of the work is left.
        """
        try:
            return self.wait(self.writer.run(self.command(work, dies_after)))
        except Died:
            self.restart()
            raise


class StoreSide(Side):
    """A store's ledger, shared by its tills."""

    def enrol(self, sinc: int) -> None:
        """Write the first row."""
        position = StorePosition(store=STORE, sinc=sinc, hinc=HINC)
        self.run(lambda book: book.put_position(position))

    def run(self, work: Callable[[StoreBook], T], dies_after: int | None = None) -> T:
        """As the hub's."""
        try:
            return self.wait(Ledger(self.writer).run(self._command(work, dies_after)))
        except Died:
            self.restart()
            raise

    def run_both(
        self, first: Callable[[StoreBook], object], second: Callable[[StoreBook], object]
    ) -> list[Any]:
        """Two tills at once: their commands meet in one writer; results or errors, in order."""

        async def meet() -> list[Any]:
            ledger = Ledger(self.writer)
            tills = (ledger.run(self._command(work, None)) for work in (first, second))
            return list(await asyncio.gather(*tills, return_exceptions=True))

        return self.wait(meet())

    @staticmethod
    def _command(work: Callable[[StoreBook], T], dies_after: int | None) -> Callable[[SqliteStoreBook], T]:
        """The rules' work on the book; a death comes after so many writes, or after the flush."""

        def run(book: SqliteStoreBook) -> T:
            if dies_after is None:
                return work(book)
            work(cast("StoreBook", Mortal(book, dies_after)))
            book.flush()
            raise Died

        return run


def open_sides(files: Files, folder: Path, runner: asyncio.Runner) -> tuple[HubSide, StoreSide]:
    """Both sides on fresh copies."""
    hub_path = Path(shutil.copy(files.hub, folder / "hub.db"))
    ledger_path = Path(shutil.copy(files.ledger, folder / "ledger.db"))
    hub, store = HubSide(hub_path, runner), StoreSide(ledger_path, runner)
    store.enrol(files.sinc)
    return hub, store


__all__ = [
    "AT",
    "HINC",
    "SKUS",
    "STORE",
    "Died",
    "Files",
    "HubSide",
    "Shelf",
    "StoreSide",
    "make_files",
    "open_sides",
]
