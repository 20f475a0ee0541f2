"""The monkey's plan: which faults happen when and for how long, drawn from a seed. Pure.

The same seed, length and stores give the same plan; what the programs make of it differs with the machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

CALM_FIRST_S: Final = 2.0
GAPS_S: Final = (0.3, 2.0)
"""Between the beginnings of two faults: least and most."""
DOWN_S: Final = (0.0, 2.5)
"""How long a killed program stays down."""
WEATHER_S: Final = (0.5, 6.0)
"""How long a line or a printer is ill."""
WEIGHTS: Final = {
    "kill hub": 4,
    "kill agent": 6,
    "kill broker": 3,
    "kill several": 2,
    "replace broker": 1,
    "line cut": 3,
    "line half-open": 3,
    "line delay": 2,
    "line drop": 2,
    "line slow": 2,
    "printer paper-out": 1,
    "printer offline": 1,
    "printer power-cycle": 1,
}
_ENDLESS: Final = {"printer power-cycle"}
"""Faults that end by themselves at once."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        kind: A key of WEIGHTS.
        at_s: When it begins, seconds from the start.
        for_s: How long it lasts, seconds.
        targets: Process names (`hub`, `broker`, a store's id for its agent), or a line's or printer's store.
        order: What the control port is told; empty for processes.
    """

    kind: str
    at_s: float
    for_s: float
    targets: tuple[str, ...]
    order: str = ""


def plan(seed: int, seconds: float, stores: tuple[str, ...]) -> list[Fault]:
    """All faults of a run; each ends within `seconds`."""
    return list(_faults(Random(seed), seconds, stores))


def _faults(random: Random, seconds: float, stores: tuple[str, ...]) -> Iterator[Fault]:
    at_s = CALM_FIRST_S
    while True:
        at_s += random.uniform(*GAPS_S)
        kind = random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        fault = _fault(random, kind, at_s, stores)
        if at_s >= seconds:
            return
        if at_s + fault.for_s <= seconds:
            yield fault


def _fault(random: Random, kind: str, at_s: float, stores: tuple[str, ...]) -> Fault:
    """One fault of a kind: whom it hits, how hard, how long."""
    what, _, how = kind.partition(" ")
    store = random.choice(stores)
    if what in {"kill", "replace"}:
        return Fault(kind, at_s, random.uniform(*DOWN_S), _victims(random, how, store, stores))
    for_s = 0.0 if kind in _ENDLESS else random.uniform(*WEATHER_S)
    strengths = {
        "delay": f" {random.randrange(50, 1500)} {random.randrange(1000)}",
        "drop": f" {random.randrange(20, 100)}",
        "slow": f" {random.randrange(200, 20_000)}",
    }
    return Fault(kind, at_s, for_s, (store,), how + strengths.get(how, ""))


def _victims(random: Random, how: str, store: str, stores: tuple[str, ...]) -> tuple[str, ...]:
    """Which processes a kill hits."""
    if how == "agent":
        return (store,)
    if how != "several":
        return (how,)
    everybody = ("hub", "broker", *stores)
    return tuple(random.sample(everybody, random.randint(2, len(everybody))))
