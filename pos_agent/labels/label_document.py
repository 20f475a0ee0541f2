"""A shelf label as a document: name, price for who stands before the shelf, and what the scanner reads. Pure.

It is laid out by the printer's profile, so one document fits 58 and 80 mm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from devices.printing.document import (
    Align,
    Barcode,
    Block,
    Cut,
    Document,
    Row,
    Style,
    Symbology,
    Text,
)
from pos_agent.catalogue.profile import in_language
from pos_agent.catalogue.queries import Product
from pos_agent.labels.label_words import label_words
from pos_agent.till.receipt_words import money
from sync.values.money import half_up

# What measured goods are compared by: 500 g is the jin of the market, 1000 the legal kilogram or litre.
_COMPARED: Final = {"g": ((500, "500g"), (1000, "kg")), "ml": ((500, "500ml"), (1000, "L"))}
_EAN: Final = {13: Symbology.EAN13, 8: Symbology.EAN8}
_BAR_DOTS: Final = 64
_IN_CODE128: Final = re.compile(r"[\x20-\x7e]{1,40}")


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What a usual amount of measured goods costs: minor units, and the amount as it is written."""

    minor: int
    amount: str


def unit_prices(price_minor: int, per: int, unit: str) -> tuple[UnitPrice, ...]:
    """The prices that goods sold by grams or millilitres are compared by; none for pieces.

    Args:
        price_minor: what `per` units cost, minor units.
        per: units that the price is of; this amount itself is left out.
        unit: the stock unit, `g`, `ml` or pieces.
    """
    return tuple(
        UnitPrice(half_up(price_minor * units, per), amount)
        for units, amount in _COMPARED.get(unit, ())
        if units != per
    )


def label_document(product: Product, today: date, locale: str) -> Document:
    """The label in the store's language.

    Args:
        product: with a price.
        today: the day in the store's zone; who walks along the shelf sees which labels are old.
        locale: the store's language.
    """
    assert product.price_minor is not None, "goods without a price have no label"
    words = label_words(locale)
    blocks = (
        Text(in_language(product.names, locale) or product.sku, Style.BOLD),
        Text(money(product.price_minor, product.currency), Style.HUGE, Align.CENTRE),
        *_prices(product, product.price_minor, words),
        Row(f"{words['shelf']} {product.shelf or '-'}", f"{words['sku']} {product.sku}"),
        *_barcode(product),
        Text(today.isoformat(), Style.SMALL, Align.RIGHT),
        Cut(),
    )
    return Document(blocks, locale)


def _prices(product: Product, price_minor: int, words: dict[str, str]) -> Iterator[Block]:
    """What the price is of, where it is not of one piece."""
    is_measured = product.unit in _COMPARED
    if is_measured or product.per != 1:
        text = words["per_measure" if is_measured else "per_pieces"]
        yield Text(text.format(per=product.per, measure=product.unit), Style.BOLD, Align.CENTRE)
    for one in unit_prices(price_minor, product.per, product.unit):
        yield Row(words["unit_price"], f"{money(one.minor, product.currency)}/{one.amount}")


def _barcode(product: Product) -> Iterator[Block]:
    """The maker's number, else the SKU, which the till takes as well; none where no bar code holds it."""
    if kind := _EAN.get(len(product.gtin)):
        yield Barcode(product.gtin, kind, _BAR_DOTS)
    elif _IN_CODE128.fullmatch(code := product.gtin or product.sku):
        yield Barcode(code, Symbology.CODE128, _BAR_DOTS)
