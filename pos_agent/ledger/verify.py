"""Verify the books: each rule is one query, each finding one plain sentence. Reads only.

The log is read once, event by event: a ledger of years would not fit into the memory of a till.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pos_agent.ledger.movements import MovementRow, add_up, movement_rows
from sync.rules.canonical import GENESIS, link_chain

MOST_FINDINGS = 100

_SETTLED = """
SELECT s.sku, s.settled, s.open, coalesce(h.used, 0), coalesce(h.owed, 0) FROM stock s LEFT JOIN (
    SELECT sku, sum(done + short) AS used, sum(qty - done - short - released) AS owed
    FROM hold_line GROUP BY sku) h ON h.sku = s.sku
WHERE s.settled <> coalesce(h.used, 0) OR s.open <> coalesce(h.owed, 0)
"""
_UNSOLD_TICKETS = """
SELECT t.id FROM ticket t LEFT JOIN receipt r ON r.ticket_id = t.id
WHERE t.state = 'completed' AND r.number IS NULL
"""
_MOVEMENTS = (
    "SELECT seq, place, sku, qty, source, target, reason, ref, actor, at FROM movement ORDER BY seq, place"
)
_RECEIPTS = """
SELECT r.number, r.kind, r.order_id, r.paid_minor, r.job_id, j.id IS NOT NULL
FROM receipt r LEFT JOIN print_job j ON j.id = r.job_id ORDER BY r.number
"""


def verify(path: Path) -> list[str]:
    """What is wrong with the books in a database file; empty when they are right.

    Args:
        path: the database; it may be in use.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.execute("BEGIN")
            return [finding for _, finding in zip(range(MOST_FINDINGS), _findings(connection), strict=False)]
    except sqlite3.DatabaseError as error:
        return [f"{path} cannot be read to its end: {error}; put back a copy from before the damage"]


def _findings(connection: sqlite3.Connection) -> Iterator[str]:
    yield from _file(connection)
    told = _Told(iter(connection.execute(_MOVEMENTS)))
    yield from _log(connection, told)
    yield from _balances(connection, told)
    yield from _receipts(connection, told)


@dataclass(slots=True)
class _Told:
    """What the log tells, added up as it is read beside the movements that are kept (`kept`, in order)."""

    kept: Iterator[MovementRow]
    odd_from: int | str | None = None
    sums: dict[str, dict[str, int]] = field(default_factory=dict)
    granted: dict[str, int] = field(default_factory=dict)
    sold: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    paid: dict[str, int] = field(default_factory=dict)

    def take(self, seq: int, raw: dict[str, Any]) -> None:
        """Add one event."""
        rows = movement_rows(seq, raw)
        self._compare(rows)
        add_up(self.sums, rows)
        match raw["kind"]:
            case "grant":
                self.granted[raw["sku"]] = raw["granted"]
            case "move" if raw["reason"] in {"sale", "override"}:
                self.sold.add(raw.get("ref", ""))
            case "hold" if raw["to"] == "done":
                self.done.add(raw["order"])
            case "payment":
                self.paid[raw["ref"]] = self.paid.get(raw["ref"], 0) + raw["minor"]

    def _compare(self, rows: list[MovementRow]) -> None:
        """Find the first movement that is not the log's."""
        for row in rows:
            if self.odd_from is None and (kept := next(self.kept, None)) != row:
                self.odd_from = "the end" if kept is None else row[0]

    def end(self) -> None:
        """The log is at its end; so must the movements be."""
        if self.odd_from is None and next(self.kept, None) is not None:
            self.odd_from = "the end"


def _file(connection: sqlite3.Connection) -> Iterator[str]:
    """The file itself is whole."""
    for (line,) in connection.execute("PRAGMA quick_check(20)"):
        if line != "ok":
            yield f"the database file is damaged: {line}"
    for table, rowid, parent, _number in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} row {rowid} points at a {parent} that is not there"


def _log(connection: sqlite3.Connection, told: _Told) -> Iterator[str]:
    """The log is gapless, chained, and ends where the position says."""
    chain, expected = GENESIS, 1
    for seq, stored, text in connection.execute("SELECT seq, chain, raw FROM event ORDER BY seq"):
        raw = json.loads(text)
        if seq != expected:
            yield f"the log jumps from event {expected - 1} to {seq}"
        chain = link_chain(chain, raw)
        if chain != stored:
            yield f"the chain breaks at event {seq}"
            chain = stored
        expected = seq + 1
        told.take(seq, raw)
    told.end()
    position = connection.execute("SELECT seq, chain FROM position").fetchone()
    if position is None:
        if expected > 1:
            yield "there are events but no position"
        return
    if position != (expected - 1, chain):
        yield f"the position stands at event {position[0]}, the log ends at {expected - 1}"


def _balances(connection: sqlite3.Connection, told: _Told) -> Iterator[str]:
    """Movements are those of the events, and sum to the balances; rights follow grants and holds."""
    if told.odd_from is not None:
        yield f"the movements are not those of the log, from event {told.odd_from}"
    yield from _stocks(connection, told.sums, told.granted)
    for sku, settled, owed, used, still in connection.execute(_SETTLED):
        yield f"{sku}: settled {settled} and open {owed}, the holds say {used} and {still}"


def _stocks(
    connection: sqlite3.Connection, sums: dict[str, dict[str, int]], granted: dict[str, int]
) -> Iterator[str]:
    """Each balance is the sum of its movements, each grant the last one told."""
    nothing = {"floor": 0, "staged": 0, "damaged": 0}
    for sku, floor, staged, damaged, given, returned in connection.execute(
        "SELECT sku, floor, staged, damaged, granted, returned FROM stock"
    ):
        expected = sums.pop(sku, nothing)
        if (floor, staged, damaged) != tuple(expected.values()):
            yield f"{sku}: the balances are {floor}/{staged}/{damaged}, the movements sum to {expected}"
        if given != granted.get(sku, 0):
            yield f"{sku}: {given} units are granted, the log says {granted.get(sku, 0)}"
        if returned > given:
            yield f"{sku}: {returned} units came back of {given} granted"
    for sku in sums:
        yield f"{sku}: has movements but no balance"


def _receipts(connection: sqlite3.Connection, told: _Told) -> Iterator[str]:
    """Each receipt stands on its facts and on one print job; each completed ticket has its receipt."""
    for (ticket,) in connection.execute(_UNSOLD_TICKETS):
        yield f"ticket {ticket} is completed without a receipt"
    for number, kind, order, minor, job, is_job_there in connection.execute(_RECEIPTS):
        paid = told.paid.pop(number, 0)
        has_goods = number in told.sold if kind == "sale" else order in told.done
        if not has_goods:
            yield f"receipt {number} has no movement in the log"
        if paid != minor:
            yield f"receipt {number} says {minor}, the log has {paid} paid on it"
        if job is not None and not is_job_there:
            yield f"receipt {number} has lost its print job"
    for number in sorted(told.paid):
        yield f"money was taken on receipt {number}, which is not there"
