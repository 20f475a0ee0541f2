"""The ledger of a backup as it may be put in place: it goes on under no number that was given before.

Nobody knows what the store did after the backup, not even the hub where the line was cut. So a ledger that
is put back never writes to the hub again: `omo-agent enrol` takes over from the hub's mirror and carries
what this one holds beside it. Until then its till sells, under receipt numbers of their own.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos_agent.backup.archive import Manifest
from pos_agent.db.schema import ensure_schema, revision_of
from pos_agent.errors import SchemaTrouble
from sync.storage.connection import open_for_writing
from sync.storage.errors import BadBackup

_UNFINISHED: Final = "state IN ('queued', 'sending') OR (state = 'sent' AND reason = 'awaiting_mark')"
_LOG_END: Final = "SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """Whose a ledger is, and where it ends."""

    store: str
    sinc: int
    seq: int
    chain: str


def end_of(path: Path) -> LedgerEnd | None:
    """Where a ledger ends; None where there is no whole one, or one that has not begun."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return None
            row = connection.execute("SELECT store, sinc, seq, chain FROM position").fetchone()
    except sqlite3.DatabaseError:
        return None
    return LedgerEnd(*row) if row is not None and row[2] else None


def holds(path: Path, end: LedgerEnd) -> bool:
    """Whether a ledger's log goes through where another one ends: equal chains mean equal histories."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        row = connection.execute(
            "SELECT 1 FROM position JOIN event ON event.seq = ?"
            " WHERE store = ? AND sinc = ? AND event.chain = ?",
            (end.seq, end.store, end.sinc, end.chain),
        ).fetchone()
    return row is not None


def require_ledger(draft: Path, manifest: Manifest) -> None:
    """Bring a backup's ledger to this version's schema.

    Raises:
        BadBackup: it is damaged, or not what the manifest says.
        SchemaTrouble: it is of a newer version.
    """
    try:
        found = _read_end(draft)
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"the ledger in this backup is damaged: {error}") from error
    if found != (manifest.store, manifest.sinc, manifest.seq, manifest.chain):
        raise BadBackup("the ledger in this backup is not the one that its manifest names")
    try:
        ensure_schema(draft)
    except SchemaTrouble as error:
        raise SchemaTrouble(
            f"this backup is of another version (schema {revision_of(draft)}) and cannot be brought up to"
            f" date: {error}"
        ) from error


def _read_end(draft: Path) -> tuple[str, int, int, str] | None:
    """Whose it is, and where position and log end; None where they differ or the file is not whole."""
    with closing(sqlite3.connect(f"file:{draft}?mode=ro", uri=True)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            return None
        row = connection.execute("SELECT store, sinc, seq, chain FROM position").fetchone()
        log = connection.execute(_LOG_END).fetchone()
    if row is None or (log is not None and tuple(log) != (row[2], row[3])) or (log is None and row[2]):
        return None
    return row[0], row[1], row[2], row[3]


def mark_put_back(draft: Path, at: str) -> int:
    """Let a ledger go on as one that was put back; returns how many papers nobody knows of.

    It decides about no orders, its receipts count in an epoch of their own, nobody is signed in, tickets
    that stood open may have been paid, and a paper that was not printed yet may have been since.
    """
    with closing(open_for_writing(draft)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE position SET fenced = 1, put_back_at = ?", (at,))
        connection.execute("DELETE FROM session")
        connection.execute("DELETE FROM paired_browser")
        connection.execute(
            "DELETE FROM ticket_line WHERE ticket_id IN (SELECT id FROM ticket WHERE state = 'open')"
        )
        connection.execute("DELETE FROM ticket WHERE state = 'open'")
        papers = connection.execute(
            f"UPDATE print_job SET state = 'uncertain', reason = 'put_back' WHERE {_UNFINISHED}"  # noqa: S608
        ).rowcount
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return papers
