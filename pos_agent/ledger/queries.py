"""What the ledger answers: balances of a SKU, its movements, receipts are the till's."""

from dataclasses import replace
from typing import Any, Final

from pos_agent.ledger.movements import effect_on_hand
from sync.rules.rights import StoreStock
from sync.storage.reader import Reader, Row

MOST_MOVEMENTS: Final = 200
_FIELDS: Final = ("seq", "sku", "qty", "source", "target", "reason", "ref", "actor", "at")


async def stock_of(reader: Reader, sku: str) -> StoreStock:
    """A SKU's balances; zeros for one never seen."""
    row = await reader.one(
        "SELECT floor, staged, damaged, granted, returned, settled, open, frozen FROM stock WHERE sku = ?",
        (sku,),
    )
    return stock_from(row) if row else StoreStock()


def stock_from(row: Row) -> StoreStock:
    """Balances from a row of `floor, staged, damaged, granted, returned, settled, open, frozen`."""
    *units, frozen = row
    return replace(StoreStock(*units), frozen=bool(frozen))


def stock_json(stock: StoreStock) -> dict[str, Any]:
    """Balances as the API tells them, with the two derived ones, and whether they are frozen."""
    return {
        "floor": stock.floor,
        "staged": stock.staged,
        "damaged": stock.damaged,
        "free": stock.free,
        "granted": stock.granted,
        "returned": stock.returned,
        "settled": stock.settled,
        "online": stock.online,
        "open": stock.open,
        "frozen": stock.frozen,
    }


async def movements_of(reader: Reader, sku: str, before: int | None = None) -> list[dict[str, Any]]:
    """A SKU's movements, the newest first, each with its effect on what is in the store.

    Args:
        reader: the database.
        sku: whose.
        before: only events before this one (for the next page).
    """
    rows = await reader.all(
        "SELECT seq, sku, qty, source, target, reason, ref, actor, at FROM movement"
        " WHERE sku = ? AND seq < ? ORDER BY seq DESC, place LIMIT ?",
        (sku, before if before is not None else 2**62, MOST_MOVEMENTS),
    )
    found = [dict(zip(_FIELDS, row, strict=True)) for row in rows]
    return [{**row, "change": effect_on_hand(row)} for row in found]
