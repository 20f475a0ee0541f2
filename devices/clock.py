"""The one place of this package that reads a clock; everything else is handed one."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment as an aware UTC datetime."""
    return datetime.fromtimestamp(time.time(), UTC)


def timestamp(moment: datetime) -> str:
    """A moment as ISO 8601 text in UTC with microseconds, which sorts as it happened."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
