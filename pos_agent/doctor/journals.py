"""Where the store's journals stand: counts, positions, the fate of the last papers. No text of any."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from pos_agent.db.schema import revision_of
from pos_agent.errors import AgentError

_QUERIES: Final[Mapping[str, str]] = {
    "position": "SELECT store, sinc, hinc, seq, heard, seq - heard AS unsent, fenced, put_back_at"
    " FROM position",
    "events": "SELECT count(*) AS count, max(seq) AS last_seq, max(at) AS last_at,"
    " sum(rejected IS NOT NULL) AS rejected FROM event",
    "papers": "SELECT printer, kind, state, count(*) AS count, min(created_at) AS oldest,"
    " max(changed_at) AS newest FROM print_job GROUP BY printer, kind, state ORDER BY 1, 2, 3",
    "last_papers": "SELECT id, printer, kind, state, reason, attempts, copies, created_at, changed_at"
    " FROM print_job ORDER BY seq DESC LIMIT 100",
    "drawer": "SELECT printer, cause, outcome, count(*) AS count, max(at) AS last FROM drawer_opening"
    " GROUP BY 1, 2, 3",
    "self_checks": "SELECT day, began_at, finished_at, took_ms, findings FROM self_check"
    " ORDER BY id DESC LIMIT 14",
    "orders": "SELECT stage, count(*) AS count FROM hold GROUP BY stage",
    "tickets": "SELECT state, count(*) AS count FROM ticket GROUP BY state",
    "goods": "SELECT count(*) AS count, max(version) AS newest FROM product",
    "series": "SELECT name, hinc, version FROM series",
    "browsers": "SELECT till, count(*) AS count, max(seen_at) AS last_seen FROM paired_browser GROUP BY till",
    "unknown_codes": "SELECT count(*) AS count, sum(seen) AS seen FROM unknown_code",
    "unkept_codes": "SELECT reason, seen, last_seen FROM unkept_codes",
}
"""What is read of each. No column holds a text that a person wrote, a code, or what a paper says."""


def read_journals(database: Path) -> dict[str, Any]:
    """Where each journal stands; why it cannot be read in its place. Changes nothing, blocks."""
    try:
        revision = revision_of(database)
    except AgentError as error:
        return {"problem": str(error)}
    if revision is None:
        return {"problem": "there is no ledger yet"}
    told: dict[str, Any] = {"schema": revision}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        for name, sql in _QUERIES.items():
            told[name] = _rows(connection, sql)
    return told


def _rows(connection: sqlite3.Connection, sql: str) -> Any:
    try:
        return [dict(row) for row in connection.execute(sql)]
    except sqlite3.Error as error:
        return {"problem": str(error)}
