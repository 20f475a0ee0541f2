"""What is frozen after a loss: the hub told its balances, and nobody has counted or accepted them yet.

Frozen goods are sold at the till as ever; the online channel gets no more units of them.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from pos_agent.desk import Desk
from pos_agent.ledger.store_book import SqliteStoreBook
from sync.rules.errors import Refused
from sync.rules.store.ledger import accept_stock
from sync.storage.reader import Reader

PAGE: Final = 100
MOST_NAMED: Final = 200
"""SKUs that one call may name; as many as one event tells."""
MOST_AT_ONCE: Final = 2_000
"""SKUs that one call accepts: it answers soon, and the till goes on between its commits."""


async def frozen_page(reader: Reader, after: str = "") -> dict[str, Any]:
    """How many SKUs are frozen, and the next of them by SKU.

    Args:
        reader: the database.
        after: the last SKU of the page before.
    """
    async with reader.snapshot() as state:
        (count,) = await state.one("SELECT COUNT(*) FROM stock WHERE frozen") or (0,)
        rows = await state.all(
            "SELECT s.sku, s.floor + s.staged, p.names FROM stock s LEFT JOIN product p ON p.sku = s.sku"
            " WHERE s.frozen AND s.sku > ? ORDER BY s.sku LIMIT ?",
            (after, PAGE + 1),
        )
    shown = [
        {"sku": sku, "on_hand": on_hand, "names": json.loads(names) if names else {"zh-CN": sku, "en": sku}}
        for sku, on_hand, names in rows[:PAGE]
    ]
    return {"count": count, "skus": shown, "next_after": shown[-1]["sku"] if len(rows) > PAGE else None}


async def accept(desk: Desk, skus: Sequence[str] | None, actor: str) -> dict[str, int]:
    """Somebody takes the told balances for true: they may be granted from again.

    Args:
        desk: the agent.
        skus: whose, at most MOST_NAMED; None: of all that are frozen, at most MOST_AT_ONCE in one call.
        actor: who.

    Returns:
        How many were `accepted`, and how many are `left`.

    Raises:
        Refused: `is_sure`, none of them is frozen; `replaced`, another agent serves this store now.
    """
    accepted = await _accept_some(desk, skus, actor)
    if skus is None:
        while accepted < MOST_AT_ONCE:
            try:
                accepted += await _accept_some(desk, None, actor)
            except Refused:
                break
    row = await desk.reader.one("SELECT COUNT(*) FROM stock WHERE frozen")
    left = int(row[0]) if row else 0
    desk.screens.publish("status", "frozen", {"count": left})
    return {"accepted": accepted, "left": left}


async def _accept_some(desk: Desk, skus: Sequence[str] | None, actor: str) -> int:
    """One commit: these SKUs, or the next that are frozen."""
    at = desk.at

    def command(book: SqliteStoreBook) -> int:
        chosen = skus
        if chosen is None:
            rows = book.tx.all("SELECT sku FROM stock WHERE frozen ORDER BY sku LIMIT ?", (MOST_NAMED,))
            chosen = [sku for (sku,) in rows]
        return accept_stock(book, chosen, at, actor)

    return await desk.ledger.run(command)
