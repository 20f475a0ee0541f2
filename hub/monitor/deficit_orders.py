"""Which orders stand on the units of a deficit, and which deficits stood while an order was open.

Both are asked the same way, so each page that shows one leads to the other: same store, same SKU, and both
there at the same time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.monitor.trouble_queries import COLUMNS, PAGE, Trouble, moment, trouble_from
from sync.storage.reader import Reader
from sync.values.clock import to_instant

DEFICITS: Final = ("deficit", "oversold")
"""Kinds of trouble about units that are gone although orders stand on them."""
_EVER: Final = "9999"
"""Later than every instant, as text."""
_TROUBLES: Final = (
    f"SELECT {COLUMNS} FROM trouble WHERE store = ? AND kind IN ('deficit', 'oversold')"  # noqa: S608  # our own
    " AND subject IN (SELECT 'sku:' || sku FROM order_line WHERE order_id = ?)"
    f" AND raised_at <= ? AND COALESCE(NULLIF(resolved_at, ''), '{_EVER}') >= ?"
    " ORDER BY raised_at, id LIMIT ?"
)
_ORDERS: Final = (
    "SELECT o.number, SUM(h.qty - h.done - h.short - h.released), SUM(h.short), o.placed_at"  # noqa: S608  # our own
    " FROM hold_line h JOIN orders o ON o.id = h.order_id WHERE h.store = ? AND h.sku = ?"
    f" AND o.placed_at <= ? AND COALESCE(o.closed_at, '{_EVER}') >= ?"
    " GROUP BY o.id ORDER BY o.placed_at DESC, o.number LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """An order that holds units of the SKU: how many are still owed, how many were short."""

    number: str
    open: int
    short: int
    placed_at: datetime | None


async def deficits_of_order(
    reader: Reader, store: str, order: str, placed_at: datetime, closed_at: datetime | None
) -> list[Trouble]:
    """The deficits of an order's goods at its store that stood while it was open, the oldest first."""
    until = to_instant(closed_at) if closed_at is not None else _EVER
    rows = await reader.all(_TROUBLES, (store, order, until, to_instant(placed_at), PAGE))
    return [trouble_from(row) for row in rows]


async def orders_on(reader: Reader, trouble: Trouble) -> list[StandingOrder]:
    """The orders that hold units of a deficit's SKU, the newest first; none for any other trouble."""
    sku = trouble.fact("sku")
    if trouble.kind not in DEFICITS or not sku:
        return []
    until = to_instant(trouble.resolved_at) if trouble.resolved_at is not None else _EVER
    rows = await reader.all(_ORDERS, (trouble.store, sku, until, to_instant(trouble.raised_at), PAGE))
    return [StandingOrder(str(row[0]), int(row[1]), int(row[2]), moment(row[3])) for row in rows]


def merged(own: Collection[Trouble], goods: Collection[Trouble]) -> list[Trouble]:
    """An order's own troubles and those of its goods, the oldest first."""
    return sorted((*own, *goods), key=lambda one: (one.raised_at, one.id))
