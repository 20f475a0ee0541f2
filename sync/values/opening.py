"""Opening hours by a store's own clock: when a day begins and ends, how long was open between two moments."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = Mapping[str, tuple[str, str]]
"""mon … sun to (opens, closes) as HH:MM; a span that ends at or before its start runs past midnight. A day
without an entry is closed; no entry at all means always open."""
MOST_DAYS: Final = 14
"""Days that are looked at: what began earlier counts as begun then."""


def span_of(day: datetime, hours: Hours) -> tuple[datetime, datetime] | None:
    """When a store opens and closes on a day, in UTC; None when it stays shut.

    Args:
        day: any moment of the day, in the store's zone.
        hours: the store's.
    """
    given = hours.get(WEEKDAYS[day.weekday()])
    if given is None:
        return None
    opens, closes = (_at(day, clock) for clock in given)
    return (opens, closes) if closes > opens else (opens, _at(day + timedelta(days=1), given[1]))


def open_between(since: datetime, until: datetime, hours: Hours, zone: ZoneInfo) -> timedelta:
    """How long a store was open between two aware moments, of the last MOST_DAYS days."""
    if until <= since:
        return timedelta(0)
    if not hours:
        return until - since
    since = max(since, until - timedelta(days=MOST_DAYS))
    local, total = since.astimezone(zone), timedelta(0)
    for ahead in range(-1, MOST_DAYS + 1):
        span = span_of(local + timedelta(days=ahead), hours)
        if span is not None:
            total += max(timedelta(0), min(span[1], until) - max(span[0], since))
    return total


def _at(day: datetime, clock: str) -> datetime:
    """A day's HH:MM by the wall clock, in UTC; 24:00 is the next day's midnight."""
    hours, minutes = (int(part) for part in clock.split(":"))
    midnight = datetime.combine(day.date(), time(), day.tzinfo)
    return (midnight + timedelta(hours=hours, minutes=minutes)).astimezone(UTC)
