"""How a SQLite file is opened: the same settings everywhere, read back; and a write that changes nothing."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

BUSY_TIMEOUT_MS: Final = 5_000
CACHE_KIB: Final = 8_192
_READ_BACK: Final = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The one writing connection: WAL, synchronous FULL, no implicit transactions.

    Raises:
        sqlite3.Error: the file cannot be opened or is no database.
        RuntimeError: a setting did not take.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{CACHE_KIB}",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {setting}")
    for name, expected in _READ_BACK.items():
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != expected:
            msg = f"SQLite keeps {name} at {found!r}, not {expected!r}"
            raise RuntimeError(msg)
    return connection


def write_nothing(connection: sqlite3.Connection) -> None:
    """Write a page to the file as it is: succeeds where the disk takes data.

    Raises:
        sqlite3.Error: it does not, or another program holds the file; nothing is left open.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        # setting the number writes the first page, whatever the number (sqlite.org/fileformat2.html, 1.3.13)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version={int(version)}")
        connection.execute("COMMIT")
    finally:
        undo(connection)


def undo(connection: sqlite3.Connection) -> None:
    """Back to before the transaction, if one is still open; a disk that refuses even this changes nothing."""
    if connection.in_transaction:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
