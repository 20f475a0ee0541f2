"""What happens to a store whatever its policy: customers, deliveries, outages, all drawn from a seed.

Every policy lives through the same draws (common random numbers), so that policies differ by what they
decide and by nothing else.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from sync.simulator.dice import Dice

DAY: Final = 1440
Happening = Literal["cut", "heal", "deliver", "till", "online"]
MarketKind = Literal["mixed", "alike", "few_online"]
MARKETS: Final[dict[MarketKind, tuple[tuple[int, float], ...]]] = {
    "mixed": ((3, 1.0), (10, 2.0), (20, 2.0), (35, 2.0), (50, 2.0), (70, 1.0)),
    "alike": ((50, 1.0),),
    "few_online": ((2, 1.0), (5, 2.0), (10, 1.0)),
}
"""The online channel's part of a SKU's customers, in percent, by weight."""

TILL_HOURS: Final = (0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 5, 6, 9, 7, 5, 5, 6, 8, 11, 10, 8, 6, 0, 0)
ONLINE_HOURS: Final = (2, 1, 1, 0, 0, 1, 2, 3, 4, 5, 5, 5, 6, 5, 5, 5, 5, 6, 7, 8, 9, 9, 8, 5)
"""How customers spread over the hours of a day: a shop open from 8 to 22, an online shop always."""
TILL_WEEKDAYS: Final = (0.85, 0.85, 0.9, 0.95, 1.1, 1.3, 1.05)
ONLINE_WEEKDAYS: Final = (1.05, 1.0, 1.0, 0.95, 0.9, 1.0, 1.1)
A_DAY: Final = ((1.0, 2.0), (2.0, 3.0), (4.0, 3.0), (8.0, 2.0), (16.0, 1.0))
"""A SKU's customers a day on both channels together, by weight."""
BASKETS: Final = ((1, 75.0), (2, 15.0), (3, 5.0), (4, 3.0), (6, 2.0))
"""Units that one customer wants, by weight."""
SPIKES_A_DAY: Final = 0.15
SPIKE: Final = 5.0
"""How often an event fills the street or the feed for two to five hours, and by how much demand rises."""
SHIFTS: Final = 0.3
"""The part of SKUs whose online part changes for good on some day."""
MISSED_DELIVERIES: Final = 0.1
COVER_DAYS: Final = 3.0
"""Deliveries come every second morning and fill up to what sells in so many days."""


@dataclass(frozen=True, slots=True)
class LineKind:
    """How a store's line fails: outages a day, and their lengths in minutes by weight."""

    name: str
    a_day: float
    minutes: tuple[tuple[int, float], ...]


LINES: Final = (
    LineKind("steady", 0.1, ((4, 3.0), (15, 3.0), (60, 2.0), (120, 1.0))),
    LineKind("usual", 0.5, ((5, 3.0), (20, 3.0), (60, 3.0), (180, 2.0), (360, 1.0))),
    LineKind("weak", 1.5, ((10, 2.0), (60, 3.0), (150, 3.0), (300, 1.0))),
    LineKind("flapping", 14.0, ((1, 4.0), (3, 4.0), (8, 3.0), (90, 0.5), (200, 0.2))),
    LineKind("dark", 0.2, ((30, 1.0), (360, 2.0), (720, 2.0), (1500, 2.0), (2200, 1.0))),
)
"""The stores of a market, one of each. Lengths spread from half to one and a half of the figure."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A SKU at a store: its customers a day on both channels, and the part of them online, then later."""

    sku: str
    a_day: float
    online: float
    later: float
    shift_day: int

    def rate(self, channel: str, day: int) -> float:
        """Customers a day in a channel."""
        online = self.online if day < self.shift_day else self.later
        return self.a_day * (online if channel == "online" else 1 - online)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in a minute; `units` per SKU is what a delivery fills up to."""

    minute: int
    kind: Happening
    sku: str = ""
    units: int = 0


@dataclass(frozen=True, slots=True)
class StoreWeather:
    """All that happens to one store."""

    line: str
    goods: tuple[Goods, ...]
    fill: dict[str, int]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """How large a market is: days, SKUs a store, stores with each kind of line, and who buys where."""

    days: int = 28
    skus: int = 10
    kind: MarketKind = "mixed"


@dataclass(slots=True)
class _Spikes:
    """Hours in which a channel sells more of some SKUs."""

    hours: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)

    def factor(self, channel: str, hour: int, sku: str) -> float:
        """By how much demand is raised."""
        return SPIKE if sku in self.hours.get((channel, hour), ()) else 1.0


def weather_of(market: Market, seed: int) -> list[StoreWeather]:
    """A market's stores, one with each kind of line."""
    return [_store(market, Dice(seed * 101 + place), line) for place, line in enumerate(LINES)]


