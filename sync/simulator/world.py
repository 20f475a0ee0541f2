"""One history's world: the stores, their hub books, the orders that customers were promised."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeVar

from sync.rules.books import HubPosition, StorePosition
from sync.rules.errors import Refused
from sync.rules.items import HoldItem
from sync.rules.pickup_token import Claims
from sync.rules.rights import Allotment
from sync.rules.store import documents
from sync.simulator import deficits, invariants, money
from sync.simulator.books import Crash, HubDictionary, StoreDictionary
from sync.simulator.dice import Dice
from sync.simulator.network import Line
from sync.simulator.odds import FAULTS
from sync.simulator.shelf import Paper, Shelf, Sums

T = TypeVar("T")
SKUS = ("tea", "soap", "comb")
UNKNOWN = "local"
"""A SKU that a store sells and the hub's catalogue lacks."""
PRICES = {"tea": 300, "soap": 450, "comb": 1200, UNKNOWN: 100}


@dataclass(slots=True)
class Deal:
    """An order that the hub answered with 201, as its customer remembers it.

    `adrift`: the hub was put back to before it; it is honoured if the store knows it.
    """

    order: str
    item: HoldItem
    state: Literal["provisional", "dispatched", "dropped", "adrift"]
    made: int
    claims: Claims | None = None

    @property
    def lines(self) -> list[tuple[int, str, int]]:
        """Line number, SKU and units."""
        return [(line.line, line.sku, line.qty) for line in self.item.lines]


class Log(NamedTuple):
    """A log's events and the chain after each, by number."""

    events: dict[int, Any]
    chains: dict[int, str]


NO_LOG = Log({}, {})


