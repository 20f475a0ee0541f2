"""The ledger's first row: which store and incarnation it belongs to."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pos_agent.enrolment import Enrolment, had_ledger, remember_ledger
from pos_agent.errors import LedgerLost, NotEnrolled
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.books import StorePosition
from sync.storage.errors import DiskTrouble, is_of_the_file
from sync.storage.file_state import cannot_open
from sync.storage.writer import Transaction, Writer


def read_position(database: Path) -> tuple[str, int] | None:
    """Store and incarnation that a ledger's file tells of; None where it is missing or empty.

    Raises:
        DiskTrouble: it cannot be opened, or it is no database any more.
    """
    if not database.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT store, sinc FROM position WHERE id = 1").fetchone()
    except sqlite3.Error as error:
        if is_of_the_file(error):
            raise DiskTrouble(cannot_open(database, error)) from error
        return None
    return (row[0], row[1]) if row is not None else None


def put_back_at(database: Path) -> str:
    """When a ledger was put back from a backup; empty where it never was, or where there is none.

    Raises:
        DiskTrouble: it cannot be opened.
    """
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT put_back_at FROM position WHERE id = 1").fetchone()
    except sqlite3.Error as error:
        raise DiskTrouble(cannot_open(database, error)) from error
    return str(row[0]) if row is not None else ""


def refuse_lost_ledger(database: Path, enrolment: Enrolment) -> None:
    """Call before a ledger's file is made or touched.

    One that was lost must not begin anew under the same incarnation: its events and its receipts
    would take numbers that were given before. A file without its position is as lost as no file.

    Raises:
        LedgerLost: this incarnation had a ledger already, and the file is not it.
    """
    if had_ledger(database.parent, enrolment) and read_position(database) != (
        enrolment.store,
        enrolment.sinc,
    ):
        raise _lost(enrolment, f"{database.parent}")


async def settle_ledger(writer: Writer, data_dir: Path, enrolment: Enrolment) -> None:
    """Join a ledger that is open to its enrolment, and remember outside of it that there is one.

    Raises:
        LedgerLost: this incarnation had a ledger, and this one is empty or older.
        NotEnrolled: the ledger belongs to another store or incarnation and has a history.
    """
    is_remembered = had_ledger(data_dir, enrolment)

    def settle(tx: Transaction) -> None:
        if is_remembered and not _is_of(tx, enrolment):
            raise _lost(enrolment, f"{data_dir}")
        settle_position(tx, enrolment)

    await writer.run(settle)
    remember_ledger(data_dir, enrolment)


def settle_position(tx: Transaction, enrolment: Enrolment) -> None:
    """Write the position of a new ledger; one without a history takes over a newer enrolment.

    Raises:
        NotEnrolled: the ledger belongs to another store or incarnation and has a history.
    """
    if _is_of(tx, enrolment):
        return
    row = tx.one("SELECT store, sinc, seq FROM position WHERE id = 1")
    if row is not None and row[2] > 0:
        raise NotEnrolled(
            f"this ledger belongs to {row[0]} (incarnation {row[1]}) and has a history; "
            f"{enrolment.store} (incarnation {enrolment.sinc}) takes it over by `omo-agent enrol`"
        )
    book = SqliteStoreBook(tx)
    book.put_position(StorePosition(store=enrolment.store, sinc=enrolment.sinc, hinc=enrolment.hinc))
    book.flush()


def _is_of(tx: Transaction, enrolment: Enrolment) -> bool:
    """Whether the ledger belongs to this enrolment."""
    row = tx.one("SELECT store, sinc FROM position WHERE id = 1")
    return row is not None and (row[0], row[1]) == (enrolment.store, enrolment.sinc)


def _lost(enrolment: Enrolment, folder: str) -> LedgerLost:
    return LedgerLost(
        f"the ledger of {enrolment.store} is gone from {folder}: put it back as it was, "
        "or a backup of it (`omo-agent restore FILE`), or ask the head office for an enrolment code: "
        "`omo-agent enrol` takes over from what the hub knows"
    )
