"""From drafts to rows: how a product, its SKUs and its categories stand in the catalogue's tables. Pure."""

import json
import re
from functools import lru_cache
from typing import Final, NamedTuple

from hub.catalogue.rules import LocalText, ProductDraft, VariantDraft

_NO_SLUG: Final = re.compile(r"[\W_]+")
MOST_NAME: Final = 200
MOST_SEARCH: Final = 4_000


class SkuValues(NamedTuple):
    """The columns of `sku` but its version, in their order."""

    sku: str
    handle: str
    gtin: str | None
    name_zh: str
    name_en: str
    options: str
    price_minor: int
    price_per: int
    currency: str
    compare_at_minor: int | None
    unit: str
    tax_bp: int | None
    image: str
    shelf: str
    category: str
    status: str


class ProductValues(NamedTuple):
    """The columns of `product` but its position, in their order."""

    handle: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    brand: str
    category: str
    category_key: str
    tags: str
    images: str
    status: str
    is_online: int
    content_hash: str
    search_text: str


class PackValues(NamedTuple):
    """The columns of `sku_pack`, in their order."""

    gtin: str
    sku: str
    pieces: int


class CategoryValues(NamedTuple):
    """The columns of `category` but its position, in their order."""

    key: str
    parent: str
    level: int
    name_zh: str
    name_en: str


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def slug(name: LocalText) -> str:
    """A category's part of its key: the English name's letters and digits in lower case, hyphens between."""
    english, chinese = (_NO_SLUG.sub("-", text.lower()).strip("-") for text in (name.en, name.zh))
    return english or chinese or "-"


@lru_cache(maxsize=4_096)
def category_key(path: tuple[LocalText, ...]) -> str:
    """The key of a category: the slugs from the widest level, `/` between; empty for no category."""
    return "/".join(slug(level) for level in path)


def category_rows(path: tuple[LocalText, ...]) -> list[CategoryValues]:
    """Every level of a path, the widest first."""
    return [
        CategoryValues(
            key=category_key(path[: depth + 1]),
            parent=category_key(path[:depth]),
            level=depth + 1,
            name_zh=level.zh,
            name_en=level.en,
        )
        for depth, level in enumerate(path)
    ]


def variant_name(product: LocalText, variant: VariantDraft) -> LocalText:
    """The product's name with the variant's option values, as tills and receipts show it."""
    values = " / ".join(value for _, value in variant.options)
    if not values:
        return product
    return LocalText(f"{product.zh} {values}"[:MOST_NAME], f"{product.en} {values}"[:MOST_NAME])


def sku_row(product: ProductDraft, variant: VariantDraft) -> SkuValues:
    """A variant as its row; it is sold only when its product is."""
    name = variant_name(product.name, variant)
    first_image = product.images[0].src if product.images else ""
    status = variant.status if product.status.value == "active" else product.status
    return SkuValues(
        sku=variant.sku,
        handle=product.handle,
        gtin=variant.gtin,
        name_zh=name.zh,
        name_en=name.en,
        options=_text(variant.options),
        price_minor=variant.price_minor,
        price_per=variant.price_per,
        currency=product.currency,
        compare_at_minor=variant.compare_at_minor,
        unit=variant.unit.value,
        tax_bp=variant.tax_bp,
        image=variant.image or first_image,
        shelf=variant.shelf,
        category=_text([level.zh for level in product.category]),
        status=status.value,
    )


def pack_rows(variant: VariantDraft) -> list[PackValues]:
    """A variant's further barcodes as rows."""
    return [PackValues(pack.gtin, variant.sku, pack.pieces) for pack in variant.packs or ()]


def product_row(product: ProductDraft) -> ProductValues:
    """A product as its row. `category` holds [zh, en] pairs, `images` objects with src and alt."""
    return ProductValues(
        handle=product.handle,
        name_zh=product.name.zh,
        name_en=product.name.en,
        description_zh=product.description_html.zh,
        description_en=product.description_html.en,
        brand=product.brand,
        category=_text([[level.zh, level.en] for level in product.category]),
        category_key=category_key(product.category),
        tags=_text(product.tags),
        images=_text([{"src": image.src, "alt": image.alt} for image in product.images]),
        status=product.status.value,
        is_online=int(product.is_online),
        content_hash=product.content_hash(),
        search_text=search_text(product),
    )


def search_text(product: ProductDraft) -> str:
    """What a search looks through, in lower case: names, brand, SKUs and barcodes."""
    words = [product.name.zh, product.name.en, product.brand]
    for variant in product.variants:
        words += [variant.sku, *variant.codes, *(value for _, value in variant.options)]
    distinct = dict.fromkeys(word.lower() for word in words if word)
    return " ".join(distinct)[:MOST_SEARCH]
