"""One store's trade under one policy: the real rules on books in memory, and a count of what was lost."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Final

from sync.messages.codec import parse_fact, parse_item
from sync.rules.allotment import Known, Policy
from sync.rules.books import HubPosition, StorePosition
from sync.rules.canonical import Raw
from sync.rules.central import promise
from sync.rules.central.apply_up import apply_up
from sync.rules.central.make_down import make_down
from sync.rules.demand import Demand, Habits, minute_of, sold_by
from sync.rules.facts import Move, MoveLine
from sync.rules.holds import HubLine
from sync.rules.items import HoldItem, HoldLine, WantItem
from sync.rules.rights import Allotment
from sync.rules.store import fulfil
from sync.rules.store.ledger import book_move, rebalance
from sync.rules.store.receive_down import receive_down
from sync.rules.store.report_up import make_up, request_id
from sync.simulator.books import HubDictionary, StoreDictionary
from sync.simulator.market.weather import DAY, Event, StoreWeather

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
PICKUP_AFTER: Final = (180, 1620)
"""Customers come for their order between three hours and a good day later, minutes."""
RELEASED_OF: Final = 12
"""Every twelfth order is never fetched: its units go back online."""


class MarketBook(StoreDictionary):
    """A store's ledger that counts demand as the agent's does and shares by a policy."""

    def __init__(self, policy: Policy, given: Allotment) -> None:
        super().__init__(StorePosition(store="s", sinc=1, hinc=1), {})
        self._policy, self._given = policy, given
        self.demand: dict[str, Demand] = {}
        self.habits = Habits(day=minute_of(at(0)) // DAY)
        self.minute = 0

    @property
    def now(self) -> int:
        """The present as the rules count it."""
        return minute_of(at(self.minute))

    def add_event(self, seq: int, chain: str, raw: Raw) -> None:
        """Append to the log, and count what customers wanted."""
        super().add_event(seq, chain, raw)
        for sku, qty in sold_by(raw):
            self.count("till", sku, qty)
        if raw["kind"] == "move" and raw["reason"] == "receive":
            for line in raw["lines"]:
                self.demand.setdefault(line["sku"], Demand(day=self.now // DAY))

    def count(self, channel: str, sku: str, qty: int) -> None:
        """Somebody wanted units."""
        seen = self.demand.get(sku) or Demand(day=self.now // DAY)
        which = "till" if channel == "till" else "online"
        self.demand[sku] = seen.with_units(which, qty, self.now)  # type: ignore[arg-type]
        self.habits = self.habits.with_units(which, qty, self.now)  # type: ignore[arg-type]

    def allotment(self, sku: str) -> Allotment:
        """The policy's decision now."""
        known = Known(
            given=self._given,
            minute=self.now,
            has_line=self.habits.cut_at is None,
            demand=self.demand.get(sku),
            habits=self.habits,
        )
        return replace(self._given, rest=self._policy(known, self.stock(sku)))


