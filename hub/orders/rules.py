"""Pure decisions about orders: what a request must say, when goods are ready, which stage follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

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
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_AHEAD: Final = 14


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


def closing_stage(*, done: int, short: int, why: str) -> Stage:
    """How an order whose every unit is settled ended."""
    if done:
        return "collected"
    if short:
        return "short"
    return "expired" if why == "expired" else "cancelled"


def _at(day: datetime, clock: str) -> datetime:
    """A day's HH:MM; 24:00 is the next day's midnight."""
    hours, minutes = (int(part) for part in clock.split(":"))
    midnight = datetime.combine(day.date(), time(), day.tzinfo)
    return midnight + timedelta(hours=hours, minutes=minutes)


def ready_by(
    now: datetime, hours: Mapping[str, tuple[str, str]], zone: ZoneInfo, lead: timedelta
) -> datetime:
    """When the goods will be ready: `lead` of opening time from now on.

    A store without opening hours is taken as always open; one that opens on no day within two
    weeks promises now plus `lead`, since its own closing is what a person must explain.
    """
    if not hours:
        return now + lead
    local = now.astimezone(zone)
    for ahead in range(_DAYS_AHEAD):
        day = local + timedelta(days=ahead)
        span = hours.get(_WEEKDAYS[day.weekday()])
        if span is None:
            continue
        opens, closes = _at(day, span[0]), _at(day, span[1])
        if closes <= opens:
            closes += timedelta(days=1)
        ready = max(local, opens) + lead
        if ready <= closes:
            return ready.astimezone(now.tzinfo)
    return now + lead


def refund_due(amounts: Sequence[tuple[int, int, int]]) -> int:
    """Minor units to give back for units that were not handed over.

    Args:
        amounts: per line (amount in minor units, ordered units, units not handed over).

    Returns:
        The lines' paid shares, each rounded half up, so that a whole line gives its whole amount.
    """
    return sum((amount * lost * 2 + qty) // (qty * 2) for amount, qty, lost in amounts)
