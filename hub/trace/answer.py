"""A trace as programs read it."""

from pydantic import BaseModel

from hub.trace.queries import Trace
from hub.trace.rules import KEPT, Hop, Leg
from sync.values.clock import to_instant


class HopAnswer(BaseModel):
    """A place where the event or item was, `at` by the hub's clock.

    `own_at` is what the store's clock showed, where it is known to differ. `after_ms` is the time since the
    hop before; null for the first, and where `clocks_differ`: by the two clocks it took less than no time.
    `count` belongs to the hop: how often it was sent (0: not known), how many open pages were told.
    """

    name: str
    at: str
    own_at: str | None
    after_ms: int | None
    clocks_differ: bool
    count: int | None


class LegAnswer(BaseModel):
    """An event (`up`, its id STORE/SINC/SEQ) or an item (`down`, its id STORE/vVERSION) with its hops.

    `kept` is `kept`, `under_way` (not confirmed yet), `not_kept` (lost with a program that ended) or
    `expired` (older than a week). `rejected` says why the hub could not book an event.
    """

    way: str
    id: str
    kind: str
    what: str
    facts: dict[str, str]
    kept: str
    skew_ms: int | None
    took_ms: int | None
    rejected: str
    hops: list[HopAnswer]


class TraceAnswer(BaseModel):
    """What was asked for (`event`, `order`, `document`, `paper` or `item`) and its legs in order of time.

    `skew_ms` is how far the store's clock was ahead of the hub's; `more` is true where there are more legs
    than one answer holds.
    """

    kind: str
    id: str
    store: str
    skew_ms: int | None
    clocks_differ: bool
    kept_days: int
    more: bool
    legs: list[LegAnswer]


def trace_answer(trace: Trace) -> TraceAnswer:
    """The answer."""
    return TraceAnswer(
        kind=trace.target.kind,
        id=trace.target.id,
        store=trace.target.store,
        skew_ms=trace.skew_ms,
        clocks_differ=trace.is_apart,
        kept_days=KEPT.days,
        more=trace.is_cut,
        legs=[_leg(leg) for leg in trace.legs],
    )


def _leg(leg: Leg) -> LegAnswer:
    """One event or item."""
    return LegAnswer(
        way=leg.way,
        id=leg.id,
        kind=leg.kind,
        what=leg.what,
        facts=dict(leg.facts),
        kept=leg.kept,
        skew_ms=leg.skew_ms,
        took_ms=leg.took_ms,
        rejected=leg.rejected,
        hops=[_hop(hop) for hop in leg.hops],
    )


def _hop(hop: Hop) -> HopAnswer:
    """One hop."""
    return HopAnswer(
        name=hop.name,
        at=to_instant(hop.at),
        own_at=to_instant(hop.own_at) if hop.own_at else None,
        after_ms=hop.after_ms,
        clocks_differ=hop.is_apart,
        count=hop.note,
    )
