"""Does the database file fit this program? Plain SQL, so that `run` needs no migration library."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from pos_agent.errors import SchemaTrouble
from sync.storage.file_state import cannot_open

HEAD: Final = "0001"
"""The newest migration; a test compares it with the folder."""
LIMIT_S: Final = 300
_KNOWN: Final = "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"


def revision_of(path: Path) -> str | None:
    """The schema revision of a database file; None where there is no file or no schema yet.

    Raises:
        SchemaTrouble: the file is no database, or it cannot be read.
    """
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            known = connection.execute(_KNOWN).fetchone()
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    except sqlite3.Error as error:
        raise SchemaTrouble(cannot_open(path, error)) from error
    return str(row[0]) if row else None


def ensure_schema(path: Path) -> bool:
    """Bring the file to HEAD in a process of its own, if it is not; returns whether that was needed.

    Raises:
        SchemaTrouble: it did not work; the process's last words are told.
    """
    if revision_of(path) == HEAD:
        return False
    command = [sys.executable, "-m", "pos_agent.db.migrate", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise SchemaTrouble(f"{path} was not brought up to date within {LIMIT_S} s: try again") from error
    if done.returncode != 0 or revision_of(path) != HEAD:
        raise SchemaTrouble(done.stderr.strip()[-500:] or f"{path} was not brought up to date")
    return True
