"""Many markets under every policy: run, summed per market, told with intervals over the markets."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import sqrt
from multiprocessing import get_context
from os import cpu_count
from statistics import mean, stdev
from typing import Any, Final

from sync.rules import allotment
from sync.rules.allotment import Policy
from sync.rules.rights import Allotment
from sync.simulator.market.trade import trade
from sync.simulator.market.weather import LINES, Market, weather_of

POLICIES: Final[dict[str, Policy]] = {
    "learning": allotment.learning,
    "even_split": allotment.even_split,
    "fixed_share": allotment.fixed_share,
    "safety_stock_8": partial(allotment.fixed_safety_stock, units=8),
    "safety_stock_2": partial(allotment.fixed_safety_stock, units=2),
}
"""What is compared; the first one against each of the others."""
FIGURES: Final[dict[str, tuple[str, ...]]] = {
    "till_lost": ("till lost with a line", "till lost without a line"),
    "online_refused_with_line": ("online lost with a line",),
    "online_refused_without_line": ("online lost without a line",),
    "lost": (
        "till lost with a line",
        "till lost without a line",
        "online lost with a line",
        "online lost without a line",
    ),
    "misplaced": ("till misplaced", "online misplaced"),
    "oversold": ("oversold",),
    "till_waits": ("till asked",),
    "shop_waits": ("shop asked",),
    "asked_back": ("asked back by itself",),
    "granted": ("granted by itself",),
}
"""Units and messages of the report, each the sum of a trade's counts."""
_T95: Final = {2: 12.71, 3: 4.31, 4: 3.19, 5: 2.78, 6: 2.58, 8: 2.37, 10: 2.27, 15: 2.15, 20: 2.1, 30: 2.05}
"""Student's t for 95 % by the number of markets, rounded up; of the next smaller number where one lacks."""


@dataclass(frozen=True, slots=True)
class Played:
    """One market: the counts of each policy at each kind of line."""

    seed: int
    counts: dict[str, dict[str, Counter[str]]]

    def total(self, policy: str) -> Counter[str]:
        """A policy's counts over all stores."""
        return sum(self.counts[policy].values(), Counter())


def play_market(market: Market, seed: int) -> Played:
    """Live through one market under every policy."""
    weather = weather_of(market, seed)
    counts = {
        name: {store.line: trade(store, policy, Allotment(), market.days).counts for store in weather}
        for name, policy in POLICIES.items()
    }
    return Played(seed, counts)


def play_markets(market: Market, seeds: Sequence[int]) -> list[Played]:
    """Live through many, in as many processes as there are processors if there is more than one."""
    if len(seeds) == 1:
        return [play_market(market, seeds[0])]
    with ProcessPoolExecutor(cpu_count(), mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(play_market, market), seeds))


def compare(market: Market, seeds: Sequence[int]) -> dict[str, Any]:
    """The report as JSON values: means per market with half widths of their 95 % intervals."""
    played = play_markets(market, seeds)
    first, *others = POLICIES
    wanted = [one.total(first)["till wanted"] + one.total(first)["online wanted"] for one in played]
    return {
        "customers": market.kind,
        "days": market.days,
        "skus": market.skus,
        "stores": [line.name for line in LINES],
        "seeds": [seeds[0], seeds[-1]],
        "wanted": _interval(wanted),
        "policies": {name: _policy(played, name) for name in POLICIES},
        "saves": {other: _saves(played, first, other) for other in others},
    }


def _policy(played: Sequence[Played], name: str) -> dict[str, Any]:
    """One policy's figures."""
    totals = [one.total(name) for one in played]
    cut = [total["online at a cut"] / max(1, total["unpromised at a cut"]) for total in totals]
    return {
        **{figure: _interval([_sum(total, parts) for total in totals]) for figure, parts in FIGURES.items()},
        "online_percent": _interval([100 * part for part in cut]),
        "misplaced_by_line": {
            line.name: _interval([_sum(one.counts[name][line.name], FIGURES["misplaced"]) for one in played])
            for line in LINES
        },
    }


def _saves(played: Sequence[Played], first: str, other: str) -> dict[str, Any]:
    """How many fewer units the first policy loses than another in the same market."""
    return {
        figure: _interval(
            [
                _sum(one.total(other), FIGURES[figure]) - _sum(one.total(first), FIGURES[figure])
                for one in played
            ]
        )
        for figure in ("lost", "misplaced")
    }


def _sum(counts: Counter[str], parts: tuple[str, ...]) -> int:
    return sum(counts[part] for part in parts)


def _interval(values: Sequence[float]) -> list[float]:
    """Mean and half width of its 95 % interval; 0 wide for a single value."""
    if len(values) < 2:
        return [round(float(values[0]), 2), 0.0]
    t = _T95[max(number for number in _T95 if number <= len(values))]
    return [round(mean(values), 2), round(t * stdev(values) / sqrt(len(values)), 2)]
