"""Reading stock: what the shop may promise, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sync.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class Shelf:
    """A SKU at a store as the hub sees it, units; nothing at a store whose facts are not whole.

    `available` may be promised now; `floor` is the store's floor stock as mirrored, which a store
    in reach grants on demand; `granted` is what it has granted in all.
    """

    store: str
    sku: str
    available: int
    floor: int
    granted: int = 0


IS_WHOLE: Final = (
    "(SELECT t.state = 'whole' AND NOT t.stopped FROM store_stream t WHERE t.store = stock.store)"
)
"""1 for a row of `stock` whose store takes orders, else 0: what would be refused is not offered."""
_SHELVES: Final = (
    f"SELECT store, sku, (granted - returned - promised) * {IS_WHOLE},"  # noqa: S608  # our own constant
    f" (floor + staged - (granted - returned - settled)) * {IS_WHOLE}, granted FROM stock"
)


async def shelves_of(reader: Reader, skus: Iterable[str], store: str | None = None) -> list[Shelf]:
    """The shelves of some SKUs, at one store or at all; SKUs never stocked have none."""
    wanted = list(dict.fromkeys(skus))
    found: list[Shelf] = []
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ",".join("?" * len(part))
        sql = f"{_SHELVES} WHERE sku IN ({marks})"  # only question marks are joined in
        parameters = list(part)
        if store is not None:
            sql += " AND store = ?"
            parameters.append(store)
        found += [Shelf(*row) for row in await reader.all(sql, parameters)]
    return found
