"""Both books, read once everything is calm: the hub's database and each store's ledger, read only."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Table = list[dict[str, Any]]
_HUB: Final = {
    "orders": "SELECT id, number, token, store, stage, payment, pay, total_minor, paid_minor, cancel_asked_at"
    " FROM orders",
    "lines": "SELECT order_id, line, sku, qty, amount_minor FROM order_line ORDER BY order_id, line",
    "holds": "SELECT order_id, line, store, sku, qty, done, short, released, dispatched FROM hold_line",
    "events": "SELECT store, sinc, seq, kind, chain, raw FROM event ORDER BY store, sinc, seq",
    "payments": "SELECT order_id, provider, state, minor, reference FROM payment",
    "stock": "SELECT store, sku, floor, staged, damaged, granted, settled, returned, promised FROM stock",
    "streams": "SELECT store, sinc, app, chain, ver, heard, state FROM store_stream",
    "dead_letters": "SELECT store, seq, code, raw FROM dead_letter",
    "troubles": "SELECT kind, store, facts FROM trouble WHERE state = 'open'",
}
_STORE: Final = {
    "position": "SELECT store, sinc, hinc, seq, chain, heard, dver, fenced FROM position",
    "receipts": "SELECT number, kind, ticket_id, order_id, total_minor, paid_minor, given_minor,"
    " change_minor, job_id, content FROM receipt",
    "stock": "SELECT sku, floor, staged, damaged, granted, returned, settled, open FROM stock",
    "holds": "SELECT h.order_id, h.stage, l.line, l.sku, l.qty, l.done, l.short, l.released"
    " FROM hold h JOIN hold_line l ON l.order_id = h.order_id",
    "events": "SELECT seq, chain, raw, rejected FROM event ORDER BY seq",
    "documents": "SELECT ref, reason FROM document",
    "jobs": "SELECT id, kind, state, reason, reprint_of, copy_number FROM print_job",
}


@dataclass(slots=True)
class HubBook:
    """The hub's tables, each a list of rows by column name."""

    orders: Table = field(default_factory=list)
    lines: Table = field(default_factory=list)
    holds: Table = field(default_factory=list)
    events: Table = field(default_factory=list)
    payments: Table = field(default_factory=list)
    stock: Table = field(default_factory=list)
    streams: Table = field(default_factory=list)
    dead_letters: Table = field(default_factory=list)
    troubles: Table = field(default_factory=list)


@dataclass(slots=True)
class StoreBook:
    """A store's tables, each a list of rows by column name."""

    position: Table = field(default_factory=list)
    receipts: Table = field(default_factory=list)
    stock: Table = field(default_factory=list)
    holds: Table = field(default_factory=list)
    events: Table = field(default_factory=list)
    documents: Table = field(default_factory=list)
    jobs: Table = field(default_factory=list)


@dataclass(slots=True)
class Books:
    """Everything that is written down by the programs."""

    hub: HubBook
    stores: Mapping[str, StoreBook]


def read_books(hub: Path, ledgers: Mapping[str, Path]) -> Books:
    """Read both books, each from one state of its file.

    Raises:
        sqlite3.Error: A file cannot be read.
    """
    return Books(
        HubBook(**_tables(hub, _HUB)),
        {store: StoreBook(**_tables(path, _STORE)) for store, path in ledgers.items()},
    )


def read_some(path: Path, statement: str) -> Table:
    """The rows of one statement on a file."""
    return _tables(path, {"rows": statement})["rows"]


def _tables(path: Path, statements: Mapping[str, str]) -> dict[str, Table]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        return {name: [dict(row) for row in connection.execute(text)] for name, text in statements.items()}


def facts_of(events: Table) -> Table:
    """The facts of events, each with its sequence number as `seq`."""
    return [{**json.loads(event["raw"]), "seq": event["seq"]} for event in events]
