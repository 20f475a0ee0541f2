"""What can go wrong between a command and the disk.

StorageError
├── WriterFull        try again later: the queue is at its limit
│   └── FileBusy      try again later: another program is writing to the file
├── WriterClosed      the program is stopping
└── DiskTrouble       needs a person: disk full, read-only, damaged file
"""

import sqlite3
from typing import Final

_OF_THE_FILE: Final = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOTADB,
    }
)
_DAMAGE: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class StorageError(Exception):
    """Root of the storage's errors."""

    code = "storage"
    is_retryable = False


class WriterFull(StorageError):
    """The writer's queue is at its limit; nothing was done."""

    code = "busy"
    is_retryable = True


class FileBusy(WriterFull):
    """Another program held the file for longer than the busy time-out; nothing was done."""


class WriterClosed(StorageError):
    """The writer has stopped; nothing was done."""

    code = "stopping"
    is_retryable = True


class DiskTrouble(StorageError):
    """The batch could not be committed; nothing of it was kept."""

    code = "disk"


def is_of_the_file(error: BaseException) -> bool:
    """Whether an error is trouble with the file itself and not with one statement."""
    code = _primary(error)
    return code in _OF_THE_FILE or code in _BUSY


def is_damage(error: BaseException) -> bool:
    """Whether the file is damaged, or the disk does not give back what was written."""
    return _primary(error) in _DAMAGE


def trouble(error: BaseException) -> StorageError:
    """What a caller is told of a group that could not be committed, or of rows that could not be read."""
    if _primary(error) in _BUSY:
        return FileBusy(f"another program is writing: {error}")
    if is_damage(error):
        return DiskTrouble(f"the database is damaged or the disk fails ({error}): restore the backup")
    return DiskTrouble(f"the disk refused: {error}")


def _primary(error: BaseException) -> int:
    """The primary result code of an SQLite error (sqlite.org/rescode.html); 0 for any other."""
    code = getattr(error, "sqlite_errorcode", 0) if isinstance(error, sqlite3.Error) else 0
    return int(code) & 0xFF
