"""Compares stores' digests with the hub's mirror, one at a time, and asks for what is lacking.

What a store says is compared only where the mirror stands at that very event; else it is counted and
asked for again, so often and no more. Nothing here is the truth: what is forgotten in a restart is told
anew by the store when it connects.
"""

import asyncio
from typing import Final

from hub.kernel import Kernel
from hub.stock.digest import DropAsk, KeepDigest, KeepRows, fingerprint_at, rows_at
from sync.link.port import Link
from sync.messages.codec import encode
from sync.messages.topics import store_topic
from sync.rules.baseline import SkuBalance
from sync.rules.digest import Compare, Digest, Rows, differences, differing
from sync.runtime.logging import get_logger
from sync.runtime.pace import Pace

LOOK_EVERY_S: Final = 1.0
ASK_EVERY_S: Final = 30.0
MOST_ASKED: Final = 10
"""Times that a store in reach is asked for one comparison."""
MOST_TRIES: Final = 5
"""Times in a row that what came at another event is asked for again; a greeting begins anew."""
MOST_BUCKETS: Final = 16
"""Buckets of which rows are asked: of 100,000 SKUs they hold about 6,000."""
log = get_logger(__name__)


class CompareDesk:
    """Comparisons under way.

    Args:
        kernel: the hub.
        link: the connection to the broker.
    """

    def __init__(self, kernel: Kernel, link: Link) -> None:
        self._kernel = kernel
        self._link = link
        self._digests: dict[str, Digest] = {}
        self._pages: dict[str, dict[int, Rows]] = {}
        self._has_work = asyncio.Event()
        self._tries: dict[str, int] = {}
        self._asked: dict[str, tuple[str, int, float]] = {}
        self._differs: set[str] = set()
        self._pace = Pace()
        self.compared = 0
        self.ignored = 0

    def take(self, said: Digest | Rows) -> None:
        """A store told its digest, or a page of rows; the newest takes an older one's place."""
        if isinstance(said, Digest):
            self._digests[said.store] = said
        else:
            pages = self._pages.setdefault(said.store, {})
            if any(_series(page) != _series(said) for page in pages.values()):
                pages.clear()
            pages[said.page] = said
        self._has_work.set()

    def greeted(self, store: str) -> None:
        """A store said where it stands: what did not fit before may be asked for again."""
        self._tries.pop(store, None)

    async def run(self) -> None:
        """Compare until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._look())
                while True:
                    await self._has_work.wait()
                    self._has_work.clear()
                    await self._work()
        finally:
            self._pace.stop.set()

    async def _work(self) -> None:
        """Everything that has come; one store's trouble does not end the others'."""
        while self._digests or self._whole():
            try:
                if self._digests:
                    await self._compare(self._digests.pop(next(iter(self._digests))))
                else:
                    await self._show(self._pages.pop(self._whole()))
            except Exception:  # the loop guard: the next digest must not depend on this one
                log.exception("digest.failed")

    def _whole(self) -> str:
        """A store of which all pages of rows are there; empty where there is none."""
        return next((store for store, pages in self._pages.items() if _is_whole(pages)), "")

    async def _compare(self, said: Digest) -> None:
        """Compare a digest; where it differs, ask for the rows."""
        kernel = self._kernel
        ours = await asyncio.to_thread(fingerprint_at, kernel.reader.path, kernel.hinc, said, self._pace)
        if ours is None:
            self._again(said.store)
            return
        self.compared += 1
        differ = differing(ours, said.buckets)
        await kernel.writer.run(KeepDigest(said, differ, kernel.instant()))
        self._tries.pop(said.store, None)
        self._asked.pop(said.store, None)
        kernel.events.publish("board", "store", {"store": said.store})
        self._tell_change(said, differ)
        if differ:
            self._say(said.store, differ[:MOST_BUCKETS])

    def _tell_change(self, said: Digest, differ: tuple[int, ...]) -> None:
        """Log the first comparison that differs, and the first that is equal again."""
        if differ and said.store not in self._differs:
            self._differs.add(said.store)
            log.error("digest.differs", store=said.store, seq=said.seq, buckets=len(differ))
        elif not differ and said.store in self._differs:
            self._differs.discard(said.store)
            log.info("digest.equal_again", store=said.store, seq=said.seq)

    async def _show(self, pages: dict[int, Rows]) -> None:
        """Keep what differs between a store's rows and the mirror's."""
        kernel, said = self._kernel, pages[1]
        ours = await asyncio.to_thread(rows_at, kernel.reader.path, kernel.hinc, said, self._pace)
        if ours is None:
            self._again(said.store, said.buckets)
            return
        theirs: list[SkuBalance] = [row for number in sorted(pages) for row in pages[number].rows]
        await kernel.writer.run(KeepRows(said.store, differences(ours, theirs)))
        kernel.events.publish("board", "store", {"store": said.store})

    def _again(self, store: str, buckets: tuple[int, ...] = ()) -> None:
        """What came was made at another event than the mirror's: ask for it again, so often and no more."""
        self.ignored += 1
        tries = self._tries[store] = self._tries.get(store, 0) + 1
        if tries <= MOST_TRIES:
            self._say(store, buckets)

    def _say(self, store: str, buckets: tuple[int, ...] = ()) -> None:
        """Ask a store for its digest, or for the rows of some buckets."""
        facts = self._kernel.directory.get(store)
        if facts is not None and facts.sinc and not self._kernel.directory.older(store):
            asked = Compare(hinc=self._kernel.hinc, sinc=facts.sinc, buckets=buckets)
            self._link.publish(store_topic(store, "down"), encode(asked))

    async def _look(self) -> None:
        """Ask stores in reach for the comparisons that somebody wants, also by the command line."""
        while True:
            try:
                await self._ask_wanted()
            except Exception:  # the loop guard: the next look may succeed
                log.exception("digest.look_failed")
            await asyncio.sleep(LOOK_EVERY_S)

    async def _ask_wanted(self) -> None:
        """One look."""
        now = self._kernel.clock.monotonic()
        wanted = await self._kernel.reader.all(
            "SELECT store, asked_at FROM store_digest WHERE asked_at <> ''"
        )
        for store, asked_at in wanted:
            known_at, times, due = self._asked.get(store, ("", 0, 0.0))
            if known_at != asked_at:
                times, due = 0, now
            if now < due or not (self._link.connected and self._kernel.directory.is_in_reach(store)):
                continue
            if times >= MOST_ASKED:
                await self._kernel.writer.run(DropAsk(store, asked_at))
                continue
            self._asked[store] = (asked_at, times + 1, now + ASK_EVERY_S)
            self._say(store)


def _series(page: Rows) -> tuple[object, ...]:
    """What all pages of one answer have in common."""
    return page.sinc, page.hinc, page.seq, page.chain, page.pages, page.buckets


def _is_whole(pages: dict[int, Rows]) -> bool:
    """Whether every page is there."""
    return all(number in pages for number in range(1, next(iter(pages.values())).pages + 1))
