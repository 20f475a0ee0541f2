"""The night's chore: at its hour or later, spread by jitter, never twice a day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sync.runtime.nightly import is_due

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "jitter_s", "last_day", "due"),
    [
        ("2026-05-02T02:59:59.999", 0, "2026-05-01", False),
        ("2026-05-02T03:00:00", 0, "2026-05-01", True),
        ("2026-05-02T03:00:00", 0, "", True),
        ("2026-05-02T03:09:59", 600, "2026-05-01", False),
        ("2026-05-02T03:10:00", 600, "2026-05-01", True),
        ("2026-05-02T09:00:00", 600, "2026-05-01", True),
        ("2026-05-02T23:59:59", 0, "2026-05-02", False),
        ("2026-05-01T04:00:00", 0, "2026-05-02", False),
    ],
)
def test_when_it_is_due(now: str, jitter_s: float, last_day: str, due: bool) -> None:
    assert is_due(at(now), 3, jitter_s, last_day) is due


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_day_on_which_clocks_are_changed_has_it_once(day: str) -> None:
    last, times = "", 0
    moment = at(f"{day}T00:00:00", BERLIN).astimezone(ZoneInfo("UTC"))
    for _ in range(24 * 4):
        local = moment.astimezone(BERLIN)
        if local.date().isoformat() == day and is_due(local, 2, 0, last):
            last, times = local.date().isoformat(), times + 1
        moment += timedelta(minutes=15)
    assert times == 1
