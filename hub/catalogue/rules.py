"""What a catalogue file says, as values: drafts of products, errors by row, and the plan of an import.

Pure: no file, no database, no clock. Readers make these values, pages show them, and the use case that
writes the catalogue takes them. Invariant: a draft is complete and valid, so writing it needs no second look.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from hub.catalogue.pack_codes import PackCode
from hub.catalogue.read_messages import MESSAGES

CATEGORY_LEVELS = 4
"""The most levels a category path may have."""
MOST_PRICE_MINOR = 10**12
"""The largest price in minor units: above it, a decimal point was lost."""


class Status(StrEnum):
    """Whether a product or variant may be sold."""

    ACTIVE = "active"
    DRAFT = "draft"
    ARCHIVED = "archived"


class Unit(StrEnum):
    """The stock unit quantities count in: one piece, one gram, one millilitre."""

    PIECE = "pcs"
    GRAM = "g"
    MILLILITRE = "ml"


@dataclass(frozen=True, slots=True)
class LocalText:
    """One text in the chain's two languages; a source in one language fills both, so no screen is empty."""

    zh: str
    en: str

    @classmethod
    def both(cls, text: str) -> "LocalText":
        """The same text in both languages."""
        return cls(text, text)

    def of(self, locale: str) -> str:
        """The text for a BCP 47 locale: Chinese for `zh…`, English for all others."""
        return self.zh if locale.lower().startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class ImageDraft:
    """A picture: a file name of the chain's picture folder or an https address, and its description."""

    src: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """One sellable SKU.

    `price_minor` is in minor units for `price_per` stock units (one piece, or for example 500 g).
    `gtin` is the normalised barcode of 8, 13 or 14 digits. `packs` are its further barcodes in order; None
    where the file says nothing of them, so that those of the catalogue stay. Every code is unique in the
    file. `row` is the spreadsheet row it came from; it is no part of the content.
    """

    sku: str
    gtin: str | None
    price_minor: int
    options: tuple[tuple[str, str], ...] = ()
    compare_at_minor: int | None = None
    unit: Unit = Unit.PIECE
    price_per: int = 1
    tax_bp: int | None = None
    image: str | None = None
    shelf: str = ""
    status: Status = Status.ACTIVE
    sku_is_generated: bool = False
    row: int = 0
    packs: tuple[PackCode, ...] | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Every barcode that the file gives this variant."""
        return (*((self.gtin,) if self.gtin else ()), *(pack.gtin for pack in self.packs or ()))

    def content(self) -> tuple[object, ...]:
        """All that makes this variant what it is, in a fixed order."""
        return (
            self.sku,
            self.gtin,
            self.price_minor,
            self.options,
            self.compare_at_minor,
            self.unit.value,
            self.price_per,
            self.tax_bp,
            self.image,
            self.shelf,
            self.status.value,
            [(pack.gtin, pack.pieces) for pack in self.packs or ()],
        )


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product with its variants, ready to be written.

    `category` runs from the widest level to the narrowest, one to four levels. `description_html` holds
    only the allow-listed tags of `parse_html`; `description_text` is the same as plain text. `is_online`
    says whether the shop lists it; `status` whether it is sold at all.
    """

    handle: str
    name: LocalText
    category: tuple[LocalText, ...]
    variants: tuple[VariantDraft, ...]
    currency: str
    description_html: LocalText = LocalText("", "")
    description_text: LocalText = LocalText("", "")
    brand: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[ImageDraft, ...] = ()
    status: Status = Status.ACTIVE
    is_online: bool = True
    row: int = 0

    def content_hash(self) -> str:
        """SHA-256 (hex) of the content: equal for equal content, whatever rows it stood in."""
        content = (
            self.handle,
            (self.name.zh, self.name.en),
            [(level.zh, level.en) for level in self.category],
            [variant.content() for variant in self.variants],
            self.currency,
            (self.description_html.zh, self.description_html.en),
            self.brand,
            self.tags,
            [(image.src, image.alt) for image in self.images],
            self.status.value,
            self.is_online,
        )
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class RowError:
    """Something to say about a row: row 1 is the heading row, row 0 the file as a whole."""

    row: int
    column: str
    code: str
    params: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> str:
        """The English text: what is wrong and what to do."""
        return MESSAGES[self.code].format_map({"column": self.column, **dict(self.params)})


@dataclass(frozen=True, slots=True)
class Said:
    """What one reading says: errors (the row is left out) and warnings (taken, but changed)."""

    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)

    def error(self, row: int, column: str, code: str, **params: object) -> None:
        """Note that a row, or the file, is left out."""
        self.errors.append(_said(row, column, code, params))

    def warn(self, row: int, column: str, code: str, **params: object) -> None:
        """Note that a row is taken with a change."""
        self.warnings.append(_said(row, column, code, params))


def _said(row: int, column: str, code: str, params: dict[str, object]) -> RowError:
    assert code in MESSAGES, code
    return RowError(row, column, code, tuple((name, str(value)[:120]) for name, value in params.items()))


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a product file holds.

    `kind` is `own`, `shopify` or `unknown`; `rows` counts the records without the heading;
    `left_out` counts the products of which nothing could be taken.
    """

    kind: str
    products: tuple[ProductDraft, ...] = ()
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowError, ...] = ()
    rows: int = 0
    left_out: int = 0

    @property
    def variants(self) -> int:
        """How many SKUs the drafts hold."""
        return sum(len(product.variants) for product in self.products)

    @property
    def rows_left_out(self) -> int:
        """How many rows were left out: each has an error that says why."""
        return len({error.row for error in self.errors if error.row > 1})


@dataclass(frozen=True, slots=True)
class ExistingProduct:
    """What the catalogue holds for a SKU: the hash of the product it belongs to, and its barcodes."""

    content_hash: str
    gtin: str | None = None
    packs: tuple[PackCode, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. `drafts` are the new and changed products; the counts are of products."""

    drafts: tuple[ProductDraft, ...]
    errors: tuple[RowError, ...]
    warnings: tuple[RowError, ...]
    new: int
    changed: int
    unchanged: int
    left_out: int

    @property
    def is_empty(self) -> bool:
        """Whether carrying it out would change nothing."""
        return not self.drafts


def in_row_order(said: Iterable[RowError]) -> tuple[RowError, ...]:
    """The same, from the top of the file down; what was said about one row stays in its order."""
    return tuple(sorted(said, key=lambda one: one.row))
