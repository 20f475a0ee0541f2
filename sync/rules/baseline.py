"""The beginning of a log that takes over from an earlier one: what the hub knew, then what else happened.

A ledger that starts anew (its disk was lost, or an old image of it was put back) writes the state that
it was given as the first facts of its own log, so every log is whole from its first event on: what can
be replayed needs no other form of snapshot, no acknowledgement of its own, and no rule of its own for
loss, doubling and reordering.

    begin, balances ..., carried ..., whole, (facts of the old log that the hub never saw), ordinary facts
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from sync.values.bounds import MOST_COUNTER, Bound, Counter, Id, Instant, Items, Sku, Units

MOST_BALANCES = 100
"""The most SKUs in one fact: a full message of them stays below 64 KiB on the wire."""

Balance = Annotated[int, Bound(-MOST_COUNTER, MOST_COUNTER)]
"""A bucket's units; below zero only by recorded decisions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuBalance:
    """One SKU: buckets and cumulative counters, units."""

    sku: Sku
    floor: Balance = 0
    staged: Balance = 0
    damaged: Balance = 0
    granted: Counter = 0
    returned: Counter = 0
    settled: Counter = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedLine:
    """One hold line's counters, units."""

    line: Units
    sku: Sku
    qty: Units
    done: Counter = 0
    short: Counter = 0
    released: Counter = 0
    staged: Counter = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """This log takes over from the state that the hub held at event `from_seq` of incarnation `from_sinc`."""

    kind: Literal["begin"] = "begin"
    from_sinc: Counter
    from_seq: Counter
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """SKUs as they stood; one that no such fact names stood at zero."""

    kind: Literal["balances"] = "balances"
    lines: Annotated[tuple[SkuBalance, ...], Items(1, MOST_BALANCES)]
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A hold as it stood, finished ones included."""

    kind: Literal["carried"] = "carried"
    order: Id
    stage: Literal["received", "picking", "ready", "closed"]
    lines: Annotated[tuple[CarriedLine, ...], Items(1, 100)]
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The state is told; `facts` more of the old log follow, then the store goes on."""

    kind: Literal["whole"] = "whole"
    facts: Counter = 0
    at: Instant


Baseline = Begin | Balances | Carried | Whole
