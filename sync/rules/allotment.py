"""The allotment policy: how many unpromised units the online channel should rest at. Pure, replaceable.

A policy never moves a unit. It names the least units below which the store grants more, and the most
above which it asks the hub to return some; `sync.rules.rights` grants only within the floor's units,
and the hub returns only what it has not promised. So the worst policy loses sales and oversells none.

With a line the split costs nothing but a question: whoever lacks a unit gets the other side's. It
counts when the line dies, because then it is frozen. `learning` therefore always rests at the split
that would lose the fewest sales if the line died now: unit by unit, to the channel that is likelier to
sell one more before the line is back (the newsvendor's rule for two sellers of one stock).
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, Protocol

from sync.rules.demand import LENGTHS, PARTS, Demand, Habits
from sync.rules.rights import Allotment, Rest, StoreStock

PolicyName = Literal["fixed", "learning"]

SHARE: Final = 1_000_000
"""Probabilities are in millionths."""
SPREAD: Final = 2
"""How bursty customers are: a time that brings m units on average has the variance m + m * m / SPREAD."""
WORTH: Final = 500
"""A unit is moved if that saves this many sales a day, millionths: moving one costs a short message."""
WATCHED_ENOUGH: Final = PARTS
"""Before a SKU was watched for so long (thousandths of a day) the fixed share holds."""
MOST_LOTS: Final = 30
"""A larger stock is weighed in lots of several units, so that a decision takes as long for any stock."""
PRIOR_UNITS: Final = 500
"""Each channel is taken to have sold half a unit before it was watched, thousandths."""
PRIOR_OUTAGES: Final = (0, 0, 150, 200, 200, 50)
"""Outages before any was seen, thousandths by length."""
PRIOR_DAYS: Final = 2 * PARTS
"""The days over which the prior outages are taken to have happened, thousandths."""
_SCALE: Final = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a store knows when it decides about a SKU.

    Args:
        given: what HQ set for the store.
        minute: the present, minutes since 1970-01-01 UTC.
        has_line: whether the hub can hear a grant.
        demand: what customers wanted of the SKU; None where nothing was counted.
        habits: the store's hours and outages; None where nothing was counted.
    """

    given: Allotment
    minute: int
    has_line: bool = True
    demand: Demand | None = None
    habits: Habits | None = None


class Policy(Protocol):
    """Decides where the online channel should rest."""

    def __call__(self, known: Known, stock: StoreStock) -> Rest | None:
        """The least and the most units, given what is known and the SKU's balances.

        None: the share that HQ set, filled up when goods come in, nothing asked back.
        """
        ...


def unpromised(stock: StoreStock) -> int:
    """Units that no order owns: what there is to share, never negative."""
    return max(0, stock.free + max(0, stock.online))


def fixed_share(known: Known, stock: StoreStock) -> None:  # noqa: ARG001  # it is fixed whatever is known
    """The share that HQ set, whatever sells."""
    return


def fixed_safety_stock(known: Known, stock: StoreStock, units: int = 2) -> Rest:
    """All but a fixed number of units is online, as shops with a safety stock do it."""
    target = max(0, unpromised(stock) - max(units, known.given.kept))
    return Rest(least=target, most=target)


def even_split(known: Known, stock: StoreStock) -> Rest:  # noqa: ARG001  # it is even whatever is known
    """Half for each, kept in both directions; the odd unit is online."""
    target = (unpromised(stock) + 1) // 2
    return Rest(least=target, most=target)