def _store(market: Market, dice: Dice, line: LineKind) -> StoreWeather:
    """Draw a store."""
    goods = tuple(_goods(market, dice, number) for number in range(market.skus))
    spikes = _spikes(market, dice, goods)
    fill = {one.sku: 2 + math.ceil(COVER_DAYS * one.a_day * _mean(BASKETS)) for one in goods}
    events = [*_outages(market, dice, line), *_deliveries(market, dice, fill)]
    for one in goods:
        events += _customers(market, dice, one, spikes)
    order = {"cut": 0, "heal": 1, "deliver": 2, "till": 3, "online": 4}
    events.sort(key=lambda event: (event.minute, order[event.kind], event.sku))
    return StoreWeather(line.name, goods, fill, tuple(events))


def _goods(market: Market, dice: Dice, number: int) -> Goods:
    """Draw a SKU."""
    parts = MARKETS[market.kind]
    online = dice.weighted(parts) / 100
    later = dice.weighted(parts) / 100 if dice.hit(SHIFTS) else online
    return Goods(f"sku-{number}", dice.weighted(A_DAY), online, later, dice.below(market.days))


def _spikes(market: Market, dice: Dice, goods: tuple[Goods, ...]) -> _Spikes:
    """Draw the events in a town."""
    spikes = _Spikes()
    for day in range(market.days):
        if dice.hit(SPIKES_A_DAY):
            channel = dice.one_of(("till", "online"))
            skus = frozenset(one.sku for one in goods if dice.hit(0.3))
            start = day * 24 + dice.between(10, 19)
            spikes.hours |= {(channel, start + hour): skus for hour in range(dice.between(2, 5))}
    return spikes


def _outages(market: Market, dice: Dice, line: LineKind) -> Iterator[Event]:
    """Draw when the line dies and comes back."""
    minute = 0
    while True:
        minute += 1 + int(-math.log(1 - dice.below(1_000_000) / 1_000_000) * DAY / line.a_day)
        if minute >= market.days * DAY:
            return
        length = max(1, dice.weighted(line.minutes) * dice.between(50, 150) // 100)
        yield Event(minute, "cut")
        minute += length
        yield Event(minute, "heal")


def _deliveries(market: Market, dice: Dice, fill: dict[str, int]) -> Iterator[Event]:
    """Goods come before the shop opens, every second day and on the first; some fail to come."""
    for day in range(0, market.days, 2):
        for sku, units in fill.items():
            if day == 0 or not dice.hit(MISSED_DELIVERIES):
                yield Event(day * DAY + 7 * 60, "deliver", sku, units)


def _customers(market: Market, dice: Dice, goods: Goods, spikes: _Spikes) -> Iterator[Event]:
    """Draw who wants a SKU, when, and how many units."""
    shapes = (("till", TILL_HOURS, TILL_WEEKDAYS), ("online", ONLINE_HOURS, ONLINE_WEEKDAYS))
    for channel, hours, weekdays in shapes:
        for hour in range(8, market.days * 24):
            day = hour // 24
            mean = goods.rate(channel, day) * hours[hour % 24] / sum(hours) * weekdays[day % 7]
            for _ in range(_count(dice, mean * spikes.factor(channel, hour, goods.sku))):
                kind: Happening = "till" if channel == "till" else "online"
                yield Event(hour * 60 + dice.below(60), kind, goods.sku, dice.weighted(BASKETS))


def _count(dice: Dice, mean: float) -> int:
    """How many customers come where `mean` come on average (Poisson)."""
    if not mean:
        return 0
    left, count = math.exp(-mean), 0
    chance = dice.below(1_000_000) / 1_000_000
    while chance > left and count < 60:
        count += 1
        chance *= dice.below(1_000_000) / 1_000_000
    return count


def _mean(choices: tuple[tuple[int, float], ...]) -> float:
    """The mean of a weighted choice."""
    return sum(value * weight for value, weight in choices) / sum(weight for _, weight in choices)
