"""Which goods a count is about: those that fit a search, of a category, or all that a store ever had."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from hub.catalogue.search_rules import cleaned, patterns
from hub.documents.rules import MOST_ROWS
from sync.storage.reader import Reader
from sync.values.gtin import InvalidGtin, parse_gtin

Choice = Literal["lines", "search", "category", "all"]
_LIKE: Final = (
    "LOWER(k.sku || ' ' || COALESCE(k.gtin, '') || ' ' || k.name_zh || ' ' || k.name_en) LIKE ? ESCAPE '\\'"
)
_ALL: Final = (
    "SELECT s.sku FROM stock s JOIN sku k ON k.sku = s.sku WHERE s.store = ? ORDER BY k.shelf, s.sku LIMIT ?"
)
_OF_CATEGORY: Final = (
    "SELECT k.sku FROM sku k JOIN product p ON p.handle = k.handle"
    " JOIN stock s ON s.store = ? AND s.sku = k.sku"
    " WHERE p.category_key = ? OR (p.category_key > ? AND p.category_key < ?) ORDER BY k.shelf, k.sku LIMIT ?"
)
_SLASH_AFTER: Final = "0"
"""The character behind the slash: what lies between is below a category."""


async def chosen_skus(reader: Reader, store: str, choice: Choice, text: str) -> list[str]:
    """The SKUs to count at a store, in the order of its shelves; at most MOST_ROWS + 1.

    Args:
        reader: the database.
        store: where.
        choice: by what.
        text: words of the search, or the category's key.
    """
    most = MOST_ROWS + 1
    if choice == "all":
        rows = await reader.all(_ALL, (store, most))
    elif choice == "category":
        rows = await reader.all(_OF_CATEGORY, (store, text, f"{text}/", f"{text}{_SLASH_AFTER}", most))
    else:
        words = patterns(cleaned(text))
        if not words:
            return []
        condition = " AND ".join([_LIKE] * len(words))
        rows = await reader.all(
            f"SELECT k.sku FROM sku k WHERE {condition} ORDER BY k.shelf, k.sku LIMIT ?",  # noqa: S608  # our own words
            (*words, most),
        )
    return [str(row[0]) for row in rows]


async def unknown_skus(reader: Reader, skus: list[str]) -> set[str]:
    """Those of some SKUs that the catalogue does not have."""
    known: set[str] = set()
    for start in range(0, len(skus), 500):
        part = skus[start : start + 500]
        marks = ",".join("?" * len(part))
        rows = await reader.all(f"SELECT sku FROM sku WHERE sku IN ({marks})", part)  # noqa: S608  # question marks
        known |= {str(row[0]) for row in rows}
    return set(skus) - known


@dataclass(frozen=True, slots=True)
class BarcodeGoods:
    """What a barcode stands on: a SKU, and the stock units of one such pack."""

    sku: str
    pieces: int = 1


async def goods_by_barcode(reader: Reader, texts: Iterable[str]) -> dict[str, BarcodeGoods]:
    """The goods of those texts that are barcodes of the catalogue, by the text."""
    barcodes = {text: gtin for text in texts if (gtin := _gtin(text))}
    found: dict[str, BarcodeGoods] = {}
    for start in range(0, len(barcodes), 500):
        part = list(barcodes.values())[start : start + 500]
        marks = ",".join("?" * len(part))
        rows = await reader.all(
            f"SELECT gtin, sku, 1 FROM sku WHERE gtin IN ({marks})"  # noqa: S608  # question marks
            f" UNION ALL SELECT gtin, sku, pieces FROM sku_pack WHERE gtin IN ({marks})",
            [*part, *part],
        )
        found |= {str(gtin): BarcodeGoods(str(sku), int(pieces)) for gtin, sku, pieces in rows}
    return {text: found[gtin] for text, gtin in barcodes.items() if gtin in found}


def _gtin(text: str) -> str:
    """A barcode as the catalogue keeps it; empty for any other text."""
    try:
        return parse_gtin(text)
    except InvalidGtin:
        return ""


async def categories(reader: Reader) -> list[tuple[str, int, str, str]]:
    """All categories (key, level, names in Chinese and English), each before what is below it."""
    rows = await reader.all("SELECT key, level, name_zh, name_en FROM category ORDER BY key LIMIT 2000")
    return [(str(key), int(level), str(zh), str(en)) for key, level, zh, en in rows]
