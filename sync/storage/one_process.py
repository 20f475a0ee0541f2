"""One process per data folder: a lock on a file in it; the system frees it when the process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.storage.errors import DiskTrouble
from sync.storage.file_state import cannot_open


class AlreadyRunning(RuntimeError):
    """Another process works on this folder."""


@contextmanager
def only_one(lock: Path, what: str) -> Iterator[None]:
    """Hold the lock.

    Args:
        lock: the lock's file; made if it is not there, its folder must be.
        what: which program this is, for the words of the error.

    Raises:
        AlreadyRunning: another process holds it.
        DiskTrouble: the folder takes no file.
    """
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DiskTrouble(cannot_open(lock, error)) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(f"{what} is running on {lock.parent} already") from error
        yield
    finally:
        os.close(handle)
