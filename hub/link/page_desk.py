"""Sends stores the pages of catalogue and settings that they lack, one page of each at a time.

A run of pages stands in a queue with one place for each store and series, so that a store that asks
often, or many stores that come back at once, never keep other messages waiting.
"""

import asyncio
from typing import Final

from hub.catalogue import queries as catalogue
from hub.kernel import Kernel
from hub.link import pages
from hub.link.pages import Series
from hub.stores import queries as stores
from sync.link.port import Link
from sync.messages.topics import CATALOG, store_topic
from sync.rules.streams import Page
from sync.runtime.logging import get_logger

ALL: Final = ""
"""In the place of a store: the topic that all stores hear."""
LINE_FULL_S: Final = 0.1
FIRST_READ: Final = pages.MOST_ENTRIES + 1
log = get_logger(__name__)

Run = tuple[str, Series]


class PageDesk:
    """Runs of pages under way.

    Args:
        kernel: the hub.
        link: the connection to the broker.
    """

    def __init__(self, kernel: Kernel, link: Link) -> None:
        self._kernel = kernel
        self._link = link
        self._runs: dict[Run, int] = {}
        self._has_work = asyncio.Event()
        self.told: dict[Run, int] = {}

    @property
    def runs(self) -> int:
        """Runs that are not at their end."""
        return len(self._runs)

    def want(self, store: str, name: Series, since: int) -> None:
        """A store says which version it has: send what is above it."""
        self._runs[store, name] = since
        self._has_work.set()

    def announce(self, store: str, name: Series, since: int) -> None:
        """Something changed above `since`; a run that is under way reaches it by itself."""
        self._runs.setdefault((store, name), since)
        self._has_work.set()

    async def run(self) -> None:
        """Send pages until cancelled."""
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            while self._runs:
                for run in list(self._runs):
                    await self._send_one(run)

    async def _send_one(self, run: Run) -> None:
        """Send the next page of a run; one that cannot be sent ends it, and the store asks again."""
        store, name = run
        since = self._runs[run]
        try:
            page, payload = await self._page(store, name, since)
            is_sent = self._link.publish(store_topic(store, "down") if store else CATALOG, payload)
        except Exception:  # the loop guard: one store's pages must not stop the others'
            log.exception("link.page_failed", store=store, series=name, since=since)
            self._runs.pop(run, None)
            return
        if not self._link.connected:
            self._runs.pop(run, None)
        elif not is_sent:
            await asyncio.sleep(LINE_FULL_S)
        elif self._runs.get(run) == since:
            self._move_on(run, page)

    def _move_on(self, run: Run, page: Page) -> None:
        """The page is out: the next one, or the end."""
        if page.to < page.top:
            self._runs[run] = page.to
            return
        del self._runs[run]
        self.told[run] = page.top

    async def _page(self, store: str, name: Series, since: int) -> tuple[Page, bytes]:
        """One page of a series and its wire bytes."""
        reader = self._kernel.reader
        if name == "store":
            top = await stores.newest_entry(reader, store)
            entries = await stores.entries_after(reader, store, since, FIRST_READ)
        else:
            top = await catalogue.newest_version(reader)
            entries = await catalogue.entries_after(reader, since, FIRST_READ)
        return pages.packed(pages.cut(name, self._kernel.hinc, since, top, entries), entries)
