"""When each store's latest events happened and were applied: each event is read once for all readings."""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from hub.monitor.trouble_queries import moment
from sync.storage.reader import Reader

LAG_EVENTS: Final = 100
"""Of how many of a store's latest events the lag is measured."""
LAG_AGE: Final = timedelta(minutes=15)
_NEW: Final = (
    "SELECT seq, raw, at FROM event WHERE store = ? AND sinc = ? AND seq > ? AND seq <= ?"
    " ORDER BY seq DESC LIMIT ?"
)
Pair = tuple[datetime | None, datetime | None]


@dataclass(slots=True)
class _Page:
    """A store's latest events up to `app` of an incarnation, the oldest first."""

    sinc: int
    app: int = 0
    pairs: deque[Pair] = field(default_factory=lambda: deque(maxlen=LAG_EVENTS))


class LagBook:
    """Reads each event once: a board that is read again and again costs only what is new."""

    def __init__(self) -> None:
        self._pages: dict[str, _Page] = {}

    async def latest(
        self, reader: Reader, store: str, sinc: int, app: int, now: datetime
    ) -> list[tuple[datetime, datetime]]:
        """When the latest events happened and were applied, the newest first; those of the last LAG_AGE only.

        Args:
            reader: the database.
            store: whose events.
            sinc: their incarnation; another one begins anew.
            app: the last event applied.
            now: the present.
        """
        page = self._pages.get(store)
        if page is None or page.sinc != sinc or page.app > app:
            page = self._pages[store] = _Page(sinc)
        if page.app < app:
            rows = await reader.all(_NEW, (store, sinc, page.app, app, LAG_EVENTS))
            if page.app < app:  # nobody else read them meanwhile
                page.pairs.extend((happened(raw), moment(at)) for _, raw, at in reversed(rows))
                page.app = app
        earliest = now - LAG_AGE
        return [
            (then, applied)
            for then, applied in reversed(page.pairs)
            if then is not None and applied is not None and applied >= earliest
        ]


def happened(raw: str) -> datetime | None:
    """When an event happened by its store's clock."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return moment(value.get("at")) if isinstance(value, dict) else None
