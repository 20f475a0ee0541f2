"""Self-check of the hub's books: what the raw events say must be what the tables hold."""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any, Final

from sync.messages.codec import parse_fact
from sync.rules.canonical import GENESIS, link_chain
from sync.rules.errors import Unbookable
from sync.rules.facts import Fact, Grant, HoldStep, Move
from sync.rules.rights import HubStock, moved
from sync.storage.reader import Reader, Snapshot

PAGE: Final = 2_000
MOST_FINDINGS: Final = 100


@dataclass(frozen=True, slots=True)
class Verified:
    """What a self-check saw, and every disagreement it found (at most MOST_FINDINGS)."""

    stores: int
    events: int
    orders: int
    findings: tuple[str, ...]


async def verify(reader: Reader) -> Verified:
    """Replay every store's events of its present incarnation and compare; read only.

    Everything is read from one state of the database, so a hub that serves meanwhile is no disagreement.
    """
    async with reader.snapshot() as state:
        return await _verify(state)


async def _verify(state: Snapshot) -> Verified:
    """Compare one state of the database with itself."""
    findings: list[str] = []
    events = 0
    streams = await state.all("SELECT store, sinc, app, chain, merged FROM store_stream ORDER BY store")
    for store, sinc, app, chain, merged in streams:
        replayed = _Replay()
        events += await _replay(state, store, sinc, replayed)
        if replayed.seq != app:
            findings.append(f"{store}: {replayed.seq} events are kept, but {app} count as applied")
        if replayed.chain != chain:
            findings.append(f"{store}: the chain over its events ends in {replayed.chain}, kept is {chain}")
        findings += replayed.findings(store)
        if merged:
            findings += await _compare(state, store, replayed)
            findings += await _compare_lines(state, store, replayed)
    findings += await _promises(state)
    findings += await _orders(state)
    findings += await _money(state)
    (orders,) = await state.one("SELECT COUNT(*) FROM orders") or (0,)
    return Verified(len(streams), events, orders, tuple(findings[:MOST_FINDINGS]))


class _Replay:
    """A store's mirror made anew from its events."""

    def __init__(self) -> None:
        self.seq = 0
        self.chain = GENESIS
        self.stocks: dict[str, HubStock] = defaultdict(HubStock)
        self.lines: dict[tuple[str, int], dict[str, int]] = defaultdict(
            lambda: {"done": 0, "short": 0, "released": 0}
        )
        self.gaps: list[int] = []

    def add(self, seq: int, kind: str, raw: dict[str, Any]) -> None:
        """One more event; dead letters count in the chain only."""
        if seq != self.seq + 1:
            self.gaps.append(seq)
        self.seq = seq
        self.chain = link_chain(self.chain, raw)
        if kind == "rejected":
            return
        try:
            self._book(parse_fact(raw))
        except Unbookable:
            self.gaps.append(seq)

    def _book(self, fact: Fact) -> None:
        """Carry a fact into the balances."""
        lines = fact.lines if isinstance(fact, Move) else fact.moves if isinstance(fact, HoldStep) else ()
        for line in lines:
            self.stocks[line.sku] = moved(self.stocks[line.sku], line)
        if isinstance(fact, Grant):
            stock = self.stocks[fact.sku]
            self.stocks[fact.sku] = replace(stock, granted=max(stock.granted, fact.granted))
        if isinstance(fact, HoldStep) and fact.line is not None and fact.to in {"done", "short", "released"}:
            self.lines[fact.order, fact.line][fact.to] += fact.n

    def findings(self, store: str) -> list[str]:
        """Gaps in the sequence and events that cannot be read."""
        return [f"{store}: event {seq} is out of sequence or cannot be read" for seq in self.gaps]


async def _replay(state: Snapshot, store: str, sinc: int, replayed: _Replay) -> int:
    """Read a store's events page by page; returns how many."""
    count, after = 0, 0
    while True:
        rows = await state.all(
            "SELECT seq, kind, raw FROM event WHERE store = ? AND sinc = ? AND seq > ? ORDER BY seq LIMIT ?",
            (store, sinc, after, PAGE),
        )
        for seq, kind, raw in rows:
            replayed.add(seq, kind, json.loads(raw))
            after = seq
        count += len(rows)
        if len(rows) < PAGE:
            return count


