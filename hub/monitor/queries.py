"""What the board shows, read from the database: stores, dead letters, promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub.kernel import Kernel
from hub.monitor.health import read_health
from hub.monitor.lag_book import LagBook
from hub.monitor.rules import RISK_AHEAD, Compared, StoreSigns, lag_ms
from hub.monitor.trouble_queries import moment
from sync.storage.reader import Reader
from sync.values.clock import to_instant

MOST_DEAD_LETTERS: Final = 20
MOST_RAW: Final = 300


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


async def signs_of_all(kernel: Kernel, lags: LagBook) -> list[StoreSigns]:
    """What is known of each store, in the chain's order."""
    rows = await kernel.reader.all(
        "SELECT t.store, t.sinc, t.secret_hash IS NOT NULL,"
        " CASE WHEN t.stopped THEN 'stopped' ELSE t.state END, t.app,"
        " h.state, h.since, h.seen_at, t.last_event_at, h.health, d.checked_at, d.differ, d.asked_at"
        " FROM store_stream t JOIN store s ON s.id = t.store LEFT JOIN store_health h ON h.store = t.store"
        " LEFT JOIN store_digest d ON d.store = t.store"
        " ORDER BY s.position, s.id"
    )
    return [await _signs(kernel, lags, row) for row in rows]


async def _signs(kernel: Kernel, lags: LagBook, row: Sequence[Any]) -> StoreSigns:
    """One store's signs with the lags of its latest events."""
    store, sinc, has_secret, stream, app, state, since, seen_at, last_event_at, health_text = row[:10]
    checked_at, differ, asked_at = row[10:]
    health = read_health(health_text or "{}")
    seen = [at for at in (moment(seen_at), moment(last_event_at)) if at is not None]
    now = kernel.clock.now()
    latest = await lags.latest(kernel.reader, store, sinc, app, now) if last_event_at else []
    return StoreSigns(
        store=store,
        sinc=sinc,
        has_secret=bool(has_secret),
        stream=stream,
        app=app,
        presence=state or "unknown",
        since=moment(since),
        seen_at=max(seen, default=None),
        health=health,
        lags_ms=tuple(lag_ms(happened, applied, health.skew_ms) for happened, applied in latest),
        older=kernel.directory.older(store),
        compared=Compared(moment(checked_at), differ or 0, bool(asked_at)),
    )


async def promises_at_risk(reader: Reader, now: datetime) -> int:
    """Orders that should be ready within RISK_AHEAD, or should have been, and are not."""
    row = await reader.one(
        "SELECT COUNT(*) FROM orders WHERE stage IN ('pending_store', 'accepted', 'picking')"
        " AND ready_by <= ?",
        (to_instant(now + RISK_AHEAD),),
    )
    return int(row[0]) if row else 0


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
