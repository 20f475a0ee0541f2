"""Products, SKUs and categories as the shop shows them. Pure values made from rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.catalogue.offer import SOLD_OUT, Offer, together


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldSku:
    """A SKU on sale. `price_minor` is for `price_per` stock units; `unit` is pcs, g or ml."""

    sku: str
    handle: str
    gtin: str
    names: dict[str, str]
    options: tuple[tuple[str, str], ...]
    price_minor: int
    price_per: int
    currency: str
    compare_at_minor: int | None
    unit: str
    image: str
    version: int
    offer: Offer = SOLD_OUT

    def name(self, tag: str) -> str:
        """The name for a language tag."""
        return self.names["zh-CN" if tag.startswith("zh") else "en"]

    @property
    def choice(self) -> str:
        """The option values in one line; empty for a product of one variant."""
        return " / ".join(value for _, value in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A product in a list, with its SKUs on sale (at least one)."""

    handle: str
    names: dict[str, str]
    skus: tuple[SoldSku, ...]

    def name(self, tag: str) -> str:
        """The name for a language tag."""
        return self.names["zh-CN" if tag.startswith("zh") else "en"]

    @property
    def first(self) -> SoldSku:
        """The SKU its page opens with: the first that may be ordered, else the first."""
        return next((one for one in self.skus if one.offer.can_order), self.skus[0])

    @property
    def image(self) -> str:
        """The picture of the first SKU that has one."""
        return next((one.image for one in self.skus if one.image), "")

    @property
    def lowest_minor(self) -> int:
        """The lowest price."""
        return min(one.price_minor for one in self.skus)

    @property
    def has_many_prices(self) -> bool:
        """Whether the price depends on the variant."""
        return len({one.price_minor for one in self.skus}) > 1

    @property
    def offer(self) -> Offer:
        """The stock of all its SKUs together."""
        return together(one.offer for one in self.skus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelfful:
    """One page of a list. `pages` is at least 1."""

    cards: tuple[Card, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryNode:
    """A category; `key` is the path of slugs, `/` between."""

    key: str
    parent: str
    names: dict[str, str]

    def name(self, tag: str) -> str:
        """The name for a language tag."""
        return self.names["zh-CN" if tag.startswith("zh") else "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a product's page tells: brand, category, allow-listed HTML by language, pictures."""

    handle: str
    names: dict[str, str]
    brand: str
    category_key: str
    html: dict[str, str]
    images: tuple[str, ...]


def sku_of(row: Sequence[Any]) -> SoldSku:
    """A SKU from a row of `shop_queries.SKU_COLUMNS`."""
    sku, handle, gtin, zh, en, options, price, per, currency, compare, unit, image, version = row
    return SoldSku(
        sku=sku,
        handle=handle,
        gtin=gtin or "",
        names={"zh-CN": zh, "en": en},
        options=tuple((str(name), str(value)) for name, value in json.loads(options)),
        price_minor=price,
        price_per=per,
        currency=currency,
        compare_at_minor=compare if compare is not None and compare > price else None,
        unit=unit,
        image=image,
        version=version,
    )


def images_of(text: str) -> tuple[str, ...]:
    """The picture names or addresses in a product's `images` column."""
    return tuple(str(one["src"]) for one in json.loads(text) if one.get("src"))
