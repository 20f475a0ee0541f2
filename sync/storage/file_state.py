"""Whether a database file can be worked with: well, refused by its disk for now, or damaged.

Shared by the writer and the readers of one file. Trouble is told to the log once when it comes and once when
it goes. Damage stays: a file that is not what was written to it is never written again, not even by the next
process, which finds the mark beside the file and looks through the whole of it before it begins.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from sync.storage.errors import DiskTrouble, FileBusy, FileDamaged, StorageError, is_busy, is_damage

PAGE: Final = 'docs/operating.md, "When the disk fails"'
"""Where a person reads what to do."""
MARK: Final = ".damaged"
log = logging.getLogger(__name__)


class FileState:
    """The state of one database file; any thread may ask and tell.

    Args:
        path: the database file.

    Attributes:
        on_trouble: called when trouble comes, in whichever thread met it.
    """

    def __init__(self, path: Path) -> None:
        self.on_trouble: Callable[[], None] = lambda: None
        self._path = path
        self._lock = threading.Lock()
        self._problem = ""
        self._is_damaged = False

    @property
    def problem(self) -> str:
        """What is wrong with the file and what to do, in a sentence; empty while it is well."""
        return self._problem

    @property
    def is_damaged(self) -> bool:
        """Whether nothing may be written to it any more."""
        return self._is_damaged

    def met(self, error: BaseException) -> StorageError:
        """Note trouble with the file; returns what the caller is told of it."""
        if is_busy(error):
            return FileBusy(f"another program is writing to {self._path.name}: {error}")
        if is_damage(error):
            return self._met_damage(error)
        problem = (
            f"{self._path} cannot be written ({error}): nothing is booked until the disk takes data again;"
            f" make room or mend the disk, the program goes on by itself. See {PAGE}"
        )
        with self._lock:
            is_news, self._problem = not self._problem, self._problem or problem
        if is_news:
            log.error(problem)
            self.on_trouble()
        return DiskTrouble(f"the disk of {self._path.name} refused: {error}")

    def works(self) -> None:
        """Note that the disk took data."""
        with self._lock:
            is_news = bool(self._problem) and not self._is_damaged
            self._problem = self._problem if self._is_damaged else ""
        if is_news:
            log.warning("%s can be written again", self._path)

    def damage(self) -> FileDamaged:
        """What a caller is told of a damaged file; the log and `problem` say what to do."""
        return FileDamaged(f"{self._path.name} is not whole")

    def _met_damage(self, error: BaseException) -> FileDamaged:
        """The file is damaged, for good: mark it for the next process, tell it once."""
        problem = damaged(self._path, str(error))
        with self._lock:
            is_news, self._is_damaged = not self._is_damaged, True
            self._problem = self._problem if not is_news else problem
        if is_news:
            with contextlib.suppress(OSError):
                _mark_of(self._path).write_text(problem + "\n", encoding="utf-8")
            log.error(problem)
        return self.damage()


def damaged(path: Path, why: str) -> str:
    """The sentence about a damaged file."""
    return f"{path} is damaged ({why}): nothing is written to it any more; put back a good copy. See {PAGE}"


def cannot_open(path: Path, error: BaseException) -> str:
    """The sentence about a file that a program cannot begin with."""
    if is_damage(error):
        return damaged(path, str(error))
    return (
        f"{path} cannot be opened ({error}): make room, give the rights back or mend the disk, then start"
        f" again. See {PAGE}"
    )


def refuse_damaged(path: Path) -> None:
    """Begin nothing on a file that was found damaged, unless it is whole again; then its mark goes.

    Raises:
        FileDamaged: it is still damaged.
    """
    if not _mark_of(path).exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise FileDamaged(damaged(path, " ".join(str(found).split())))
    _mark_of(path).unlink(missing_ok=True)


def _mark_of(path: Path) -> Path:
    """The file that says so beside a damaged one."""
    return path.with_name(path.name + MARK)