def learning(known: Known, stock: StoreStock) -> Rest | None:
    """The split that loses the fewest sales if the line died now, by what the store has seen.

    Where too little is known, the fixed share holds. Without a line nothing is granted: the hub could
    not hear it, so a granted unit would be sold by nobody.
    """
    demand, habits, minute = known.demand, known.habits, known.minute
    if demand is None or habits is None or demand.watched(minute) < WATCHED_ENOUGH:
        return None
    if not known.has_line:
        return Rest(least=0)
    whole = unpromised(stock)
    lot = -(-whole // MOST_LOTS) or 1
    lots = whole // lot
    gains = _gains(_outlooks(demand, habits, minute), lots, lot)
    most = max(0, whole - known.given.kept)
    return Rest(
        least=min(most, lot * sum(gain > WORTH for gain in gains)),
        most=min(most, lot * sum(gain > -WORTH for gain in gains) + whole % lot),
    )


@dataclass(frozen=True, slots=True)
class _Outlook:
    """A kind of outage: how many there are a day (millionths), and what each channel would sell in one.

    The means are in thousandths of units.
    """

    a_day: int
    till: int
    online: int


def _outlooks(demand: Demand, habits: Habits, minute: int) -> list[_Outlook]:
    """What outages of each length would cost, as far as there are any."""
    now, hours = demand.on(minute), habits.on(minute)
    watched = max(1, demand.watched(minute))
    seen = habits.watched(minute) + PRIOR_DAYS
    till = _means(now.till, watched, _parts_of_day(hours.till, minute))
    online = _means(now.online, watched, _parts_of_day(hours.online, minute))
    rates = [
        (outages + prior) * SHARE // seen for outages, prior in zip(hours.outages, PRIOR_OUTAGES, strict=True)
    ]
    return [_Outlook(*found) for found in zip(rates, till, online, strict=True) if found[0]]


def _means(wanted: int, watched: int, parts: list[int]) -> list[int]:
    """Units wanted in parts of a day (millionths) on average, thousandths."""
    return [(wanted + PRIOR_UNITS) * part // (watched * (SHARE // PARTS)) for part in parts]


def _parts_of_day(hours: tuple[int, ...], minute: int) -> list[int]:
    """What falls into the next minutes of a day's demand, for each of LENGTHS, in millionths of the day.

    An hour that was never seen to sell counts a little, since the store may just not have been watched.
    """
    total = sum(hours)
    least = total // 480 + 1
    whole = 60 * (total + 24 * least)
    weight, at, parts = 0, minute, []
    for length in LENGTHS:
        end = minute + length
        while at < end:
            here = min(end - at, 60 - at % 60)
            weight += (hours[at // 60 % 24] + least) * here
            at += here
        parts.append(weight * SHARE // whole)
    return parts


def _gains(outlooks: list[_Outlook], lots: int, lot: int) -> list[int]:
    """What each next lot saves a day if it is online rather than on the floor, millionths, falling."""
    gains = [0] * lots
    for outlook in outlooks:
        online = likely(outlook.online // lot, lots)
        till = likely(outlook.till // lot, lots)
        for place in range(lots):
            gains[place] += outlook.a_day * (online[place] - till[lots - 1 - place])
    return [gain // SHARE for gain in gains]


@lru_cache(maxsize=4096)
def likely(mean: int, count: int) -> tuple[int, ...]:
    """How likely at least 1, 2, … `count` units are wanted, millionths, where the mean is `mean` thousandths.

    The negative binomial distribution: Poisson customers whose rate is itself uncertain, as it is for
    demand in bursts and for a rate that was learned. Its terms follow from each other by a ratio of
    integers, and their sum is known exactly.
    """
    whole = _SCALE * (mean + PARTS * SPREAD) ** SPREAD // (PARTS * SPREAD) ** SPREAD
    term, below, found = _SCALE, 0, []
    for units in range(count):
        below += term
        chance = SHARE * max(0, whole - below) // whole
        if not chance:
            break
        found.append(chance)
        term = term * (SPREAD + units) * mean // ((units + 1) * (mean + PARTS * SPREAD))
    return (*found, *(0,) * (count - len(found)))


POLICIES: Final[dict[str, Policy]] = {"fixed": fixed_share, "learning": learning}
"""What a store may be set to."""


def decide(policy: PolicyName, known: Known, stock: StoreStock) -> Allotment:
    """How to share a SKU now: what HQ set, and where the policy wants the online channel to rest."""
    return replace(known.given, rest=POLICIES[policy](known, stock))
