"""The want desk: asks a store for more units while a buyer waits, one question per SKU at a time.

Waiters stand in order and before newcomers. Waiting happens here, in the request's task, never in
the writer, and nothing is stored for an order before its final command.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from hub.kernel import Kernel
from hub.stock.book import SqliteHubBook
from sync.rules.central import promise
from sync.rules.items import WantItem
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction

MOST_WAITERS = 2_000
"""Waiters for one SKU at one store; one more is answered at once with what there is."""


@dataclass(slots=True)
class _Waiter:
    """A buyer who waits for `qty` more units."""

    qty: int
    answered: "asyncio.Future[bool]"


@dataclass(slots=True)
class _Queue:
    """Who waits for a SKU of a store, and the version at which the store was asked."""

    waiters: deque[_Waiter] = field(default_factory=deque)
    asked_ver: int = 0
    is_asking: bool = False


class WantDesk:
    """Questions to stores, and who waits for the answers."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._queues: dict[tuple[str, str], _Queue] = {}

    def is_queued(self, store: str, sku: str) -> bool:
        """Whether others wait for the SKU already, so that a newcomer must stand behind them."""
        queue = self._queues.get((store, sku))
        return queue is not None and bool(queue.waiters)

    async def ask(self, store: str, sku: str, qty: int, wait_s: float) -> bool:
        """Wait for the store's answer to a wish for `qty` units, at most `wait_s` seconds.

        Returns:
            Whether the store answered: it may be worth trying again, in the order of the waiters.
        """
        queue = self._queues.setdefault((store, sku), _Queue())
        if wait_s <= 0 or len(queue.waiters) >= MOST_WAITERS:
            return False
        waiter = _Waiter(qty, asyncio.get_running_loop().create_future())
        queue.waiters.append(waiter)
        try:
            async with asyncio.timeout(wait_s):
                if not queue.is_asking:
                    await self._put_question(store, sku, queue)
                return await waiter.answered
        except TimeoutError:
            return False
        finally:
            if waiter in queue.waiters:
                queue.waiters.remove(waiter)
            if not queue.waiters:
                self._queues.pop((store, sku), None)

    async def _put_question(self, store: str, sku: str, queue: _Queue) -> None:
        """Ask the store for what all present waiters lack."""
        queue.is_asking = True
        try:
            wanted = sum(waiter.qty for waiter in queue.waiters)
            want = WantItem(id=new_id(), sku=sku, qty=max(1, wanted))
            queue.asked_ver = await self._kernel.writer.run(self._question(store, want))
        except BaseException:
            queue.is_asking = False
            raise
        self._kernel.wake(store)

    def _question(self, store: str, want: WantItem) -> "Question":
        """The command that puts the want into the store's stream."""
        return Question(store, self._kernel.hinc, self._kernel.instant(), want)

    def heard(self, store: str, dver: int, *, is_whole: bool) -> None:
        """A store has applied items up to `dver`, and all its events of then are booked.

        Args:
            store: who.
            dver: the version it said.
            is_whole: whether the hub holds every event the store had written by then.
        """
        if not is_whole:
            return
        for (asked, _), queue in list(self._queues.items()):
            if asked == store and queue.is_asking and 0 < queue.asked_ver <= dver:
                queue.is_asking = False
                queue.asked_ver = 0
                while queue.waiters:
                    waiter = queue.waiters.popleft()
                    if not waiter.answered.done():
                        waiter.answered.set_result(True)


@dataclass(frozen=True, slots=True)
class Question:
    """Command: put a want into a store's stream; returns its version."""

    store: str
    hinc: int
    at: str
    want: WantItem

    def __call__(self, transaction: Transaction) -> int:
        """Run in the writer."""
        book = SqliteHubBook(transaction, self.store, self.hinc, self.at)
        ver = promise.want_units(book, self.want)
        book.finish()
        return ver
