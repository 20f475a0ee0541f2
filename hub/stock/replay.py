"""A store's mirror made anew from its raw events, to compare the kept one with."""

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Final

from hub.stock.findings import Finding
from hub.stock.movements import MovementRow, movement_rows
from sync.messages.codec import parse_fact
from sync.rules.baseline import Balances, Begin, Carried
from sync.rules.canonical import GENESIS, link_chain
from sync.rules.central.recover import stock_of
from sync.rules.documents import MOVED
from sync.rules.errors import Unbookable
from sync.rules.facts import DocumentStep, Fact, Grant, HoldStep, Move, MoveLine, Payment
from sync.rules.rights import HubStock, moved

_MASK: Final = 2**64 - 1


@dataclass(slots=True)
class Tally:
    """Movements of a SKU as a number, units and a digest that does not depend on their order."""

    count: int = 0
    digest: int = 0

    def add(self, row: MovementRow) -> None:
        """One more row."""
        text = json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self.digest = self.digest + int.from_bytes(blake2b(text, digest_size=8).digest(), "big") & _MASK
        self.count += 1


@dataclass(slots=True)
class Booked:
    """A document of HQ in the events: units added to each SKU's bucket, and (asked, found) as it was booked.

    `times` counts how often it was booked; more than once is once too often. `seq` is its last movement's.
    """

    moved: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    counts: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    times: int = 0
    seq: int = 0
    is_made_up: bool = False
    """Whether its end was made up from its movement, so that it cannot say what was asked."""

    def move(self, seq: int, line: MoveLine) -> None:
        """A movement that names the document."""
        self.seq = seq
        for bucket, sign in ((line.source, -1), (line.target, 1)):
            if bucket is not None:
                self.moved[line.sku, bucket] += sign * line.qty

    def book(self, step: DocumentStep) -> None:
        """The step that books it."""
        self.times += 1
        self.is_made_up = step.why == MOVED
        self.counts = {(line.sku, line.bucket): (line.asked, line.found) for line in step.lines}


@dataclass(slots=True)
class Replay:
    """What the events of one incarnation add up to; call `add` for each, in order."""

    store: str
    sinc: int
    seq: int = 0
    chain: str = GENESIS
    movements: int = 0
    payments: int = 0
    stocks: dict[str, HubStock] = field(default_factory=lambda: defaultdict(HubStock))
    lines: dict[tuple[str, int], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: {"done": 0, "short": 0, "released": 0})
    )
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    paid: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Minor units by order that its tills took, less what they gave back."""
    last_order: str = ""
    """The order that the last event is about, if it is a step of a hold."""
    documents: dict[str, Booked] = field(default_factory=lambda: defaultdict(Booked))
    """By document, what its movements add up to and what its steps say."""
    takes_over: bool = False
    """Whether this log carries on from an earlier one, so that it may tell of ends that were booked there."""
    gaps: list[int] = field(default_factory=list)

    def add(self, seq: int, kind: str, text: str) -> None:
        """One more event as it is kept; dead letters count in the chain only."""
        if seq != self.seq + 1:
            self.gaps.append(seq)
        self.seq = seq
        try:
            raw: dict[str, Any] = json.loads(text)
        except ValueError:
            self.gaps.append(seq)
            return
        self.chain = link_chain(self.chain, raw)
        if kind == "rejected":
            return
        try:
            self._book(parse_fact(raw))
        except Unbookable:
            self.gaps.append(seq)

    def _book(self, fact: Fact) -> None:
        """Carry a fact into the sums."""
        self.last_order = fact.order if isinstance(fact, HoldStep) else ""
        self._move(fact)
        match fact:
            case Begin():
                self.takes_over = True
            case Balances():
                self.stocks.update((told.sku, stock_of(told)) for told in fact.lines)
            case Carried():
                for carried in fact.lines:
                    counts = {"done": carried.done, "short": carried.short, "released": carried.released}
                    self.lines[fact.order, carried.line] = counts
            case Grant():
                stock = self.stocks[fact.sku]
                self.stocks[fact.sku] = replace(stock, granted=max(stock.granted, fact.granted))
            case HoldStep(line=int(number), to="done" | "short" | "released"):
                self.lines[fact.order, number][fact.to] += fact.n
            case DocumentStep(to="booked"):
                self.documents[fact.document].book(fact)
            case Payment():
                self.payments += 1
                self.paid[fact.order or ""] += fact.minor
            case _:
                return

    def _move(self, fact: Fact) -> None:
        """Carry what a fact moves into the balances, and into the document that it names."""
        lines = fact.lines if isinstance(fact, Move) else fact.moves if isinstance(fact, HoldStep) else ()
        for line in lines:
            self.stocks[line.sku] = moved(self.stocks[line.sku], line)
            if isinstance(fact, Move) and fact.document is not None:
                self.documents[fact.document].move(self.seq, line)
        for row in movement_rows(self.sinc, self.seq, fact):
            self.tallies[row[0]].add(row)
            self.movements += 1

    def findings(self) -> list[Finding]:
        """Gaps in the sequence and events that cannot be read."""
        return [
            Finding(
                check="sequence",
                store=self.store,
                about=str(seq),
                text=f"{self.store}: event {seq} is out of sequence or cannot be read",
            )
            for seq in self.gaps
        ]
