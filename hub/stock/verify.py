"""Self-check of the hub's books: what the raw events say must be what the tables hold."""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any, Final

from sync.messages.codec import parse_fact
from sync.rules.canonical import GENESIS, link_chain
from sync.rules.errors import Unbookable
from sync.rules.facts import Fact, Grant, HoldStep, Move
from sync.rules.rights import HubStock, mirrored
from sync.storage.reader import Reader

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
    """Replay every store's events of its present incarnation and compare; read only."""
    findings: list[str] = []
    events = 0
    streams = await reader.all("SELECT store, sinc, app, chain, merged FROM store_stream ORDER BY store")
    for store, sinc, app, chain, merged in streams:
        replayed = _Replay()
        events += await _replay(reader, store, sinc, replayed)
        if replayed.seq != app:
            findings.append(f"{store}: {replayed.seq} events are kept, but {app} count as applied")
        if app and replayed.chain != chain:
            findings.append(f"{store}: the chain over its events ends in {replayed.chain}, kept is {chain}")
        findings += replayed.findings(store)
        if merged:
            findings += await _compare(reader, store, replayed)
    findings += await _promises(reader)
    findings += await _money(reader)
    (orders,) = await reader.one("SELECT COUNT(*) FROM orders") or (0,)
    return Verified(len(streams), events, orders, tuple(findings[:MOST_FINDINGS]))


class _Replay:
    """A store's mirror made anew from its events."""

    def __init__(self) -> None:
        self.seq = 0
        self.chain = GENESIS
        self.stocks: dict[str, HubStock] = defaultdict(HubStock)
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
            self.stocks[line.sku] = mirrored(self.stocks[line.sku], line)
        if isinstance(fact, Grant):
            self.stocks[fact.sku] = replace(self.stocks[fact.sku], granted=fact.granted)

    def findings(self, store: str) -> list[str]:
        """Gaps in the sequence and events that cannot be read."""
        return [f"{store}: event {seq} is out of sequence or cannot be read" for seq in self.gaps]


async def _replay(reader: Reader, store: str, sinc: int, replayed: _Replay) -> int:
    """Read a store's events page by page; returns how many."""
    count, after = 0, 0
    while True:
        rows = await reader.all(
            "SELECT seq, kind, raw FROM event WHERE store = ? AND sinc = ? AND seq > ? ORDER BY seq LIMIT ?",
            (store, sinc, after, PAGE),
        )
        for seq, kind, raw in rows:
            replayed.add(seq, kind, json.loads(raw))
            after = seq
        count += len(rows)
        if len(rows) < PAGE:
            return count


async def _compare(reader: Reader, store: str, replayed: _Replay) -> list[str]:
    """The kept mirror against the replayed one."""
    findings: list[str] = []
    rows = await reader.all(
        "SELECT sku, floor, staged, damaged, granted FROM stock WHERE store = ? ORDER BY sku", (store,)
    )
    for sku, *kept in rows:
        made = replayed.stocks[sku]
        if [made.floor, made.staged, made.damaged, made.granted] != kept:
            findings.append(
                f"{store} {sku}: kept floor, staged, damaged, granted {kept}, its events say"
                f" {[made.floor, made.staged, made.damaged, made.granted]}"
            )
    return findings


async def _promises(reader: Reader) -> list[str]:
    """The counters of promised and settled units against the hold lines."""
    rows = await reader.all(
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


async def _money(reader: Reader) -> list[str]:
    """Orders against their lines, and paid orders against their payments, to the minor unit."""
    rows = await reader.all(
        "SELECT o.number, o.total_minor, COALESCE(SUM(l.amount_minor), 0) FROM orders o"
        " LEFT JOIN order_line l ON l.order_id = o.id GROUP BY o.id"
        " HAVING o.total_minor <> COALESCE(SUM(l.amount_minor), 0)"
    )
    findings = [f"order {number}: total {total}, its lines sum to {lines}" for number, total, lines in rows]
    paid = await reader.all(
        "SELECT o.number, o.paid_minor, COALESCE(SUM(p.minor), 0) FROM orders o LEFT JOIN payment p"
        " ON p.order_id = o.id AND p.state = 'captured' GROUP BY o.id"
        " HAVING o.paid_minor <> COALESCE(SUM(p.minor), 0)"
    )
    return findings + [f"order {number}: paid {kept}, payments sum to {sums}" for number, kept, sums in paid]
