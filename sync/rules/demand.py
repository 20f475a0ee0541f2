"""What a store has seen of its customers and its line: counters that forget, the allotment's memory.

Integers only, so that every Python on every machine decides the same. Nothing here is needed for
safety: a store that lost all of it shares its stock as it did on its first day.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from sync.rules.canonical import Raw

Channel = Literal["till", "online"]

PARTS: Final = 1000
"""Counters are in thousandths of units, of days and of outages, so that forgetting loses no unit."""
KEPT_OF_TEN: Final = 9
"""What a day leaves of the counters, in tenths: the last ten days weigh as much as all before."""
FORGOTTEN_DAYS: Final = 100
"""After so many days nothing is left."""
MOST_UNITS: Final = 1_000_000
"""What a counter adds at most for one fact."""
LENGTHS: Final = (3, 12, 45, 150, 480, 1200)
"""The lengths of outages that are told apart, minutes: each stands for those from half to twice it."""
_EDGES: Final = (6, 24, 80, 270, 760)
_ORDINAL: Final = 719_163
"""The day 1970-01-01 in Python's count of days."""


def minute_of(at: str) -> int:
    """Minutes from 1970-01-01 to an instant as the wire writes it (UTC)."""
    days = date.fromisoformat(at[:10]).toordinal() - _ORDINAL
    return days * 1440 + int(at[11:13]) * 60 + int(at[14:16])


def sold_by(raw: Raw) -> list[tuple[str, int]]:
    """SKU and units that an event of the log sold at a till; nothing for any other event.

    A sale beyond the floor's units is an `override` and was wanted no less.
    """
    if raw["kind"] != "move" or raw["reason"] not in {"sale", "override"}:
        return []
    return [(line["sku"], line["qty"]) for line in raw["lines"] if not line.get("target")]


def _faded(value: int, days: int) -> int:
    """What is left of a counter after some days."""
    for _ in range(min(days, FORGOTTEN_DAYS)):
        value = value * KEPT_OF_TEN // 10
    return 0 if days > FORGOTTEN_DAYS else value


def _exposure(days: int, passed: int) -> int:
    """The decayed number of days that were watched, after `passed` more of them."""
    for _ in range(min(passed, FORGOTTEN_DAYS)):
        days = (days + PARTS) * KEPT_OF_TEN // 10
    return days


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What customers wanted of one SKU.

    Args:
        day: the day up to which the counters are faded, days since 1970-01-01.
        days: whole days watched before it, faded likewise, thousandths.
        till: units sold at the tills, thousandths.
        online: units promised online, or wanted there and refused, thousandths.
    """

    day: int
    days: int = 0
    till: int = 0
    online: int = 0

    def on(self, minute: int) -> "Demand":
        """The counters faded to the day of `minute`; a clock that went back fades nothing."""
        passed = minute // 1440 - self.day
        if passed <= 0:
            return self
        return Demand(
            day=self.day + passed,
            days=_exposure(self.days, passed),
            till=_faded(self.till, passed),
            online=_faded(self.online, passed),
        )

    def with_units(self, channel: Channel, units: int, minute: int) -> "Demand":
        """The counters after `units` were wanted in a channel."""
        faded = self.on(minute)
        added = max(0, min(units, MOST_UNITS)) * PARTS
        if channel == "till":
            return replace(faded, till=faded.till + added)
        return replace(faded, online=faded.online + added)

    def watched(self, minute: int) -> int:
        """How long the SKU has been watched, faded, thousandths of days."""
        return self.on(minute).days + minute % 1440 * PARTS // 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """A store's hours and its line.

    Args:
        day: the day up to which the counters are faded, days since 1970-01-01.
        days: whole days watched before it, faded likewise, thousandths.
        till: units sold at the tills in each hour of the day (UTC), thousandths.
        online: units wanted online in each hour of the day, thousandths.
        outages: times without a line by length (LENGTHS), thousandths.
        cut_at: the minute since which there is no line; None while there is one, or none is known.
    """

    day: int
    days: int = 0
    till: tuple[int, ...] = (0,) * 24
    online: tuple[int, ...] = (0,) * 24
    outages: tuple[int, ...] = (0,) * len(LENGTHS)
    cut_at: int | None = None

    def on(self, minute: int) -> "Habits":
        """The counters faded to the day of `minute`; a clock that went back fades nothing."""
        passed = minute // 1440 - self.day
        if passed <= 0:
            return self
        return Habits(
            day=self.day + passed,
            days=_exposure(self.days, passed),
            till=tuple(_faded(value, passed) for value in self.till),
            online=tuple(_faded(value, passed) for value in self.online),
            outages=tuple(_faded(value, passed) for value in self.outages),
            cut_at=self.cut_at,
        )

    def with_units(self, channel: Channel, units: int, minute: int) -> "Habits":
        """The counters after `units` were wanted in a channel."""
        faded = self.on(minute)
        hour, added = minute // 60 % 24, max(0, min(units, MOST_UNITS)) * PARTS
        if channel == "till":
            return replace(faded, till=_raised(faded.till, hour, added))
        return replace(faded, online=_raised(faded.online, hour, added))

    def cut(self, minute: int) -> "Habits":
        """The line died; nothing changes while it is dead already."""
        return self if self.cut_at is not None else replace(self.on(minute), cut_at=minute)

    def restored(self, minute: int) -> "Habits":
        """The line is back: the time without it counts by its length."""
        if self.cut_at is None:
            return self
        faded = self.on(minute)
        place = bisect_left(_EDGES, max(0, minute - self.cut_at))
        return replace(faded, outages=_raised(faded.outages, place, PARTS), cut_at=None)

    def watched(self, minute: int) -> int:
        """How long the store has been watched, faded, thousandths of days."""
        return self.on(minute).days + minute % 1440 * PARTS // 1440


def _raised(values: tuple[int, ...], place: int, added: int) -> tuple[int, ...]:
    """The values with one of them raised."""
    return (*values[:place], values[place] + added, *values[place + 1 :])


def habits_from(raw: Any) -> Habits | None:
    """Habits as `sync.rules.canonical.to_raw` wrote them; None where they make no sense."""
    if not isinstance(raw, dict):
        return None
    series = {"till": 24, "online": 24, "outages": len(LENGTHS)}
    found: dict[str, Any] = {}
    for name in ("day", "days", "cut_at"):
        value = raw.get(name, None if name == "cut_at" else 0)
        if not _is_counter(value) and not (name == "cut_at" and value is None):
            return None
        found[name] = value
    for name, length in series.items():
        values = raw.get(name, [0] * length)
        if not isinstance(values, list) or len(values) != length or not all(map(_is_counter, values)):
            return None
        found[name] = tuple(values)
    return Habits(**found)


def _is_counter(value: Any) -> bool:
    """Whether a value is a whole number that no counter falls below."""
    return type(value) is int and value >= 0
