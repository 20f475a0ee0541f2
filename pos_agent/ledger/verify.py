"""Verify the books: each rule is one query, each finding one plain sentence. Reads only."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from pos_agent.ledger.movements import bucket_sums, movement_rows
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
_RECEIPTS = "SELECT number, kind, ticket_id, order_id, paid_minor, job_id FROM receipt ORDER BY number"


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
    events = [
        (seq, chain, json.loads(raw))
        for seq, chain, raw in connection.execute("SELECT seq, chain, raw FROM event ORDER BY seq")
    ]
    yield from _log(connection, events)
    yield from _balances(connection, events)
    yield from _receipts(connection, events)


def _file(connection: sqlite3.Connection) -> Iterator[str]:
    """The file itself is whole."""
    for (line,) in connection.execute("PRAGMA quick_check(20)"):
        if line != "ok":
            yield f"the database file is damaged: {line}"
    for table, rowid, parent, _number in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} row {rowid} points at a {parent} that is not there"


def _log(connection: sqlite3.Connection, events: list[tuple[int, str, Any]]) -> Iterator[str]:
    """The log is gapless, chained, and ends where the position says."""
    chain, expected = GENESIS, 1
    for seq, stored, raw in events:
        if seq != expected:
            yield f"the log jumps from event {expected - 1} to {seq}"
        chain = link_chain(chain, raw)
        if chain != stored:
            yield f"the chain breaks at event {seq}"
            chain = stored
        expected = seq + 1
    position = connection.execute("SELECT seq, chain, heard FROM position").fetchone()
    if position is None:
        if events:
            yield "there are events but no position"
        return
    if (position[0], position[1]) != (expected - 1, chain):
        yield f"the position stands at event {position[0]}, the log ends at {expected - 1}"


def _balances(connection: sqlite3.Connection, events: list[tuple[int, str, Any]]) -> Iterator[str]:
    """Movements are those of the events, and sum to the balances; rights follow grants and holds."""
    told = [row for seq, _chain, raw in events for row in movement_rows(seq, raw)]
    kept = connection.execute(
        "SELECT seq, place, sku, qty, source, target, reason, ref, actor, at FROM movement"
        " ORDER BY seq, place"
    ).fetchall()
    if told != kept:
        odd = next((a for a, b in zip(told, kept, strict=False) if a != b), None)
        yield f"the movements are not those of the log, from event {odd[0] if odd else 'the end'}"
    sums = bucket_sums((sku, qty, source, target) for _s, _p, sku, qty, source, target, *_ in told)
    granted = {raw["sku"]: raw["granted"] for _seq, _chain, raw in events if raw["kind"] == "grant"}
    yield from _stocks(connection, sums, granted)
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


def _receipts(connection: sqlite3.Connection, events: list[tuple[int, str, Any]]) -> Iterator[str]:
    """Each receipt stands on its facts and on one print job; each completed ticket has its receipt."""
    for (ticket,) in connection.execute(_UNSOLD_TICKETS):
        yield f"ticket {ticket} is completed without a receipt"
    sold = {raw.get("ref") for _s, _c, raw in events if raw["kind"] == "move" and _is_sale(raw)}
    done = {raw["order"] for _s, _c, raw in events if raw["kind"] == "hold" and raw["to"] == "done"}
    paid: dict[str, int] = {}
    for _seq, _chain, raw in events:
        if raw["kind"] == "payment":
            paid[raw["ref"]] = paid.get(raw["ref"], 0) + raw["minor"]
    jobs = {row[0] for row in connection.execute("SELECT id FROM print_job")}
    numbers = set()
    for number, kind, _ticket, order, minor, job in connection.execute(_RECEIPTS):
        numbers.add(number)
        has_goods = number in sold if kind == "sale" else order in done
        if not has_goods:
            yield f"receipt {number} has no movement in the log"
        if paid.get(number, 0) != minor:
            yield f"receipt {number} says {minor}, the log has {paid.get(number, 0)} paid on it"
        if job is not None and job not in jobs:
            yield f"receipt {number} has lost its print job"
    for number in sorted(set(paid) - numbers):
        yield f"money was taken on receipt {number}, which is not there"


def _is_sale(raw: dict[str, Any]) -> bool:
    return raw["reason"] in {"sale", "override"}
