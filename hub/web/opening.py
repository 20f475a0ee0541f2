"""Opening hours by a store's own clock: open until when, or closed until when. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sync.values.opening import WEEKDAYS, Hours, span_of

DAYS_AHEAD: Final = 8


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
