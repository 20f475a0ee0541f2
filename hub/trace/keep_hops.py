"""Writes down when messages came and went: in memory at once, to the database each second in one command.

Nothing waits for it and nothing depends on it. What is in memory when the program dies is lost, and a trace
then says "not kept". Bounded: when the writer cannot keep up, new hops are dropped and counted.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Final

from hub.kernel import Kernel
from hub.trace.rules import Arrival, UpRun, instant_ms, runs_of, to_ms, what_of_item
from sync.rules.books import Request
from sync.rules.streams import Up
from sync.runtime.logging import get_logger
from sync.storage.errors import StorageError
from sync.storage.writer import Transaction

EVERY_S: Final = 1.0
LAST_WORDS_S: Final = 2.0
"""How long an end waits for what is in memory."""
BATCH: Final = 500
"""Rows in one command: a few milliseconds of the writer's time."""
MOST_UNWRITTEN: Final = 20_000
"""Rows that wait for the writer; some 5 MB."""
MOST_UNDER_WAY: Final = 20_000
"""Items that stores have not heard, as far as they are remembered here."""
_ADD_UP: Final = (
    "INSERT OR IGNORE INTO trace_up (store, sinc, first, last, first_ms, sent_ms, times, skew_ms, heard_ms,"
    " applied_ms, told_ms, pages) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PUT_DOWN: Final = (
    "INSERT INTO trace_down (store, hinc, ver, kind, item, what, given_ms, first_ms, sent_ms, times,"
    " heard_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (store, hinc, ver) DO UPDATE SET"
    " sent_ms = MAX(sent_ms, excluded.sent_ms), times = times + excluded.times,"
    " heard_ms = COALESCE(heard_ms, excluded.heard_ms)"
)
_RUN: Final = attrgetter(*(field.name for field in fields(UpRun)))
Row = tuple[str | int | None, ...]
log = get_logger(__name__)


@dataclass(slots=True)
class _Item:
    """An item under way, sent `times` times, of which `unwritten` are not in the database yet."""

    request: Request
    what: str
    given_ms: int
    first_ms: int
    sent_ms: int
    times: int = 0
    unwritten: int = 0
    heard_ms: int | None = None

    def went_out(self, now_ms: int) -> None:
        """It was sent once more."""
        self.sent_ms = now_ms
        self.times += 1
        self.unwritten += 1


class HopKeeper:
    """Keeps the hops of all stores. Call it from the event loop's thread only.

    Args:
        kernel: the hub.

    Attributes:
        dropped: how many rows there was no room for.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._ups: list[Row] = []
        self._under_way: dict[str, dict[int, _Item]] = {}
        self._changed: dict[tuple[str, int], _Item] = {}
        self._flushing = asyncio.Lock()
        self.dropped = 0

    def now_ms(self) -> int:
        """The hub's clock."""
        return to_ms(self._kernel.clock.now())

    def applied(self, up: Up, last: int, count: int, arrival: Arrival) -> None:
        """`count` events of an UP, up to `last`, are on the disk."""
        for run in runs_of(up, last - count + 1, last, arrival) if count else ():
            if self._has_room():
                self._ups.append((up.store, up.sinc, *_RUN(run)))

    def sent(self, store: str, items: Sequence[tuple[Request, str]]) -> None:
        """Items left for a store, each with the instant at which it was given.

        A store that is away is sent the same again and again: that is written ever more rarely.
        """
        if not items:
            return
        now, under_way = self.now_ms(), self._under_way.setdefault(store, {})
        for request, given_at in items:
            item = under_way.get(request.ver)
            if item is None:
                if not self._has_room():
                    continue
                given = instant_ms(given_at)
                slim, what = replace(request, raw={}), what_of_item(request.raw)
                item = under_way[request.ver] = _Item(slim, what, now if given is None else given, now, now)
            item.went_out(now)
            if item.times.bit_count() == 1:
                self._changed[store, request.ver] = item
        self._forget_oldest()

    def heard(self, store: str, dver: int, at_ms: int) -> None:
        """A store said that it has all items up to `dver`."""
        under_way = self._under_way.get(store)
        if not under_way:
            return
        for ver in [ver for ver in under_way if ver <= dver]:
            item = under_way.pop(ver)
            item.heard_ms = at_ms
            self._changed[store, ver] = item
        if not under_way:
            del self._under_way[store]

    def _forget_oldest(self) -> None:
        """Keep what is under way within bounds; a store that was away long loses the time it answers at."""
        while sum(map(len, self._under_way.values())) > MOST_UNDER_WAY:
            del self._under_way[next(iter(self._under_way))]

    def _has_room(self) -> bool:
        """Whether one more row may wait for the writer; counts those that may not."""
        if len(self._ups) + len(self._changed) < MOST_UNWRITTEN:
            return True
        self.dropped += 1
        return False

    async def run(self) -> None:
        """Write each second until cancelled, and once more then."""
        try:
            while True:
                await asyncio.sleep(EVERY_S)
                await self._try_flush()
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS_S):
                    await self._try_flush()

    async def _try_flush(self) -> None:
        """Write; whatever goes wrong, the loop goes on."""
        try:
            await self.flush()
        except StorageError as error:
            log.warning("trace.not_kept", code=error.code)
        except Exception:  # the loop guard: the next second may succeed
            log.exception("trace.keeping_failed")

    async def catch_up(self, store: str) -> None:
        """Somebody wants to see a store's hops: write down all that is known of them.

        What cannot be written is not shown; nobody is refused the rest for it.
        """
        for ver, item in self._under_way.get(store, {}).items():
            if item.unwritten:
                self._changed[store, ver] = item
        await self._try_flush()

    async def flush(self) -> None:
        """Write what is in memory; what cannot be written now is tried again.

        Raises:
            sync.storage.errors.StorageError: the writer takes nothing at the moment.
        """
        async with self._flushing:
            while self._ups or self._changed:
                ups = self._ups[:BATCH]
                items = list(islice(self._changed.items(), BATCH))
                downs = [_row(store, self._kernel.hinc, item) for (store, _), item in items]
                counts = [item.unwritten for _, item in items]
                await self._kernel.writer.run(partial(_keep, ups=ups, downs=downs))
                del self._ups[: len(ups)]
                for (key, item), count, row in zip(items, counts, downs, strict=True):
                    item.unwritten -= count
                    if not item.unwritten and row[-1] == item.heard_ms:
                        self._changed.pop(key, None)


def _row(store: str, hinc: int, item: _Item) -> Row:
    """An item as its table keeps it; sendings that the table has are not counted again."""
    request = item.request
    return (
        store,
        hinc,
        request.ver,
        request.kind,
        request.key,
        item.what,
        item.given_ms,
        item.first_ms,
        item.sent_ms,
        item.unwritten,
        item.heard_ms,
    )


def _keep(transaction: Transaction, ups: Sequence[Row], downs: Sequence[Row]) -> None:
    """Command: write rows."""
    transaction.connection.executemany(_ADD_UP, ups)
    transaction.connection.executemany(_PUT_DOWN, downs)
