"""When a chore of the night is due: once a local day, at an hour, spread over machines by a jitter. Pure."""

from datetime import datetime
from typing import Final

JITTER_MOST_S: Final = 1_800.0
"""Machines that share an hour begin within this many seconds of it."""


def is_due(local_now: datetime, hour: int, jitter_s: float, last_day: str) -> bool:
    """Whether the chore is to be done now.

    A machine that was off at the hour does it when it is on again that day.

    Args:
        local_now: now, in the zone whose night it is.
        hour: 0 to 23.
        jitter_s: this machine's share of JITTER_MOST_S.
        last_day: the local date (ISO 8601) on which it was begun last; empty for never. Never twice a
            day, and not again for a day that was had before a clock went back.
    """
    if last_day and last_day >= local_now.date().isoformat():
        return False
    elapsed_s = (
        (local_now.hour - hour) * 3600
        + local_now.minute * 60
        + local_now.second
        + local_now.microsecond / 1e6
    )
    return elapsed_s >= jitter_s
