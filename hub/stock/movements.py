"""The movements inside a store's facts, kept by SKU as the event is booked: what answers "why is it 47"."""

from typing import Final

from sync.rules.baseline import Balances, SkuBalance
from sync.rules.facts import Fact, Grant, HoldStep, Move, MoveLine
from sync.storage.writer import Transaction

OUTSIDE: Final = ""
"""Where goods come from and go to beyond the store, as a movement row writes it."""
GRANT: Final = "grant"
TAKEOVER: Final = "takeover"
_ADD: Final = (
    "INSERT INTO movement (store, sku, sinc, seq, place, qty, source, target, reason, ref, actor, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
MovementRow = tuple[str, int, int, int, int, str, str, str, str, str, str]
"""A row's columns but the store, in the order of the table."""


def movement_rows(sinc: int, seq: int, fact: Fact) -> list[MovementRow]:
    """One row for each line that a fact moves, one for a grant; none for any other fact.

    Args:
        sinc: the store's incarnation.
        seq: the event's number in it.
        fact: what happened.
    """
    match fact:
        case Move():
            return _rows(sinc, seq, fact.lines, (fact.reason, fact.ref, fact.actor, fact.at))
        case HoldStep():
            return _rows(sinc, seq, fact.moves, (f"pickup_{fact.to}", fact.order, fact.actor, fact.at))
        case Balances():
            return [row for told in fact.lines for row in _taken_over(sinc, seq, told, fact.at)]
        case Grant():
            return [(fact.sku, sinc, seq, 0, fact.granted, OUTSIDE, OUTSIDE, GRANT, "", "", fact.at)]
        case _:
            return []


def _taken_over(sinc: int, seq: int, told: SkuBalance, at: str) -> list[MovementRow]:
    """A SKU's told balances as movements, into each bucket or out of one below zero; and its grant."""
    buckets = (("floor", told.floor), ("staged", told.staged), ("damaged", told.damaged))
    rows: list[MovementRow] = []
    for place, (bucket, units) in enumerate(buckets):
        if units:
            source, target = (OUTSIDE, bucket) if units > 0 else (bucket, OUTSIDE)
            rows.append((told.sku, sinc, seq, place, abs(units), source, target, TAKEOVER, "", "", at))
    if told.granted:
        rows.append((told.sku, sinc, seq, len(buckets), told.granted, OUTSIDE, OUTSIDE, GRANT, "", "", at))
    return rows


def _rows(
    sinc: int, seq: int, lines: tuple[MoveLine, ...], cause: tuple[str, str, str, str]
) -> list[MovementRow]:
    """The rows of one event's lines; `cause` is reason, reference, actor, instant."""
    return [
        (line.sku, sinc, seq, place, line.qty, line.source or OUTSIDE, line.target or OUTSIDE, *cause)
        for place, line in enumerate(lines)
    ]


def keep_movements(transaction: Transaction, store: str, sinc: int, seq: int, fact: Fact) -> None:
    """Keep a fact's movements, in the transaction that books it."""
    rows = movement_rows(sinc, seq, fact)
    if rows:
        transaction.connection.executemany(_ADD, [(store, *row) for row in rows])
