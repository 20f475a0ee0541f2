"""Setting a database aside for another: its log is folded in first, so that one rename moves all of it."""

import contextlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sync.storage.connection import open_for_writing
from sync.storage.durable import move_durably, sync_folder

_BESIDE: Final = ("-wal", "-shm")


def free_name(path: Path, mark: str) -> Path:
    """A name beside a file that nothing has yet: for agent.db and `old` agent.old.db, then agent.old-2.db."""
    name, count = path.with_name(f"{path.stem}.{mark}{path.suffix}"), 1
    while name.exists():
        count += 1
        name = path.with_name(f"{path.stem}.{mark}-{count}{path.suffix}")
    return name


def lies_at(path: Path) -> bool:
    """Whether anything of a database lies at a path: a log that outlived its file is no other file's."""
    return any(path.with_name(path.name + ending).exists() for ending in ("", *_BESIDE))


def set_aside(path: Path, aside: Path) -> None:
    """Move a database that no program has open, or what is left of it.

    What was committed may still lie in the file beside it (sqlite.org/wal.html); a crash between two renames
    would part them. A file that is too damaged for this keeps its parts as they are. When this returns the
    new names are on the disk: what takes the old one's place may follow.
    """
    if path.exists():
        with contextlib.suppress(sqlite3.Error, RuntimeError), closing(open_for_writing(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for ending in _BESIDE:
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + ending))
    sync_folder(path.parent)
    if path.exists():
        move_durably(path, aside)