@dataclass(slots=True)
class Score:
    """What a store's trade came to, units and messages."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, number: int = 1) -> None:
        """Count."""
        if number:
            self.counts[name] += number


class Trade:
    """A store at work.

    Args:
        weather: what happens.
        policy: how it shares.
        given: what HQ set.
    """

    def __init__(self, weather: StoreWeather, policy: Policy, given: Allotment) -> None:
        self._weather = weather
        self.book = MarketBook(policy, given)
        self.hub = HubDictionary(HubPosition(store="s", sinc=1, hinc=1), [one.sku for one in weather.goods])
        self.score = Score()
        self.shelf: Counter[str] = Counter()
        self.owed: Counter[str] = Counter()
        self._has_line = True
        self._pickups: list[tuple[int, str]] = []
        self._orders: dict[str, tuple[str, int]] = {}
        self._made = 0

    def run(self, until: int) -> Score:
        """Live through all that happens."""
        does: dict[str, Callable[[Event], None]] = {
            "cut": self._cut,
            "heal": self._heal,
            "deliver": self._deliver,
            "till": self._till,
            "online": self._online,
        }
        for event in self._weather.events:
            if event.minute >= until:
                break
            while self._pickups and self._pickups[0][0] <= event.minute:
                self.book.minute, order = heappop(self._pickups)
                self._pickup(order)
            self.book.minute = event.minute
            does[event.kind](event)
        return self.score

    def _cut(self, _event: Event) -> None:
        self._exchange()
        self._has_line = False
        self.book.habits = self.book.habits.cut(self.book.now)
        for sku in self._weather.fill:
            stock = self.book.stock(sku)
            self.score.add("unpromised at a cut", stock.free + stock.online)
            self.score.add("online at a cut", stock.online)

    def _heal(self, _event: Event) -> None:
        self._has_line = True
        self.book.habits = self.book.habits.restored(self.book.now)
        self._exchange()
        for sku in self._weather.fill:
            self._rebalance(sku)

    def _deliver(self, event: Event) -> None:
        stock = self.book.stock(event.sku)
        units = event.units - (stock.on_hand - stock.open)
        if units > 0:
            self._move("receive", MoveLine(sku=event.sku, qty=units, target="floor"))
            self.shelf[event.sku] += units
            self._rebalance(event.sku)

    def _till(self, event: Event) -> None:
        sku = event.sku
        free = self.book.stock(sku).free
        if free < event.units and self._has_line:
            self.score.add("till asked")
            self._exchange({sku: event.units - max(0, free)})
            free = self.book.stock(sku).free
        sold = min(event.units, max(0, free))
        self.score.add("till wanted", event.units)
        self._lost("till", event.units - sold, self._available(sku))
        if sold:
            self._move("sale", MoveLine(sku=sku, qty=sold, source="floor"))
            self.shelf[sku] -= sold
            self.score.add("oversold", max(0, self.owed[sku] - self.shelf[sku]))
            self._rebalance(sku)

    def _online(self, event: Event) -> None:
        sku = event.sku
        missing = event.units - self._available(sku)
        if missing > 0 and self._has_line and self.book.stock(sku).free > 0:
            self.score.add("shop asked")
            want = WantItem(id=self._id("q"), sku=sku, qty=missing)
            promise.want_units(self.hub, want)
            before = self.book.stock(sku).granted
            self._exchange()
            refused = missing - (self.book.stock(sku).granted - before)
            if refused > 0:
                self.book.count("online", sku, refused)
        units = min(event.units, self._available(sku))
        self.score.add("online wanted", event.units)
        self._lost("online", event.units - units, self.book.stock(sku).free)
        if units > 0:
            self._order(sku, units)

    def _order(self, sku: str, units: int) -> None:
        """The hub promises and tells the store at once, or when the line is back."""
        item = _item(self._id("o"), sku, units, at(self.book.minute))
        promise.hold_units(self.hub, [HubLine(order=item.order, line=1, sku=sku, qty=units)])
        promise.dispatch(self.hub, item)
        self.owed[sku] += units
        self._orders[item.order] = (sku, units)
        first, last = PICKUP_AFTER
        due = self.book.minute + first + self._made * 7919 % (last - first)
        heappush(self._pickups, (due, item.order))
        if self._has_line:
            self._exchange()
            self._rebalance(sku)

    def _pickup(self, order: str) -> None:
        """The customer comes, or the code expires; a store that has not heard of the order waits for it."""
        if self.book.hold(order) is None:
            heappush(self._pickups, (self.book.minute + 60, order))
            return
        sku, units = self._orders.pop(order)
        if self._made % RELEASED_OF == 0:
            fulfil.release(self.book, order, at(self.book.minute), "", "expired")
        else:
            fulfil.hand_over(self.book, order, at(self.book.minute), "", "code")
            self.shelf[sku] -= units
        self.owed[sku] -= units
        self.score.add("oversold", max(0, self.owed[sku] - self.shelf[sku]))
        self.book.commit()
        if self._has_line:
            self._exchange()
            self._rebalance(sku)

    def _move(self, reason: str, line: MoveLine) -> None:
        """Book a movement; one that the rules refuse would be a fault of this market."""
        book_move(self.book, Move(reason=reason, lines=(line,), at=at(self.book.minute)))  # type: ignore[arg-type]
        self.book.commit()

    def _rebalance(self, sku: str) -> None:
        """With a line: grant up to the rest, ask back what is above it."""
        if not self._has_line:
            return
        granted = self.book.stock(sku).granted
        asks = rebalance(self.book, sku, at(self.book.minute))
        self.book.commit()
        self.score.add("granted by itself", int(self.book.stock(sku).granted > granted))
        if asks:
            self.score.add("asked back by itself")
            self._exchange({sku: asks})

    def _exchange(self, wants: Mapping[str, int] | None = None) -> None:
        """All that either side has to say, said and heard."""
        wants_id = request_id(self.book.position(), self._id("").zfill(9)) if wants else None
        while True:
            up = make_up(self.book, self.book.position().heard, wants, wants_id)
            apply_up(self.hub, up, parse_fact)
            down = make_down(self.hub)
            known = {item["order"] for item in down.items if item["kind"] == "order"}
            received = receive_down(self.book, down, parse_item, at(self.book.minute))
            for order in known & set(received.new_orders):
                self.book.count("online", *self._orders[order])
            self.hub.commit()
            self.book.commit()
            wants = wants_id = None
            if self.book.position().seq == self.hub.position().app and not received.answer:
                return

    def _available(self, sku: str) -> int:
        stock = self.hub.stock(sku)
        return stock.available if stock else 0

    def _lost(self, channel: str, units: int, elsewhere: int) -> None:
        """Count units that a customer did not get, and those of them that the other channel had free."""
        self.score.add(f"{channel} lost {'with' if self._has_line else 'without'} a line", units)
        self.score.add(f"{channel} misplaced", max(0, min(units, elsewhere)))

    def _id(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}{self._made}"


def at(minute: int) -> str:
    """A minute of the market as the wire writes it."""
    return (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _item(order: str, sku: str, units: int, now: str) -> HoldItem:
    """An order of one line."""
    line = HoldLine(line=1, sku=sku, qty=units, names={})
    return HoldItem(
        order=order,
        number=order,
        code_hash="00" * 16,
        pay_at="counter",
        due_minor=0,
        currency="CNY",
        placed_at=now,
        ready_by=now,
        expires_at=now,
        lines=(line,),
    )


def trade(weather: StoreWeather, policy: Policy, given: Allotment, days: int) -> Score:
    """A store's score under a policy."""
    return Trade(weather, policy, given).run(days * DAY)
