"""Keeps the online channel at its rest: notes when the line dies, asks units back, looks again after it.

Nothing here is the truth: what is forgotten in a restart is asked again with the next movement.
"""

from collections.abc import Callable, Mapping
from typing import Final

from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.ledger.trade_memory import watched_skus
from sync.rules.demand import minute_of

SLICE: Final = 50
"""SKUs looked at in one go after an outage, so that no sale waits long behind them."""
PATIENCE_S: Final = 2.0
"""A SKU's units are not asked back again for so long: the answer is under way."""
MOST_ASKED: Final = 1_000
"""SKUs whose answers are waited for; beyond them all are forgotten, and may be asked twice."""


class RestKeeper:
    """One store's rests.

    Args:
        desk: the agent.
        want: asks the hub for units back to the floor (SKU to units).
    """

    def __init__(self, desk: Desk, want: Callable[[Mapping[str, int]], None]) -> None:
        self._desk = desk
        self._want = want
        self._noted: bool | None = None
        self._after: str | None = None
        self._quiet_until_s: dict[str, float] = {}
        desk.ledger.ask_back = self.ask_back

    def ask_back(self, surplus: Mapping[str, int]) -> None:
        """Ask the hub to return what the online channel has above its rest, if there is a line."""
        if not self._desk.line.is_online:
            return
        now_s = self._desk.clock.monotonic()
        if len(self._quiet_until_s) > MOST_ASKED:
            self._quiet_until_s.clear()
        due = {sku: qty for sku, qty in surplus.items() if self._quiet_until_s.get(sku, 0.0) <= now_s}
        self._quiet_until_s.update(dict.fromkeys(due, now_s + PATIENCE_S))
        if due:
            self._want(due)

    async def tick(self) -> None:
        """Note a change of the line; after an outage look at all SKUs, a slice at a time.

        Raises:
            sync.storage.errors.StorageError: nothing was kept; the next tick does it.
        """
        has_line = self._desk.line.is_online
        if has_line != self._noted:
            minute = minute_of(self._desk.at)
            await self._desk.ledger.run(lambda book: book.memory.note_line(has_line=has_line, minute=minute))
            self._noted, self._after = has_line, "" if has_line else None
        if self._after is not None:
            self._after = await self._look_after(self._after)

    async def _look_after(self, after: str) -> str | None:
        """Bring the next slice of SKUs to its rest; returns the last of them, None at the end."""
        at = self._desk.at

        def look(book: SqliteStoreBook) -> list[str]:
            skus = watched_skus(book.tx, after, SLICE)
            book.bring_to_rest(skus, at)
            return skus

        skus = await self._desk.ledger.run(look)
        return skus[-1] if len(skus) == SLICE else None
