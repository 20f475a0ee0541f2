"""The want desk: asks a store for more units while a buyer waits, one question per SKU at a time.

Waiters stand in order and before newcomers. Waiting happens here, in the request's task, never in
the writer, and nothing is stored for an order before its final command.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from hub.kernel import Kernel
from hub.stock.book import SqliteHubBook
from hub.stock.queries import Shelf
from sync.rules.central import promise
from sync.rules.items import WantItem
from sync.rules.rights import HubStock
from sync.runtime.ids import new_id
from sync.storage.writer import Transaction
from sync.values.bounds import MOST_UNITS

MOST_WAITERS = 2_000
"""Waiters for one SKU at one store; one more is answered at once with what there is."""
ANOTHERS = -1
"""In the place of granted units: the question was another waiter's, who draws the conclusion."""
_LEAD = -2
"""To the first in a queue: put the next question."""
MOST_REFUSALS = 100_000
"""Remembered answers of no; beyond it all are forgotten and asked again."""


@dataclass(slots=True)
class _Waiter:
    """A buyer who waits for `qty` more units."""

    qty: int
    answered: "asyncio.Future[int]"


@dataclass(slots=True)
class _Queue:
    """Who waits for a SKU of a store, and the question under way.

    Args:
        waiters: in their order.
        is_asking: whether a question is under way.
        asked_ver: its version; 0 until it is committed.
        covered: how many of the waiters it asks for.
    """

    waiters: deque[_Waiter] = field(default_factory=deque)
    is_asking: bool = False
    asked_ver: int = 0
    covered: int = 0

    def answer(self) -> None:
        """Let those go for whom was asked, in their order; the next one asks for those who came later."""
        self.is_asking = False
        self.asked_ver = 0
        for _ in range(min(self.covered, len(self.waiters))):
            waiter = self.waiters.popleft()
            if not waiter.answered.done():
                waiter.answered.set_result(ANOTHERS)
        self.pass_the_lead()

    def pass_the_lead(self) -> None:
        """Unless a question is under way, let the first waiter put one."""
        first = next((waiter for waiter in self.waiters if not waiter.answered.done()), None)
        if first is not None and not self.is_asking:
            first.answered.set_result(_LEAD)


class WantDesk:
    """Questions to stores, and who waits for the answers."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._queues: dict[tuple[str, str], _Queue] = {}
        self._refused: dict[tuple[str, str], tuple[int, int]] = {}

    @property
    def queues(self) -> int:
        """SKUs of stores that somebody waits for."""
        return len(self._queues)

    def is_queued(self, store: str, sku: str) -> bool:
        """Whether others wait for the SKU already, so that a newcomer must stand behind them."""
        queue = self._queues.get((store, sku))
        return queue is not None and bool(queue.waiters)

    def may_grant(self, shelf: Shelf) -> bool:
        """Whether it is worth asking: floor stock is there, and the store has not said no to as much."""
        refused = self._refused.get((shelf.store, shelf.sku))
        if refused is not None and (shelf.granted != refused[0] or shelf.floor > refused[1]):
            del self._refused[shelf.store, shelf.sku]
            refused = None
        return shelf.floor > 0 and refused is None

    def said_no(self, shelf: Shelf) -> None:
        """The store answered and granted nothing: remembered until its floor stock rises."""
        if len(self._refused) >= MOST_REFUSALS:
            self._refused.clear()
        self._refused[shelf.store, shelf.sku] = (shelf.granted, shelf.floor)

    async def ask(self, store: str, sku: str, qty: int, wait_s: float) -> int | None:
        """Wait for the store's answer to a wish for `qty` units, at most `wait_s` seconds.

        Returns:
            None without an answer. Else it may be worth trying again, in the order of the waiters. Who put
            the question gets the units that the store had granted in all when it was asked, so that a
            grant since then shows; the others get ANOTHERS.
        """
        if wait_s <= 0:
            return None
        queue = self._queues.setdefault((store, sku), _Queue())
        if len(queue.waiters) >= MOST_WAITERS:
            return None
        loop = asyncio.get_running_loop()
        waiter = _Waiter(qty, loop.create_future())
        queue.waiters.append(waiter)
        granted, said = ANOTHERS, _LEAD
        try:
            async with asyncio.timeout(wait_s):
                while said == _LEAD:
                    waiter.answered = loop.create_future()
                    if not queue.is_asking:
                        granted = await self._put_question(store, sku, queue)
                    said = await waiter.answered
                return granted
        except TimeoutError:
            return None
        finally:
            self._leave(store, sku, queue, waiter)

    def _leave(self, store: str, sku: str, queue: _Queue, waiter: _Waiter) -> None:
        """A waiter goes; with the last one the queue goes too."""
        if waiter in queue.waiters:
            place = queue.waiters.index(waiter)
            del queue.waiters[place]
            queue.covered -= place < queue.covered
        queue.pass_the_lead()
        if not queue.waiters and self._queues.get((store, sku)) is queue:
            del self._queues[store, sku]

    async def _put_question(self, store: str, sku: str, queue: _Queue) -> int:
        """Ask the store for what all present waiters lack; returns the units granted until now."""
        queue.is_asking = True
        queue.covered = len(queue.waiters)
        try:
            wanted = sum(waiter.qty for waiter in queue.waiters)
            want = WantItem(id=new_id(), sku=sku, qty=min(MOST_UNITS, max(1, wanted)))
            queue.asked_ver, granted = await self._kernel.writer.run(self._question(store, want))
        except BaseException:
            queue.is_asking = False
            raise
        return granted

    def _question(self, store: str, want: WantItem) -> "Question":
        """The command that puts the want into the store's stream."""
        return Question(self._kernel, store, want)

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
                queue.answer()


@dataclass(frozen=True, slots=True)
class Question:
    """Command: put a want into a store's stream; returns its version and the units granted until now."""

    kernel: Kernel
    store: str
    want: WantItem

    def __call__(self, transaction: Transaction) -> tuple[int, int]:
        """Run in the writer; the store hears of it even when nobody waits any more."""
        book = SqliteHubBook(transaction, self.store, self.kernel.hinc, self.kernel.instant())
        ver = promise.want_units(book, self.want)
        granted = (book.stock(self.want.sku) or HubStock()).granted
        book.finish()
        transaction.after_commit(lambda: self.kernel.wake(self.store))
        return ver, granted
