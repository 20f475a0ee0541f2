"""Opening hours by a store's own clock: open until when, or closed until when. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_AHEAD: Final = 8
Hours = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Whether a store is open.

    Attributes:
        is_open: Goods can be collected now.
        always: The store names no hours.
        closes: When it closes, while open; UTC.
        opens: When it opens next, while closed; UTC; None when no day within a week has hours.
        days_ahead: 0 when it opens today, 1 tomorrow.
        today: Today's span as HH:MM texts; None when closed all day.
    """

    is_open: bool
    always: bool = False
    closes: datetime | None = None
    opens: datetime | None = None
    days_ahead: int = 0
    today: tuple[str, str] | None = None


def opening_at(now: datetime, hours: Hours, zone: ZoneInfo) -> Opening:
    """How a store stands at an instant.

    Args:
        now: Aware.
        hours: mon … sun to (opens, closes) as HH:MM; a span that ends at or before its start runs past
            midnight. No entry means always open.
        zone: The store's.
    """
    if not hours:
        return Opening(is_open=True, always=True)
    local = now.astimezone(zone)
    today = hours.get(WEEKDAYS[local.weekday()])
    for ahead in (-1, 0):
        span = span_of(local + timedelta(days=ahead), hours)
        if span is not None and span[0] <= now < span[1]:
            return Opening(is_open=True, closes=span[1], today=today)
    for ahead in range(DAYS_AHEAD):
        span = span_of(local + timedelta(days=ahead), hours)
        if span is not None and span[0] > now:
            return Opening(is_open=False, opens=span[0], days_ahead=ahead, today=today)
    return Opening(is_open=False, today=today)


def span_of(day: datetime, hours: Hours) -> tuple[datetime, datetime] | None:
    """When a store opens and closes on a day, in UTC; None when it stays shut.

    Args:
        day: any moment of the day, in the store's zone.
        hours: as for `opening_at`.
    """
    given = hours.get(WEEKDAYS[day.weekday()])
    if given is None:
        return None
    opens, closes = (_at(day, clock) for clock in given)
    return (opens, closes) if closes > opens else (opens, _at(day + timedelta(days=1), given[1]))


def _at(day: datetime, clock: str) -> datetime:
    """A day's HH:MM by the wall clock, in UTC; 24:00 is the next day's midnight."""
    hours, minutes = (int(part) for part in clock.split(":"))
    midnight = datetime.combine(day.date(), time(), day.tzinfo)
    return (midnight + timedelta(hours=hours, minutes=minutes)).astimezone(UTC)
