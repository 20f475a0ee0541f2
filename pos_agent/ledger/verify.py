"""Verify the books: each rule is one query or a pass over the log in pages, each finding a plain sentence.

Reads only, on a connection of its own and in one state of the database, so a store that trades meanwhile is
no disagreement.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from pos_agent.ledger.movements import add_up, movement_rows
from pos_agent.ledger.rules import epoch_of
from sync.rules.canonical import GENESIS, link_chain
from sync.runtime.pace import Pace

MOST_FINDINGS = 100
PAGE = 500

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
_TOTALS = """
SELECT r.number, r.total_minor, coalesce(sum(l.amount_minor), 0) FROM receipt r
LEFT JOIN ticket_line l ON l.ticket_id = r.ticket_id WHERE r.kind = 'sale'
GROUP BY r.number HAVING r.total_minor <> coalesce(sum(l.amount_minor), 0)
"""
_RECEIPTS = """
SELECT r.number, r.kind, r.order_id, r.paid_minor, r.job_id, p.id FROM receipt r
LEFT JOIN print_job p ON p.id = r.job_id ORDER BY r.number
"""
_EVENTS = "SELECT seq, chain, raw FROM event WHERE seq > ? ORDER BY seq LIMIT ?"
_MOVEMENTS = (
    "SELECT seq, place, sku, qty, source, target, reason, ref, actor, at FROM movement"
    " WHERE seq > ? AND seq <= ? ORDER BY seq, place"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A disagreement: which check found it, about what, what is kept and what it should be, in a sentence.

    `check` is a stable name; the head office has words for it.
    """

    check: str
    text: str
    about: str = ""
    kept: str = ""
    made: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check looked at and found (at most MOST_FINDINGS)."""

    events: int
    movements: int
    receipts: int
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Told:
    """What the log adds up to."""

    events: int = 0
    movements: int = 0
    receipts: int = 0
    chain: str = GENESIS
    last: int = 0
    sums: dict[str, dict[str, int]] = field(default_factory=dict)
    granted: dict[str, int] = field(default_factory=dict)
    returned: dict[str, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sold: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    has_other_movements: bool = False


def verify(path: Path) -> list[str]:
    """What is wrong with the books in a database file, as sentences; empty when they are right.

    Args:
        path: the database; it may be in use.
    """
    return [str(finding) for finding in examine(path, Pace(rest_s=0)).findings]


def examine(path: Path, pace: Pace) -> Checked:
    """The same with what was looked at; call it in a thread of its own while an agent runs.

    Raises:
        ChoreCut: `pace.stop` was set.
    """
    told = _Told()
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.execute("BEGIN")
            findings = tuple(islice(_findings(connection, told, pace), MOST_FINDINGS))
    except sqlite3.DatabaseError as error:
        text = f"{path} cannot be read to its end: {error}; put back a copy from before the damage"
        findings = (Finding("file", text, str(error)[:60]),)
    return Checked(told.events, told.movements, told.receipts, findings)


def _findings(connection: sqlite3.Connection, told: _Told, pace: Pace) -> Iterator[Finding]:
    yield from _file(connection)
    yield from _log(connection, told, pace)
    yield from _position(connection, told)
    yield from _stocks(connection, told)
    for sku, settled, owed, used, still in connection.execute(_SETTLED):
        text = f"{sku}: settled {settled} and open {owed}, the holds say {used} and {still}"
        yield Finding("hold", text, sku, f"{settled} / {owed}", f"{used} / {still}")
    yield from _tickets(connection)
    yield from _receipts(connection, told)


def _file(connection: sqlite3.Connection) -> Iterator[Finding]:
    """The file itself is whole."""
    for (line,) in connection.execute("PRAGMA quick_check(20)"):
        if line != "ok":
            yield Finding("file", f"the database file is damaged: {line}", str(line)[:60])
    for table, rowid, parent, _number in connection.execute("PRAGMA foreign_key_check"):
        text = f"{table} row {rowid} points at a {parent} that is not there"
        yield Finding("reference", text, f"{table} {rowid}")


def _log(connection: sqlite3.Connection, told: _Told, pace: Pace) -> Iterator[Finding]:
    """The log is gapless and chained, and the movements kept are those inside it; page by page."""
    while True:
        after = told.last
        events = connection.execute(_EVENTS, (after, PAGE)).fetchall()
        inside: list[Any] = []
        for seq, stored, text in events:
            yield from _event(told, seq, stored, text, inside)
        last = told.last if len(events) == PAGE else 2**62
        kept = connection.execute(_MOVEMENTS, (after, last)).fetchall()
        if inside != kept and not told.has_other_movements:
            told.has_other_movements = True
            odd = next((a for a, b in zip(inside, kept, strict=False) if a != b), None)
            where = str(odd[0]) if odd else "the end"
            yield Finding("movements", f"the movements are not those of the log, from event {where}", where)
        told.movements += len(kept)
        add_up(told.sums, inside)
        if len(events) < PAGE:
            return
        pace.rest()


def _event(told: _Told, seq: int, stored: str, text: str, inside: list[Any]) -> Iterator[Finding]:
    """Carry one event into the sums."""
    if seq != told.last + 1:
        yield Finding("sequence", f"the log jumps from event {told.last} to {seq}", str(seq))
    told.events, told.last = told.events + 1, seq
    try:
        raw = json.loads(text)
        told.chain = link_chain(told.chain, raw)
    except (ValueError, TypeError):
        yield Finding("sequence", f"event {seq} cannot be read", str(seq))
        told.chain = stored
        return
    if told.chain != stored:
        yield Finding("chain", f"the chain breaks at event {seq}", str(seq))
        told.chain = stored
    try:
        inside += movement_rows(seq, raw)
        _carry(told, raw)
    except (KeyError, TypeError, AttributeError):
        yield Finding("sequence", f"event {seq} cannot be read", str(seq))


def _carry(told: _Told, raw: dict[str, Any]) -> None:
    """What an event says about grants, money and goods handed out."""
    match raw["kind"]:
        case "balances":
            for line in raw["lines"]:
                told.granted[line["sku"]] = line.get("granted", 0)
                told.returned[line["sku"]] = line.get("returned", 0)
        case "returned":
            told.returned[raw["sku"]] = raw["returned"]
        case "grant":
            told.granted[raw["sku"]] = raw["granted"]
        case "payment":
            told.paid[raw["ref"]] += raw["minor"]
        case "move" if raw["reason"] in {"sale", "override"}:
            told.sold.add(raw.get("ref", ""))
        case "hold" if raw["to"] == "done":
            told.done.add(raw["order"])
        case _:
            return


def _position(connection: sqlite3.Connection, told: _Told) -> Iterator[Finding]:
    """The log ends where the position says."""
    position = connection.execute("SELECT seq, chain FROM position").fetchone()
    if position is None:
        if told.events:
            yield Finding("position", "there are events but no position")
    elif (position[0], position[1]) != (told.last, told.chain):
        text = f"the position stands at event {position[0]}, the log ends at {told.last}"
        yield Finding("position", text, "", str(position[0]), str(told.last))


def _stocks(connection: sqlite3.Connection, told: _Told) -> Iterator[Finding]:
    """Each balance is the sum of its movements, each grant the last one told."""
    nothing, sums = {"floor": 0, "staged": 0, "damaged": 0}, dict(told.sums)
    for sku, floor, staged, damaged, given, returned in connection.execute(
        "SELECT sku, floor, staged, damaged, granted, returned FROM stock"
    ):
        expected = sums.pop(sku, nothing)
        if (floor, staged, damaged) != tuple(expected.values()):
            text = f"{sku}: the balances are {floor}/{staged}/{damaged}, the movements sum to {expected}"
            made = " / ".join(str(units) for units in expected.values())
            yield Finding("balance", text, sku, f"{floor} / {staged} / {damaged}", made)
        if given != told.granted.get(sku, 0):
            text = f"{sku}: {given} units are granted, the log says {told.granted.get(sku, 0)}"
            yield Finding("grants", text, sku, str(given), str(told.granted.get(sku, 0)))
        if returned != told.returned.get(sku, 0):
            text = f"{sku}: {returned} units came back, the log says {told.returned.get(sku, 0)}"
            yield Finding("grants", text, sku, str(returned), str(told.returned.get(sku, 0)))
        if returned > given:
            text = f"{sku}: {returned} units came back of {given} granted"
            yield Finding("grants", text, sku, str(returned), str(given))
    for sku in sums:
        yield Finding("balance", f"{sku}: has movements but no balance", sku)


def _tickets(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Each completed ticket has its receipt, each receipt its ticket's total."""
    for (ticket,) in connection.execute(_UNSOLD_TICKETS):
        yield Finding("ticket", f"ticket {ticket} is completed without a receipt", ticket)
    for number, total, lines in connection.execute(_TOTALS):
        text = f"receipt {number} has the total {total}, its ticket's lines sum to {lines}"
        yield Finding("receipt_total", text, number, str(total), str(lines))


def _receipts(connection: sqlite3.Connection, told: _Told) -> Iterator[Finding]:
    """Each receipt stands on its facts and on one print job; all money taken stands on a receipt."""
    numbers = set()
    for number, kind, order, minor, job, known_job in connection.execute(_RECEIPTS):
        numbers.add(number)
        told.receipts += 1
        if not (number in told.sold if kind == "sale" else order in told.done):
            yield Finding("receipt_goods", f"receipt {number} has no movement in the log", number)
        paid = told.paid.get(number, 0)
        if paid != minor:
            text = f"receipt {number} says {minor}, the log has {paid} paid on it"
            yield Finding("receipt_money", text, number, str(minor), str(paid))
        if job is not None and known_job is None:
            yield Finding("receipt_job", f"receipt {number} has lost its print job", number)
    epoch = connection.execute("SELECT sinc FROM position").fetchone()
    for number in sorted(set(told.paid) - numbers):
        if epoch is not None and epoch_of(number) not in {None, epoch[0]}:
            continue  # carried from the ledger before this one, whose file has the receipt
        text = f"money was taken on receipt {number}, which is not there"
        yield Finding("receipt_money", text, number, "0", str(told.paid[number]))
