"""What the board shows, read from the database: stores, troubles, dead letters, promises."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from hub.kernel import Kernel
from hub.monitor.health import Health, read_health
from hub.monitor.rules import RISK_AHEAD, StoreSigns, lag_ms
from sync.storage.reader import Reader
from sync.values.clock import from_instant, to_instant

LAG_EVENTS: Final = 100
"""Of how many of a store's latest events the lag is measured."""
LAG_AGE: Final = timedelta(minutes=15)
MOST_TROUBLES: Final = 100
MOST_DEAD_LETTERS: Final = 20
MOST_RAW: Final = 300


@dataclass(frozen=True, slots=True)
class Trouble:
    """An open business exception; `facts` are (name, text) pairs."""

    id: int
    kind: str
    store: str
    facts: tuple[tuple[str, str], ...]
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that could never be booked."""

    id: int
    store: str
    sinc: int
    seq: int
    code: str
    raw: str
    at: datetime


async def signs_of_all(kernel: Kernel) -> list[StoreSigns]:
    """What is known of each store, in the chain's order."""
    rows = await kernel.reader.all(
        "SELECT t.store, t.sinc, t.secret_hash IS NOT NULL, t.merged, t.app, h.state, h.since, h.seen_at,"
        " t.last_event_at, h.health FROM store_stream t JOIN store s ON s.id = t.store"
        " LEFT JOIN store_health h ON h.store = t.store ORDER BY s.position, s.id"
    )
    return [await _signs(kernel, row) for row in rows]


async def _signs(kernel: Kernel, row: Sequence[Any]) -> StoreSigns:
    """One store's signs with the lags of its latest events."""
    store, sinc, has_secret, merged, app, state, since, seen_at, last_event_at, health_text = row
    health = read_health(health_text or "{}")
    seen = [at for at in (moment(seen_at), moment(last_event_at)) if at is not None]
    return StoreSigns(
        store=store,
        sinc=sinc,
        has_secret=bool(has_secret),
        is_whole=bool(merged),
        app=app,
        presence=state or "unknown",
        since=moment(since),
        seen_at=max(seen, default=None),
        health=health,
        lags_ms=await _lags(kernel, store, sinc, health) if last_event_at else (),
    )


async def _lags(kernel: Kernel, store: str, sinc: int, health: Health) -> tuple[int, ...]:
    """Milliseconds from event to commit of the latest events, those of the last LAG_AGE only."""
    rows = await kernel.reader.all(
        "SELECT raw, at FROM event WHERE store = ? AND sinc = ? ORDER BY seq DESC LIMIT ?",
        (store, sinc, LAG_EVENTS),
    )
    earliest = kernel.clock.now() - LAG_AGE
    pairs = [(_happened(raw), moment(applied)) for raw, applied in rows]
    return tuple(
        lag_ms(happened, applied, health.skew_ms)
        for happened, applied in pairs
        if happened is not None and applied is not None and applied >= earliest
    )


def _happened(raw: str) -> datetime | None:
    """When an event happened by its store's clock."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return moment(value.get("at")) if isinstance(value, dict) else None


async def promises_at_risk(reader: Reader, now: datetime) -> int:
    """Orders that should be ready within RISK_AHEAD, or should have been, and are not."""
    row = await reader.one(
        "SELECT COUNT(*) FROM orders WHERE stage IN ('pending_store', 'accepted', 'picking')"
        " AND ready_by <= ?",
        (to_instant(now + RISK_AHEAD),),
    )
    return int(row[0]) if row else 0


async def open_troubles(reader: Reader) -> list[Trouble]:
    """Open troubles, the oldest first."""
    rows = await reader.all(
        "SELECT id, kind, store, facts, raised_at FROM trouble WHERE state = 'open'"
        " ORDER BY raised_at, id LIMIT ?",
        (MOST_TROUBLES,),
    )
    return [
        Trouble(row[0], row[1], row[2], facts_of(row[3]), at)
        for row in rows
        if (at := moment(row[4])) is not None
    ]


async def trouble_counts(reader: Reader) -> dict[str, int]:
    """How many open troubles there are of each kind."""
    rows = await reader.all("SELECT kind, COUNT(*) FROM trouble WHERE state = 'open' GROUP BY kind")
    return {str(kind): int(count) for kind, count in rows}


async def dead_letters(reader: Reader) -> list[DeadLetter]:
    """The latest dead letters."""
    rows = await reader.all(
        "SELECT id, store, sinc, seq, code, substr(raw, 1, ?), at FROM dead_letter ORDER BY id DESC LIMIT ?",
        (MOST_RAW, MOST_DEAD_LETTERS),
    )
    return [
        DeadLetter(row[0], row[1], row[2], row[3], row[4], row[5], at)
        for row in rows
        if (at := moment(row[6])) is not None
    ]


def facts_of(text: str) -> tuple[tuple[str, str], ...]:
    """A trouble's facts as short texts; whatever stands there."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return (("", text[:120]),)
    if not isinstance(value, dict):
        return (("", str(value)[:120]),)
    return tuple((str(name)[:40], str(one)[:80]) for name, one in list(value.items())[:8])


def moment(text: Any) -> datetime | None:
    """An instant from its column or from a store; None for none and for nonsense."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return from_instant(text)
    except (ValueError, OverflowError):
        return None
