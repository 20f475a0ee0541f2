"""What the catalogue answers: a product by barcode or SKU, and a search."""

import json
from dataclasses import dataclass
from typing import Any, Final

from sync.rules.price import PriceEntry
from sync.storage.reader import Reader
from sync.storage.writer import Transaction

MOST_FOUND: Final = 20
_COLUMNS: Final = (
    "p.sku, p.names, p.price_minor, p.per, p.currency, p.status, p.shelf, p.version,"
    " coalesce((SELECT gtin FROM gtin WHERE sku = p.sku AND pieces = 1 ORDER BY place LIMIT 1), ''), p.unit"
)
_BY_GTIN: Final = f"SELECT {_COLUMNS}, g.pieces FROM gtin g JOIN product p ON p.sku = g.sku WHERE g.gtin = ?"  # noqa: S608
_BY_SKU: Final = f"SELECT {_COLUMNS} FROM product p WHERE p.sku = ?"  # noqa: S608
_SEARCH: Final = f"""
SELECT {_COLUMNS}, coalesce(s.floor + s.staged - s.granted + s.returned + s.settled, 0)
FROM product p LEFT JOIN stock s ON s.sku = p.sku
WHERE p.status = 'on' AND p.search LIKE ? ESCAPE '!' ORDER BY length(p.search), p.sku LIMIT ?
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product as the till needs it."""

    sku: str
    gtin: str
    names: dict[str, str]
    price_minor: int | None
    per: int
    currency: str
    is_on: bool
    shelf: str
    version: int
    unit: str = "pcs"

    @property
    def price_entry(self) -> PriceEntry:
        """Its place in the price book."""
        return PriceEntry(
            sku=self.sku,
            price_minor=self.price_minor,
            currency=self.currency,
            per=self.per,
            version=self.version,
        )


@dataclass(frozen=True, slots=True)
class Goods:
    """What a code stands for.

    Attributes:
        product: the goods.
        pieces: stock units of one pack that bears the code (a case holds several).
        packs: how many of these packs the code speaks of: a carton's label may say (GS1 AI 37).
    """

    product: Product
    pieces: int = 1
    packs: int = 1

    @property
    def units(self) -> int:
        """Stock units of one scan."""
        return self.pieces * self.packs


def goods_by_gtin(tx: Transaction, gtin: str) -> Goods | None:
    """The product that a barcode number stands on, and how many units."""
    row = tx.one(_BY_GTIN, (gtin,))
    product = _product(row)
    return None if row is None or product is None else Goods(product, int(row[-1]))


def product_by_sku(tx: Transaction, sku: str) -> Product | None:
    """The product of a SKU."""
    return _product(tx.one(_BY_SKU, (sku,)))


async def search(reader: Reader, text: str) -> list[dict[str, Any]]:
    """Products whose name, initials, SKU or barcode number contain `text`, with the floor's free units."""
    wanted = "".join(f"!{c}" if c in "!%_" else c for c in text.strip().lower())
    if not wanted:
        return []
    rows = await reader.all(_SEARCH, (f"%{wanted}%", MOST_FOUND))
    found = [(product, row[-1]) for row in rows if (product := _product(row)) is not None]
    return [as_found(product, free) for product, free in found]


def as_found(product: Product, free: int) -> dict[str, Any]:
    """A product as pages that search tell it, with the units that are free to sell."""
    return {
        "sku": product.sku,
        "gtin": product.gtin,
        "names": product.names,
        "unit_minor": product.price_minor,
        "per": product.per,
        "unit": product.unit,
        "free": free,
    }


def _product(row: tuple[Any, ...] | None) -> Product | None:
    if row is None:
        return None
    sku, names, price_minor, per, currency, status, shelf, version, gtin, unit = row[:10]
    return Product(
        sku=sku,
        gtin=gtin,
        names=json.loads(names),
        price_minor=price_minor,
        per=per,
        currency=currency,
        is_on=status == "on",
        shelf=shelf,
        version=version,
        unit=unit,
    )
