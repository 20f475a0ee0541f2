"""What the hub knows of a store, told in pages to the agent that takes over from an earlier one.

It goes over HTTP, as the enrolment does: the new agent has no log yet that a message could refer to, and
a page that was lost is asked for again. While the store is not whole nothing changes what is told here
but new holds, which reach the agent as items too.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from hub.stock.book import hub_line
from sync.messages.codec import parse_fact
from sync.rules.baseline import MOST_BALANCES, Balances, Carried, SkuBalance
from sync.rules.canonical import to_raw
from sync.rules.central import recover
from sync.rules.facts import Move
from sync.storage.reader import Reader

MOST_HOLDS: Final = 200
"""Holds, or documents, in one page."""
_STREAM: Final = (
    "SELECT rebuild_hash, sinc, state, mirror_sinc, mirror_seq, doubt FROM store_stream WHERE store = ?"
)
_SKUS: Final = (
    "SELECT count(*) FROM stock WHERE store = ?"
    " AND (floor OR staged OR damaged OR granted OR returned OR settled)"
)
_BALANCES: Final = (
    "SELECT sku, floor, staged, damaged, granted, returned, settled FROM stock WHERE store = ? AND sku > ?"
    " AND (floor OR staged OR damaged OR granted OR returned OR settled) ORDER BY sku LIMIT ?"
)
_HOLDS: Final = (
    "SELECT order_id, line, sku, qty, done, short, released, dispatched, staged, ready, victim"
    " FROM hold_line WHERE store = ? AND order_id IN (SELECT DISTINCT order_id FROM hold_line"
    " WHERE store = ? AND dispatched AND order_id > ? ORDER BY order_id LIMIT ?) ORDER BY order_id, line"
)

_DOCUMENTS: Final = (
    "SELECT json_extract(raw, '$.document') AS document,"
    " max(CASE WHEN kind = 'document' AND json_extract(raw, '$.to') <> 'received' THEN raw END) AS ended,"
    " max(CASE WHEN kind = 'move' THEN raw END) AS moved,"
    " coalesce(max(CASE WHEN kind = 'document' THEN json_extract(raw, '$.rev') END), 0)"
    " FROM event WHERE store = ? AND kind IN ('document', 'move') AND json_extract(raw, '$.document') > ?"
    " GROUP BY document HAVING ended IS NOT NULL OR moved IS NOT NULL ORDER BY document LIMIT ?"
)


def token_hash(token: str) -> str:
    """How a token for taking over is kept: SHA-256, since it has 256 random bits of its own."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is to take over: where it stands, and how many SKUs and holds it has."""

    from_sinc: int
    from_seq: int
    doubt: bool
    skus: int
    holds: int


async def may_read(reader: Reader, store: str, sinc: int, token: str) -> bool:
    """Whether a token opens a store's mirror: while that very incarnation takes over, and only then."""
    row = await reader.one(_STREAM, (store,))
    if row is None or row[0] is None or row[1] != sinc or row[2] != "rebuilding":
        return False
    return hmac.compare_digest(str(row[0]), token_hash(token))


async def extent(reader: Reader, store: str) -> Extent:
    """How much there is to take over."""
    row = await reader.one(_STREAM, (store,))
    assert row is not None
    skus = await reader.one(_SKUS, (store,))
    holds = await reader.one(
        "SELECT count(DISTINCT order_id) FROM hold_line WHERE store = ? AND dispatched", (store,)
    )
    return Extent(row[3], row[4], bool(row[5]), skus[0] if skus else 0, holds[0] if holds else 0)


async def balances_after(reader: Reader, store: str, sku: str, at: str) -> Balances | None:
    """The next SKUs in order; None when there are no more."""
    rows = await reader.all(_BALANCES, (store, sku, MOST_BALANCES))
    return Balances(lines=tuple(_balance(row) for row in rows), at=at) if rows else None


def _balance(row: Any) -> SkuBalance:
    """A SKU from its row."""
    sku, floor, staged, damaged, granted, returned, settled = row
    return SkuBalance(
        sku=sku,
        floor=floor,
        staged=staged,
        damaged=damaged,
        granted=granted,
        returned=returned,
        settled=settled,
    )


async def holds_after(reader: Reader, store: str, order: str, at: str) -> list[Carried]:
    """The next holds that the store owns, in order of their orders; empty when there are no more."""
    rows = await reader.all(_HOLDS, (store, store, order, MOST_HOLDS))
    lines = [hub_line(row) for row in rows]
    return [recover.carried(list(group), at) for _, group in groupby(lines, key=lambda line: line.order)]


async def documents_after(reader: Reader, store: str, document: str) -> list[dict[str, Any]]:
    """The next steps that ended documents, in order of their ids; empty when there are no more.

    A step that a later log told again is told once; one that was lost after its goods' move is made up.
    """
    rows = await reader.all(_DOCUMENTS, (store, document, MOST_HOLDS))
    return [json.loads(ended) if ended else _end_of(json.loads(moved), rev) for _, ended, moved, rev in rows]


def _end_of(move: Any, rev: int) -> dict[str, Any]:
    """The end of a document of which only the move was heard."""
    fact = parse_fact(move)
    assert isinstance(fact, Move)
    raw: dict[str, Any] = to_raw(recover.ended_by_move(fact, rev))
    return raw


async def chain_at(reader: Reader, store: str, sinc: int, seq: int) -> str | None:
    """The chain after an event that the hub applied; None where it has none."""
    row = await reader.one(
        "SELECT chain FROM event WHERE store = ? AND sinc = ? AND seq = ?", (store, sinc, seq)
    )
    return str(row[0]) if row else None
