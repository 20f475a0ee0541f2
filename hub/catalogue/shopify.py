"""A Shopify product export: rows joined by handle, up to three options a variant, pictures in rows between.

Lenient where Shopify is: its SKUs need not be unique and its barcodes need not be barcodes, so a variant
is taken with a code or without a barcode rather than left out, and a warning says so. Heading names of
older and newer exports are both read (help.shopify.com, "Using CSV files to import and export products").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from hub.catalogue.own_csv import levels
from hub.catalogue.parse_cells import Cells
from hub.catalogue.parse_csv import Row, Table
from hub.catalogue.parse_variants import OPTIONS, VariantReader
from hub.catalogue.rules import (
    CATEGORY_LEVELS,
    ImageDraft,
    LocalText,
    ProductDraft,
    ReadResult,
    Said,
    Status,
    VariantDraft,
    in_row_order,
)

_ALIASES: Final = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "body html", "body", "description"),
    "vendor": ("vendor",),
    "type": ("type", "product type", "custom product type"),
    "product_category": ("product category", "standardized product type", "standard product type"),
    "google_category": ("google shopping / google product category",),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "gift_card": ("gift card",),
    "sku": ("variant sku", "sku"),
    "barcode": ("variant barcode", "barcode"),
    "price": ("variant price", "price"),
    "compare_at": (
        "variant compare at price",
        "variant compare-at price",
        "compare-at price",
        "compare at price",
    ),
    "image": ("image src", "product image url", "image url"),
    "image_position": ("image position",),
    "image_alt": ("image alt text",),
    "variant_image": ("variant image", "variant image url"),
    **{f"option{n}_name": (f"option{n} name",) for n in OPTIONS},
    **{f"option{n}_value": (f"option{n} value",) for n in OPTIONS},
}
NAMES: Final = {heading: ours for ours, headings in _ALIASES.items() for heading in headings}
"""The column of ours for each heading of older and newer exports."""
MOST_VARIANTS: Final = 2_048
MOST_IMAGES: Final = 250
MOST_TAGS: Final = 250
_STRONG: Final = frozenset({"body", "vendor", "price", "option1_name", "option1_value", "image", "published"})
_STATUSES: Final = frozenset(status.value for status in Status)
_NO_CATEGORY: Final = LocalText("未分类", "Uncategorised")
_IMPORTED: Final = LocalText("导入的商品", "Imported")
"""Above types and tags, which are a shop's own free words: a thousand of them are no widest level."""
_CATEGORIES: Final = ("product_category", "type", "google_category")
_SLUG: Final = re.compile(r"[^\w]+")
_VARIANT_SIGNS: Final = ("option1_value", "option2_value", "option3_value", "sku", "price", "barcode")


def fits(headings: tuple[str, ...]) -> bool:
    """Whether the headings are those of a Shopify product export."""
    names = {NAMES.get(heading) for heading in headings}
    return bool(names & {"handle", "title"}) and len(names & _STRONG) >= 2


def read_shopify(table: Table, currency: str, said: Said) -> ReadResult:
    """The products of a Shopify export; prices are read in `currency`, for an export names none."""
    columns = table.named(NAMES, said)
    for missing in ("title", "price"):
        if missing not in columns:
            said.error(1, _ALIASES[missing][0].title(), "column_missing")
    if not {"title", "price"} <= columns.keys():
        return ReadResult(
            "shopify", errors=tuple(said.errors), warnings=tuple(said.warnings), rows=len(table.rows)
        )
    titles = {ours: table.titles[place] for ours, place in columns.items()}
    rows = (Cells(Row(number, cells, columns), titles, said) for number, cells in table.rows)
    reader = VariantReader(currency, said)
    products = [_product(group, reader) for group in _groups(rows)]
    return ReadResult(
        "shopify",
        tuple(product for product in products if product),
        in_row_order(said.errors),
        in_row_order(said.warnings),
        len(table.rows),
        products.count(None),
    )


@dataclass(slots=True)
class _Group:
    """The rows of one handle, wherever they stand in the file."""

    handle: str
    rows: list[Cells] = field(default_factory=list)


def _groups(rows: Iterable[Cells]) -> list[_Group]:
    groups: dict[str, _Group] = {}
    for cells in rows:
        written = cells.code("handle") or (cells.line("title") if cells.has("title") else "")
        handle = _SLUG.sub("-", written.lower()).strip("-")[:200]
        if not handle:
            cells.error("handle", "handle_missing")
            continue
        groups.setdefault(handle, _Group(handle)).rows.append(cells)
    return list(groups.values())


