"""The hub's books as one hash: all that a message must not change unless its store may say it."""

import sqlite3
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Final

from hub.fuzz.stage import GOAT

LEFT_OUT: Final = frozenset({"store_health", "store_digest", "trace_up", "trace_down", "alembic_version"})
"""What is noted of messages and never of goods: presence, health, when a digest was compared, which way a
message took."""
COLUMNS_LEFT_OUT: Final = {"store_stream": {"heard", "last_event_at"}}
"""From where the hub sends again, and when: a late repeat puts it back, and the next answer forward."""


def state(path: Path) -> tuple[str, dict[str, str]]:
    """The hash of the books, without the scapegoat's rows, and each table's own."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        hashes = {table: _of(connection, table) for table in sorted(tables) if table not in LEFT_OUT}
    return blake2b(repr(hashes).encode(), digest_size=8).hexdigest(), hashes


def _of(connection: sqlite3.Connection, table: str) -> str:
    """One table's rows."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    wanted = [name for name in names if name not in COLUMNS_LEFT_OUT.get(table, set())]
    rest = ""
    if "store" in names:
        rest = f"WHERE store <> '{GOAT}'"
    elif "order_id" in names:
        rest = f"WHERE order_id NOT IN (SELECT id FROM orders WHERE store = '{GOAT}')"  # noqa: S608  # our own
    elif table == "trouble_change":
        rest = f"WHERE trouble NOT IN (SELECT id FROM trouble WHERE store = '{GOAT}')"  # noqa: S608  # our own
    elif table == "store":
        rest = f"WHERE id <> '{GOAT}'"
    columns = ", ".join(wanted)
    rows = connection.execute(f"SELECT {columns} FROM {table} {rest} ORDER BY {columns}")  # noqa: S608  # our schema
    hashed = blake2b(digest_size=8)
    for row in rows:
        hashed.update(repr(row).encode())
    return hashed.hexdigest()