@dataclass(slots=True)
class Store:
    """One store: its ledger, the hub's books about it, the line between, and the truth."""

    name: str
    book: StoreDictionary
    hub: HubDictionary
    line: Line
    shelf: Shelf = field(default_factory=Shelf)
    sums: Sums = field(default_factory=Sums)
    hub_sums: Sums = field(default_factory=Sums)
    hub_sums_of: tuple[int, int] = (0, 0)
    """The log that `hub_sums` adds up: its incarnation and identity."""
    deals: dict[str, Deal] = field(default_factory=dict)
    watched: dict[str, Deal] = field(default_factory=dict)
    sku_of: dict[tuple[str, int], str] = field(default_factory=dict)
    sent: int = 0
    """The last event sent on this connection: memory only."""
    asking: tuple[dict[str, int], str] | None = None
    """The floor's request for units and its id: memory only."""
    receipts: set[str] = field(default_factory=set)
    papers: dict[str, Paper] = field(default_factory=dict)
    """What became of each document in the world."""
    beyond: Counter[str] = field(default_factory=Counter)
    """Units by SKU that the step under way may take below zero: overrides and counted losses."""
    logs: dict[int, list[Log]] = field(default_factory=dict)
    """Every log that this store wrote, by incarnation; one that was rolled back left two."""
    estranged: bool = False
    """The ledger is an old image of itself: it must not serve holds until the hub has spoken."""
    forgotten: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Units by (order, line) that customers carried away and that no ledger remembers."""
    provider: money.Provider = field(default_factory=money.Provider)
    cash_lost: set[str] = field(default_factory=set)
    """Orders whose cash no book remembers: it was told on a disk that is lost."""
    backup: dict[str, dict[Any, Any]] | None = None
    image: dict[str, dict[Any, Any]] | None = None

    @property
    def position_seq(self) -> int:
        """The last event written."""
        return self.book.position().seq

    def gap(self, sku: str, bucket: str) -> int:
        """Units that the books have too much in a bucket."""
        return documents.balance(self.book, sku, bucket) - self.shelf.of(sku, bucket)  # type: ignore[arg-type]

    def log_of(self, sinc: int, seq: int, chain: str) -> Log:
        """The log whose chain after event `seq` is this: the present one, or one that was lost."""
        present = Log(self.book.tables["event"], self.book.tables["chain"])
        known = [present] if self.book.position().sinc == sinc else []
        log: Log
        for log in [*known, *self.logs.get(sinc, ())]:
            if log.chains.get(seq) == chain:
                return log
        invariants.require(not seq, "I3", self.name, "never wrote event", seq, "of", sinc, "with", chain)
        return NO_LOG


class World:
    """Everything in one history."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed)
        self.step = 0
        self.faults: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.made = 0
        self.calm = False
        self.dice.start_step(0)
        self.stores = [self._new_store(number) for number in range(1, self.dice.between(2, 3) + 1)]

    def _new_store(self, number: int) -> Store:
        """A store with a policy per SKU; its goods come with the first step."""
        name = f"store-{number}"
        policies = {
            sku: Allotment(
                share_percent=self.dice.one_of((0, 50, 50, 100)),
                reserve=self.dice.one_of((0, 0, 1)),
                last_unit=self.dice.one_of(("grant", "grant", "keep")),
            )
            for sku in (*SKUS, UNKNOWN)
        }
        policies[UNKNOWN] = Allotment(share_percent=0)
        store = Store(
            name=name,
            book=StoreDictionary(StorePosition(store=name, sinc=2, hinc=3), policies),
            hub=HubDictionary(HubPosition(store=name, sinc=2, hinc=3), SKUS),
            line=Line(self.faults),
        )
        store.hub.conclude = money.follow
        return store

    def new_id(self, prefix: str) -> str:
        """A name that no other thing in this history has."""
        self.made += 1
        return f"{prefix}{self.made}"

    def new_order_id(self) -> str:
        """An order's UUID, in order of making."""
        self.made += 1
        return f"01900000-0000-7000-8000-{self.made:012x}"

    def at(self, offset: int = 0) -> str:
        """The present as the wire writes it: a minute a step."""
        days, minutes = divmod(self.step + offset, 1440)
        return f"2026-01-{1 + days:02}T{minutes // 60:02}:{minutes % 60:02}:00.000Z"

    def commit_at_store(
        self, store: Store, work: Callable[[], T], after: Callable[[T], None] | None = None
    ) -> T:
        """Run a store's transaction; `after` is what people do once it is committed.

        Raises:
            Crash: the agent died, inside the transaction or just after it.
            Refused: the rules said no, and changed nothing.
            Violation: an invariant is broken.
        """
        try:
            result, dies = self._run(store.book, work)
        except Crash:
            self.forget(store)
            raise
        if after:
            after(result)
        invariants.check_store(store, store.book.commit())
        store.beyond.clear()
        if dies:
            self.forget(store)
            raise Crash
        return result

    def commit_at_hub(
        self, store: Store, work: Callable[[], T], after: Callable[[T], None] | None = None
    ) -> T:
        """Run a hub's transaction about a store; raises as `commit_at_store` does."""
        result, dies = self._run(store.hub, work)
        if after:
            after(result)
        changes = store.hub.commit()
        invariants.check_hub(store, changes)
        deficits.check_repaid(store, changes)
        money.follow_refunds(store, changes)
        if invariants.is_equal(store) and invariants.is_joined(store):
            money.check_money(store)
        if dies:
            raise Crash
        return result

    def _run(self, book: StoreDictionary | HubDictionary, work: Callable[[], T]) -> tuple[T, bool]:
        """Do the work, or undo it; also tells whether the process dies right after the commit."""
        if not self.calm and self.dice.hit(FAULTS["crash inside"]):
            book.crash_in = self.dice.below(8)
        try:
            result = work()
        except Crash:
            self.faults["crash inside"] += 1
            book.rollback()
            raise
        except Refused:
            invariants.check_refusal(book.journal)
            book.rollback()
            raise
        dies = book.crash_in is not None
        self.faults["crash after commit"] += dies
        return result, dies

    def forget(self, store: Store) -> None:
        """The agent starts anew: only its committed ledger is left."""
        store.sent = store.book.position().heard
        store.asking = None