def _product(group: _Group, reader: VariantReader) -> ProductDraft | None:
    head = next((cells for cells in group.rows if cells.has("title")), None)
    name = head.line("title") if head else ""
    if head is None or not name:
        for cells in group.rows:
            cells.error("title", "title_missing", handle=group.handle)
        return None
    _check_titles(group, head, name)
    variants = _variants(group, head, reader)
    if not variants:
        return None
    body, status = head.body("body"), _status(head)
    return ProductDraft(
        handle=group.handle,
        name=LocalText.both(name),
        category=_category(head),
        variants=variants,
        currency=reader.currency,
        description_html=LocalText.both(body.html),
        description_text=LocalText.both(body.text),
        brand=head.line("vendor"),
        tags=_tags(head),
        images=_images(group, variants),
        status=status,
        is_online=_is_online(head),
        row=head.number,
    )


def _check_titles(group: _Group, head: Cells, name: str) -> None:
    for cells in group.rows:
        if cells is not head and cells.has("title") and cells.line("title") != name:
            cells.warn("title", "title_differs", value=cells.line("title"), first=head.number)


def _variants(group: _Group, head: Cells, reader: VariantReader) -> tuple[VariantDraft, ...]:
    rows = [cells for cells in group.rows if cells is head or any(map(cells.has, _VARIANT_SIGNS))]
    wanted = {cells.number for cells in rows}
    for cells in group.rows:
        if cells.number not in wanted and not cells.has("image"):
            cells.warn("handle", "row_without_use")
    for cells in rows[MOST_VARIANTS:]:
        cells.error("handle", "too_many_variants", handle=group.handle, most=MOST_VARIANTS)
    names = reader.option_names(rows)
    read = (reader.variant(group.handle, names, cells) for cells in rows[:MOST_VARIANTS])
    return reader.distinct(group.handle, [variant for variant in read if variant])


def _images(group: _Group, variants: tuple[VariantDraft, ...]) -> tuple[ImageDraft, ...]:
    """All pictures of the product, by position where one is given, else as they come; each once."""
    found: list[tuple[int, ImageDraft]] = []
    for cells in group.rows:
        src = cells.image("image")
        if src:
            position = cells.code("image_position")
            place = int(position) if re.fullmatch("[0-9]{1,6}", position) else 1_000_000
            found.append((place, ImageDraft(src, cells.line("image_alt"))))
    found.sort(key=lambda one: one[0])
    images = {image.src: image for _, image in reversed(found)}
    ordered = {image.src: images[image.src] for _, image in found}
    for variant in variants:
        if variant.image:
            ordered.setdefault(variant.image, ImageDraft(variant.image))
    return tuple(ordered.values())[:MOST_IMAGES]


def _category(head: Cells) -> tuple[LocalText, ...]:
    """The product's category path: Shopify's taxonomy, else its type, else Google's, else its first tag.

    The two taxonomies have few widest levels; a type or tag stands one level below one imported.
    """
    found = ((column, levels(head.line(column, 400))) for column in _CATEGORIES)
    column, path = next(((column, path) for column, path in found if path), ("tags", list(_tags(head)[:1])))
    if not path:
        head.warn("type", "category_none", category=_NO_CATEGORY.en)
        return (_NO_CATEGORY,)
    above = (_IMPORTED,) if column in {"type", "tags"} else ()
    most = CATEGORY_LEVELS - len(above)
    if len(path) > most:
        head.warn(column, "category_cut", levels=len(path), most=most)
    return (*above, *(LocalText.both(level[:100]) for level in path[:most]))


def _tags(head: Cells) -> tuple[str, ...]:
    split = (tag.strip()[:100] for tag in head.line("tags", 5_000).split(","))
    return tuple(dict.fromkeys(tag for tag in split if tag))[:MOST_TAGS]


def _status(head: Cells) -> Status:
    """Active unless the export says otherwise; a gift card is a draft, for it is no stock."""
    if head.code("gift_card").lower() == "true":
        head.warn("gift_card", "gift_card_draft")
        return Status.DRAFT
    value = head.code("status").lower()
    if value in _STATUSES:
        return Status(value)
    if value in {"", "unlisted"}:
        return Status.ACTIVE
    head.warn("status", "status_assumed", value=value)
    return Status.DRAFT


def _is_online(head: Cells) -> bool:
    """Whether the online shop lists it. An empty cell publishes (Shopify's rule), unlisted does not."""
    if head.code("status").lower() == "unlisted":
        return False
    value = head.code("published").lower()
    if value not in {"", "true", "false"}:
        head.warn("published", "published_assumed", value=value)
    return value in {"", "true"}
