"""Opening hours as pages tell them: open until when, or closed until when; in the store's zone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
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
        closes: When it closes, while open.
        opens: When it opens next, while closed; None when no day within a week has hours.
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
        span = _span(local + timedelta(days=ahead), hours)
        if span is not None and span[0] <= local < span[1]:
            return Opening(is_open=True, closes=span[1], today=today)
    for ahead in range(DAYS_AHEAD):
        span = _span(local + timedelta(days=ahead), hours)
        if span is not None and span[0] > local:
            return Opening(is_open=False, opens=span[0], days_ahead=ahead, today=today)
    return Opening(is_open=False, today=today)


def _span(day: datetime, hours: Hours) -> tuple[datetime, datetime] | None:
    """A day's opening as instants."""
    given = hours.get(WEEKDAYS[day.weekday()])
    if given is None:
        return None
    opens, closes = (_at(day, clock) for clock in given)
    return opens, closes + timedelta(days=1) if closes <= opens else closes


def _at(day: datetime, clock: str) -> datetime:
    """A day's HH:MM by the wall clock; 24:00 is the next day's midnight."""
    hour, minute = (int(part) for part in clock.split(":"))
    date = day.date() + timedelta(days=hour // 24)
    return datetime.combine(date, time(hour % 24, minute), day.tzinfo)
