"""Notices what another process wrote to the hub's database: the command line works beside the serving hub.

SQLite tells nobody that a file changed, so the hub looks every second: at each store's versions and
at the catalogue's newest one. What rose is loaded and announced to the stores; a store with news
under no message is woken, which also mends a wake-up that got lost.
"""

import asyncio
from typing import Any, Final

from hub.catalogue import queries as catalogue
from hub.kernel import Kernel
from hub.link.page_desk import ALL, PageDesk
from hub.stores.queries import load_directory
from sync.runtime.logging import get_logger

EVERY_S: Final = 1.0
_STORES: Final = (
    "SELECT s.id, s.entry_ver, s.position, t.sinc, t.secret_hash, t.sinc > 0 AND t.ver > t.heard"
    " FROM store s JOIN store_stream t ON t.store = s.id"
)
log = get_logger(__name__)


class Watch:
    """What the database said when it was last looked at.

    Args:
        kernel: the hub.
        pages: where changes are announced.
    """

    def __init__(self, kernel: Kernel, pages: PageDesk) -> None:
        self._kernel = kernel
        self._pages = pages
        self._stores: dict[str, tuple[Any, ...]] = {}
        self._catalogue = 0
        self._has_looked = False

    async def run(self) -> None:
        """Look every second until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:  # the loop guard: the next look may succeed
                log.exception("hub.watch_failed")
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Look once; the first time only what is there is remembered."""
        rows = await self._kernel.reader.all(_STORES)
        top = await catalogue.newest_version(self._kernel.reader)
        found = {str(row[0]): tuple(row[1:5]) for row in rows}
        if found != self._stores:
            await load_directory(self._kernel)
            self._announce_stores(found)
        if self._has_looked and top > max(self._catalogue, self._pages.told.get((ALL, "catalog"), 0)):
            self._pages.announce(ALL, "catalog", self._catalogue)
        self._stores, self._catalogue, self._has_looked = found, top, True
        for store, *_, has_news in rows:
            if has_news:
                self._kernel.wake(str(store))

    def _announce_stores(self, found: dict[str, tuple[Any, ...]]) -> None:
        """Tell each store whose entries rose."""
        for store, values in found.items():
            known = self._stores.get(store)
            if known is not None and values[0] > max(known[0], self._pages.told.get((store, "store"), 0)):
                self._pages.announce(store, "store", known[0])
