"""What can go wrong between a command and the disk.

StorageError
├── WriterFull        try again later: the queue is at its limit
│   └── FileBusy      try again later: another program is writing to the file
├── WriterClosed      the program is stopping
├── BadBackup         the caller's fault: the file is no backup, or it is damaged
└── DiskTrouble       needs a person: disk full, read-only; the program goes on by itself once it is mended
    └── FileDamaged   needs a person: the file is no longer what was written; nothing goes on over it
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
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
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


class BadBackup(StorageError):
    """A file that is no backup of this program, or a damaged one; nothing was changed."""

    code = "bad_backup"


class DiskTrouble(StorageError):
    """The batch could not be committed; nothing of it was kept."""

    code = "disk"


class FileDamaged(DiskTrouble):
    """The file is no longer what was written to it; it must be put back from a copy."""

    code = "damaged"


def is_of_the_file(error: BaseException) -> bool:
    """Whether an error is trouble with the file itself and not with one statement."""
    code = _primary(error)
    return code in _OF_THE_FILE or code in _BUSY


def is_of_reading(error: BaseException) -> bool:
    """Whether an error of a reader is trouble with the file; a reader that writes is a fault of ours."""
    return is_of_the_file(error) and _primary(error) != sqlite3.SQLITE_READONLY


def is_busy(error: BaseException) -> bool:
    """Whether another program holds the file at this moment."""
    return _primary(error) in _BUSY


def is_damage(error: BaseException) -> bool:
    """Whether an error says that the file is not what was written to it."""
    return _primary(error) in _DAMAGED


def _primary(error: BaseException) -> int:
    """The primary result code of an SQLite error (sqlite.org/rescode.html); 0 for any other."""
    code = getattr(error, "sqlite_errorcode", 0) if isinstance(error, sqlite3.Error) else 0
    return int(code) & 0xFF
