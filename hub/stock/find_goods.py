"""Finding goods at a store by SKU, barcode or a part of the name, with their numbers there."""

from dataclasses import dataclass
from typing import Any, Final

from hub.catalogue.search_rules import cleaned, patterns
from sync.rules.rights import HubStock
from sync.storage.reader import Reader

MOST: Final = 50
_COLUMNS: Final = (
    "k.sku, k.gtin, k.name_zh, k.name_en, s.floor, s.staged, s.damaged, s.granted, s.settled,"
    " s.returned, s.promised"
)
_EXACT: Final = (
    "SELECT sku FROM sku WHERE sku = ? UNION SELECT sku FROM sku WHERE gtin = ?"
    " UNION SELECT sku FROM sku_pack WHERE gtin = ? LIMIT 2"
)
_STOCKED: Final = (
    f"SELECT {_COLUMNS} FROM stock s JOIN sku k ON k.sku = s.sku WHERE s.store = ? ORDER BY s.sku LIMIT ?"  # noqa: S608  # constants
)
_NAMED: Final = f"SELECT {_COLUMNS} FROM sku k LEFT JOIN stock s ON s.store = ? AND s.sku = k.sku WHERE "  # noqa: S608  # constants
_LIKE: Final = (
    "LOWER(k.sku || ' ' || COALESCE(k.gtin, '') || ' ' || k.name_zh || ' ' || k.name_en) LIKE ? ESCAPE '\\'"
)


@dataclass(frozen=True, slots=True)
class Goods:
    """A SKU at a store; `stock` is all zeros where it was never there."""

    sku: str
    gtin: str
    names: dict[str, str]
    stock: HubStock

    def name(self, tag: str) -> str:
        """The name for a language tag."""
        return self.names["zh-CN" if tag.startswith("zh") else "en"] or self.sku


async def exact_sku(reader: Reader, text: str) -> str | None:
    """The one SKU that is written so, or whose barcode this is."""
    rows = await reader.all(_EXACT, (text, text, text))
    return str(rows[0][0]) if len(rows) == 1 else None


async def find_goods(reader: Reader, store: str, query: str) -> list[Goods]:
    """Up to MOST goods that hold every word of `query`; those ever stocked at the store for an empty one."""
    words = patterns(cleaned(query))
    if not words:
        return [_goods(row) for row in await reader.all(_STOCKED, (store, MOST))]
    condition = " AND ".join([_LIKE] * len(words))
    rows = await reader.all(f"{_NAMED}{condition} ORDER BY k.sku LIMIT ?", (store, *words, MOST))
    return [_goods(row) for row in rows]


async def goods_named(reader: Reader, skus: list[str]) -> dict[str, dict[str, str]]:
    """The names of some SKUs (at most a page of them), by SKU; unknown ones are left out."""
    marks = ",".join("?" * len(skus))
    rows = await reader.all(f"SELECT sku, name_zh, name_en FROM sku WHERE sku IN ({marks})", skus)  # noqa: S608  # question marks
    return {sku: {"zh-CN": zh, "en": en} for sku, zh, en in rows}


def _goods(row: tuple[Any, ...]) -> Goods:
    """A row as a value."""
    sku, gtin, zh, en, *numbers = row
    stock = HubStock(*numbers) if numbers[0] is not None else HubStock()
    return Goods(sku, gtin or "", {"zh-CN": zh, "en": en}, stock)