async def _compare(state: Snapshot, store: str, replayed: _Replay) -> list[str]:
    """The kept mirror against the replayed one."""
    findings: list[str] = []
    rows = await state.all(
        "SELECT sku, floor, staged, damaged, granted FROM stock WHERE store = ? ORDER BY sku", (store,)
    )
    table = {sku: kept for sku, *kept in rows}
    for sku in sorted(table.keys() | replayed.stocks.keys()):
        stock = replayed.stocks[sku]
        made, kept = [stock.floor, stock.staged, stock.damaged, stock.granted], table.get(sku, [0, 0, 0, 0])
        if made != kept:
            findings.append(
                f"{store} {sku}: kept floor, staged, damaged, granted {kept}, its events say {made}"
            )
    return findings


async def _compare_lines(state: Snapshot, store: str, replayed: _Replay) -> list[str]:
    """The hold lines' counters against what the store's events settled."""
    rows = await state.all(
        "SELECT h.order_id, h.line, h.done, h.short, h.released FROM hold_line h JOIN orders o"
        " ON o.id = h.order_id JOIN store_stream s ON s.store = o.store AND s.sinc = o.sinc"
        " WHERE h.store = ?",
        (store,),
    )
    findings: list[str] = []
    for order, line, *kept in rows:
        made = list(replayed.lines[order, line].values())
        if made != kept:
            findings.append(
                f"{store} order {order} line {line}: kept done, short, released {kept}, its events say {made}"
            )
    return findings


async def _promises(state: Snapshot) -> list[str]:
    """The counters of promised and settled units against the hold lines."""
    rows = await state.all(
        "SELECT s.store, s.sku, s.promised, COALESCE(h.promised, 0), s.settled, COALESCE(h.settled, 0)"
        " FROM stock s LEFT JOIN (SELECT store, sku, SUM(qty - released) AS promised,"
        " SUM(done + short) AS settled FROM hold_line GROUP BY store, sku) h"
        " ON h.store = s.store AND h.sku = s.sku"
        " WHERE s.promised <> COALESCE(h.promised, 0) OR s.settled <> COALESCE(h.settled, 0)"
    )
    return [
        f"{store} {sku}: promised {promised}, hold lines say {lines}; settled {settled}, lines say {done}"
        for store, sku, promised, lines, settled, done in rows
    ]


async def _orders(state: Snapshot) -> list[str]:
    """Orders against their holds: every order that was not dropped unpaid holds what it sold."""
    rows = await state.all(
        "SELECT o.number, l.line, l.sku, l.qty, h.sku, h.qty FROM orders o JOIN order_line l"
        " ON l.order_id = o.id LEFT JOIN hold_line h ON h.order_id = l.order_id AND h.line = l.line"
        " WHERE (h.sku IS NULL AND o.stage NOT IN ('cancelled', 'expired'))"
        " OR h.sku <> l.sku OR h.qty <> l.qty"
    )
    findings = [
        f"order {number} line {line}: sold {qty} of {sku}, held {held} of {held_sku}"
        for number, line, sku, qty, held_sku, held in rows
    ]
    rows = await state.all(
        "SELECT h.order_id, h.line, h.sku FROM hold_line h LEFT JOIN order_line l"
        " ON l.order_id = h.order_id AND l.line = h.line LEFT JOIN stock s"
        " ON s.store = h.store AND s.sku = h.sku WHERE l.line IS NULL OR s.sku IS NULL"
    )
    return findings + [
        f"hold {order} line {line}: no order or no stock of {sku}" for order, line, sku in rows
    ]


async def _money(state: Snapshot) -> list[str]:
    """Orders against their lines, and paid orders against their payments, to the minor unit."""
    rows = await state.all(
        "SELECT o.number, o.total_minor, COALESCE(SUM(l.amount_minor), 0) FROM orders o"
        " LEFT JOIN order_line l ON l.order_id = o.id GROUP BY o.id"
        " HAVING o.total_minor <> COALESCE(SUM(l.amount_minor), 0)"
    )
    findings = [f"order {number}: total {total}, its lines sum to {lines}" for number, total, lines in rows]
    paid = await state.all(
        "SELECT o.number, o.paid_minor, COALESCE(SUM(p.minor), 0) FROM orders o LEFT JOIN payment p"
        " ON p.order_id = o.id AND p.state = 'captured' GROUP BY o.id"
        " HAVING o.paid_minor <> COALESCE(SUM(p.minor), 0)"
    )
    return findings + [f"order {number}: paid {kept}, payments sum to {sums}" for number, kept, sums in paid]
