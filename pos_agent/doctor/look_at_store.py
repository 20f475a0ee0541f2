"""What the doctor reads of the store folder: the last booking, the door for phones. It changes nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pos_agent.lan.certificate_files import CertificateFiles
from pos_agent.lan.door import LanDoor
from pos_agent.lan.look_at_door import Seen, Sign, look_at_door
from pos_agent.machine_lock import AlreadyRunning, only_one
from pos_agent.settings import AgentSettings
from sync.storage.errors import DiskTrouble
from sync.values.clock import Clock, from_instant

TOLERANCE: Final = timedelta(minutes=2)
"""So far a clock may have been set back without a word."""
_LAST: Final = "SELECT at FROM event ORDER BY seq DESC LIMIT 1"
_SEEN: Final = "SELECT seen_at FROM paired_browser"


def last_booking(database: Path, now: datetime) -> Sign | None:
    """Whether the clock is behind the last booking; None where nothing was booked or can be read."""
    rows = _read(database, _LAST)
    if not rows:
        return None
    last = from_instant(rows[0][0])
    facts = {"now": _second(now), "since": _second(last)}
    is_behind = now < last - TOLERANCE
    return Sign(not is_behind, "clock", "clock_before_books" if is_behind else "clock_good", facts)


def look_at_phones(settings: AgentSettings, store: str, clock: Clock) -> list[Sign]:
    """The door to the shop's network as the settings have it."""
    seen = Seen(
        door=LanDoor(settings.lan, CertificateFiles(settings.data_dir, store), clock),
        now=clock.now(),
        is_running=is_running(settings.data_dir),
        browsers=tuple(from_instant(row[0]) for row in _read(settings.database, _SEEN)),
    )
    return look_at_door(seen)


def is_running(data_dir: Path) -> bool:
    """Whether an agent works on this folder."""
    if not data_dir.exists():
        return False
    try:
        with only_one(data_dir):
            return False
    except AlreadyRunning:
        return True
    except DiskTrouble:
        return False


def read_rows(
    database: Path, read: Callable[[sqlite3.Connection], list[tuple[str, ...]]]
) -> list[tuple[str, ...]]:
    """What a reading of the database gives, without changing it; nothing where it cannot be read."""
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return read(connection)
    except sqlite3.Error:
        return []


def _read(database: Path, sql: str) -> list[tuple[str, ...]]:
    return read_rows(database, lambda connection: connection.execute(sql).fetchall())


def _second(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
