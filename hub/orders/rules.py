"""Pure decisions about orders: what a request must say, when goods are ready, which stage follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sync.values.opening import Hours, span_of

Stage = Literal[
    "unpaid",
    "pending_store",
    "accepted",
    "picking",
    "ready",
    "collected",
    "short",
    "cancelled",
    "expired",
]
CLOSED: Final[frozenset[str]] = frozenset({"collected", "short", "cancelled", "expired"})
_FORWARD: Final[tuple[str, ...]] = ("unpaid", "pending_store", "accepted", "picking", "ready")
_STEP_STAGE: Final[Mapping[str, Stage]] = {
    "received": "accepted",
    "accepted": "accepted",
    "picking": "picking",
    "ready": "ready",
}
_DAYS_AHEAD: Final = 28
HOLD_HOURS: Final = 48
"""How long an order is kept from when it should be ready, where its store does not say."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a request: units of a SKU."""

    sku: str
    qty: int


def merged(lines: Sequence[Wanted]) -> list[Wanted]:
    """One line for each SKU, in the order of first mention."""
    units: dict[str, int] = {}
    for line in lines:
        units[line.sku] = units.get(line.sku, 0) + line.qty
    return [Wanted(sku, qty) for sku, qty in units.items()]


def masked(name: str) -> str:
    """A name as a store may see it: its first character and two stars."""
    return f"{name[:1]}**" if name else ""


def next_stage(stage: str, step: str) -> Stage | None:
    """The stage after a store's step, or None where it changes nothing; an order never goes back."""
    reached = _STEP_STAGE.get(step)
    if reached is None or stage not in _FORWARD:
        return None
    return reached if _FORWARD.index(reached) > _FORWARD.index(stage) else None


def closing_stage(*, done: int, released: int, why: str) -> Stage:
    """How an order whose every unit is settled ended: short only if the store had nothing of it."""
    if done:
        return "collected"
    if released:
        return "expired" if why == "expired" else "cancelled"
    return "short"


def ready_by(now: datetime, hours: Hours, zone: ZoneInfo, lead: timedelta) -> datetime:
    """When the goods will be ready: after `lead` of opening time from now on, in UTC.

    What does not fit before closing goes on at the next opening. A store without opening hours is
    taken as always open; one that is not open for `lead` within four weeks promises now plus `lead`,
    since its own closing is what a person must explain.
    """
    now = now.astimezone(UTC)
    if not hours:
        return now + lead
    today, left = now.astimezone(zone), lead
    for ahead in range(-1, _DAYS_AHEAD):
        span = span_of(today + timedelta(days=ahead), hours)
        if span is None:
            continue
        start = max(now, span[0])
        if start >= span[1]:
            continue
        if left <= span[1] - start:
            return start + left
        left -= span[1] - start
    return now + lead


def refund_due(amounts: Sequence[tuple[int, int, int]]) -> int:
    """Minor units to give back for units that were not handed over.

    Args:
        amounts: per line (amount in minor units, ordered units, units not handed over).

    Returns:
        The lines' paid shares, each rounded half up, so that a whole line gives its whole amount.
    """
    return sum((amount * lost * 2 + qty) // (qty * 2) for amount, qty, lost in amounts)
