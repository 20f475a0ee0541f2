"""How a SQLite file is opened: the same settings everywhere, read back."""

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
