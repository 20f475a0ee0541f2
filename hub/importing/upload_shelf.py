"""Uploads between preview and confirmation: on disk, each under an unguessable name, for 30 minutes."""

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

FOLDER: Final = "uploads"
LIFE: Final = timedelta(minutes=30)
MOST_FILES: Final = 20
_ID: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class UploadShelf:
    """The uploads in a folder. Every call blocks for the disk: call from a thread.

    Args:
        folder: made when needed, readable by its owner alone.
    """

    folder: Path

    def put(self, content: bytes, now: datetime) -> str:
        """Keep a file; returns its id. Files that are over, and the oldest of too many, are removed.

        Raises:
            OSError: the disk refused.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.sweep(now)
        for path in list(self._by_age())[: -MOST_FILES + 1]:
            path.unlink(missing_ok=True)
        name = secrets.token_urlsafe(32)
        path = self.folder / name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.utime(path, (now.timestamp(), now.timestamp()))
        return name

    def get(self, name: str, now: datetime) -> bytes | None:
        """The file of an id; None for no id, an unknown one, or one that is over."""
        if not _ID.fullmatch(name):
            return None
        try:
            with (self.folder / name).open("rb") as file:
                if now.timestamp() - os.fstat(file.fileno()).st_mtime > LIFE.total_seconds():
                    return None
                return file.read()
        except FileNotFoundError:
            return None

    def drop(self, name: str) -> None:
        """Remove a file."""
        if _ID.fullmatch(name):
            (self.folder / name).unlink(missing_ok=True)

    def sweep(self, now: datetime) -> None:
        """Remove what is over."""
        for path in self._by_age():
            if now.timestamp() - path.stat().st_mtime > LIFE.total_seconds():
                path.unlink(missing_ok=True)

    def _by_age(self) -> Iterator[Path]:
        """The files, the oldest first."""
        return iter(sorted(self.folder.glob("*"), key=lambda path: path.stat().st_mtime))
