"""Our own product file: one row a SKU, names in two languages, prices in minor units or as a decimal.

Strict: a row with an error is left out and says why. Columns (any order; `*` required): `sku*`, `gtin`,
`more_gtins` (see `parse_packs`; a file without the column leaves them as they are), `name_zh*`, `name_en*`,
`description_zh`, `description_en`, `brand`, `category_zh*`, `category_en*` (one to four levels, ` > ` between
them), `price_minor*` (fen for CNY) or `price` (12.34), `currency`, `unit` (pcs, g, ml), `price_per` (stock
units the price is for, 1), `tax_bp` (1300 = 13 %), `image`, `shelf`, `status` (active, draft, archived). One
name may be missing; then the other stands in both languages.
"""

import hashlib
import re
from typing import Final

from hub.catalogue.parse_barcode import parse_barcode
from hub.catalogue.parse_cells import Cells, is_sku
from hub.catalogue.parse_csv import Row, Table
from hub.catalogue.parse_packs import read_packs
from hub.catalogue.parse_price import PriceFault, minor_digits, parse_price
from hub.catalogue.parse_text import plain_digits
from hub.catalogue.rules import (
    CATEGORY_LEVELS,
    MOST_PRICE_MINOR,
    ImageDraft,
    LocalText,
    ProductDraft,
    ReadResult,
    Said,
    Status,
    Unit,
    VariantDraft,
    in_row_order,
)

COLUMNS: Final = (
    "sku",
    "gtin",
    "more_gtins",
    "name_zh",
    "name_en",
    "description_zh",
    "description_en",
    "brand",
    "category_zh",
    "category_en",
    "price_minor",
    "currency",
    "unit",
    "tax_bp",
    "image",
    "shelf",
    "status",
)
"""The columns of a file we write, in their order."""
NAMES: Final = {
    **{column: column for column in (*COLUMNS, "price", "price_per")},
    "barcode": "gtin",
    "商品编码": "sku",
    "单品编码": "sku",
    "条码": "gtin",
    "其他条码": "more_gtins",
    "箱码": "more_gtins",
    "中文名称": "name_zh",
    "英文名称": "name_en",
    "中文描述": "description_zh",
    "英文描述": "description_en",
    "品牌": "brand",
    "中文分类": "category_zh",
    "英文分类": "category_en",
    "价格": "price",
    "币种": "currency",
    "单位": "unit",
    "图片": "image",
    "货架": "shelf",
    "状态": "status",
}
"""The column of ours for each heading we know."""
_UNITS: Final = tuple(unit.value for unit in Unit)
_STATUSES: Final = tuple(status.value for status in Status)
_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")
_SLUG: Final = re.compile(r"[^\w.-]+")


def fits(headings: tuple[str, ...]) -> bool:
    """Whether the headings are those of our own file."""
    names = {NAMES.get(heading) for heading in headings}
    return "sku" in names and bool(names & {"name_zh", "name_en"})


def read_own(table: Table, currency: str, said: Said) -> ReadResult:
    """The products of a table in our own format; what cannot be taken is said by row."""
    columns = table.named(NAMES, said)
    for missing in _missing(columns):
        said.error(1, missing, "column_missing")
    if _missing(columns):
        return ReadResult(
            "own", errors=tuple(said.errors), warnings=tuple(said.warnings), rows=len(table.rows)
        )
    reader = _Reader(currency, said)
    titles = {ours: table.titles[place] for ours, place in columns.items()}
    products = [
        reader.product(Cells(Row(number, cells, columns), titles, said)) for number, cells in table.rows
    ]
    return ReadResult(
        "own",
        tuple(product for product in products if product),
        in_row_order(said.errors),
        in_row_order(said.warnings),
        len(table.rows),
        len({error.row for error in said.errors}),
    )


def _missing(columns: dict[str, int]) -> list[str]:
    missing = [name for name in ("sku",) if name not in columns]
    pairs = (("name_zh", "name_en"), ("category_zh", "category_en"), ("price_minor", "price"))
    return missing + [pair[0] for pair in pairs if not any(name in columns for name in pair)]


class _Reader:
    """Reads row by row, remembering which SKUs and barcodes were taken where."""

    def __init__(self, currency: str, said: Said) -> None:
        self._currency = currency
        self._digits = minor_digits(currency)
        self._said = said
        self._skus: dict[str, int] = {}
        self._handles: set[str] = set()
        self._gtins: dict[str, int] = {}
        self._categories: dict[tuple[str, str], tuple[LocalText, ...]] = {}

    def product(self, cells: Cells) -> ProductDraft | None:
        """The product of a row, or None where anything in it is wrong: every fault is said at once."""
        before = len(self._said.errors)
        name = self._name(cells)
        category = self._category(cells)
        variant = self._variant(cells)
        zh, en = cells.body("description_zh"), cells.body("description_en")
        if len(self._said.errors) != before:
            return None
        self._skus[variant.sku] = cells.number
        self._gtins |= dict.fromkeys(variant.codes, cells.number)
        if variant.image is None and not cells.has("image"):
            cells.warn("image", "image_missing")
        return ProductDraft(
            handle=self._handle(variant.sku),
            name=name,
            category=category,
            variants=(variant,),
            currency=self._currency,
            description_html=LocalText(zh.html or en.html, en.html or zh.html),
            description_text=LocalText(zh.text or en.text, en.text or zh.text),
            brand=cells.line("brand"),
            images=(ImageDraft(variant.image),) if variant.image else (),
            status=variant.status,
            row=cells.number,
        )

    def _handle(self, sku: str) -> str:
        """A word for addresses: the SKU in lower case, with a hash where two differ in signs or case only."""
        handle = _SLUG.sub("-", sku.lower()).strip("-")
        if not handle or handle in self._handles:
            handle = f"{handle}-{hashlib.sha256(sku.encode()).hexdigest()[:8]}".strip("-")
        self._handles.add(handle)
        return handle

    def _variant(self, cells: Cells) -> VariantDraft:
        sku, gtin = self._sku(cells), self._gtin(cells)
        return VariantDraft(
            sku=sku,
            gtin=gtin,
            packs=read_packs(cells, "more_gtins", self._gtins, gtin),
            price_minor=self._price(cells),
            unit=self._unit(cells),
            price_per=self._whole(cells, "price_per", 1, (1, 1_000_000)) or 1,
            tax_bp=self._whole(cells, "tax_bp", None, (0, 10_000)),
            image=cells.image("image"),
            shelf=cells.line("shelf", 40),
            status=self._status(cells),
            row=cells.number,
        )

    def _sku(self, cells: Cells) -> str:
        sku = cells.code("sku")
        if not sku:
            cells.error("sku", "sku_missing")
        elif not is_sku(sku):
            cells.error("sku", "sku_invalid", value=sku)
        elif sku in self._skus:
            cells.error("sku", "sku_twice", value=sku, first=self._skus[sku])
        return sku

    def _gtin(self, cells: Cells) -> str | None:
        value = cells.row.raw("gtin").strip()
        barcode = parse_barcode(value)
        if barcode.fault:
            code = f"gtin_{barcode.fault}"
            cells.error("gtin", code, value=value, length=barcode.length, expected=barcode.expected)
        elif barcode.gtin in self._gtins:
            cells.error("gtin", "gtin_twice", value=value, first=self._gtins[barcode.gtin])
        elif barcode.was_padded:
            cells.warn("gtin", "gtin_padded", value=value, gtin=barcode.gtin)
        return barcode.gtin

    def _name(self, cells: Cells) -> LocalText:
        zh, en = cells.line("name_zh"), cells.line("name_en")
        if not zh and not en:
            cells.error("name_zh", "name_missing")
        return LocalText(zh or en, en or zh)

    def _category(self, cells: Cells) -> tuple[LocalText, ...]:
        texts = (cells.line("category_zh", 400), cells.line("category_en", 400))
        if texts not in self._categories:
            zh, en = levels(texts[0]) or levels(texts[1]), levels(texts[1]) or levels(texts[0])
            fault = _category_fault(cells, zh, en)
            if fault:
                return ()
            self._categories[texts] = tuple(LocalText(*pair) for pair in zip(zh, en, strict=True))
        return self._categories[texts]

    def _price(self, cells: Cells) -> int:
        self._check_currency(cells)
        in_minor = cells.has("price_minor")
        column = "price_minor" if in_minor else "price"
        value = cells.row.raw(column).strip()
        price = parse_price(value, 0 if in_minor else self._digits)
        if isinstance(price, PriceFault):
            code = PriceFault.INVALID if in_minor and price is PriceFault.DECIMALS else price
            example = "1290" if in_minor else "12.90"
            cells.error(column, code, value=value, example=example, currency=self._currency)
            return 0
        if price == 0:
            cells.error(column, "price_not_positive", value=value)
        assert price <= MOST_PRICE_MINOR
        return price

    def _check_currency(self, cells: Cells) -> None:
        value = cells.code("currency").upper()
        if value and value != self._currency:
            cells.error("currency", "currency_other", value=value, currency=self._currency)

    def _unit(self, cells: Cells) -> Unit:
        value = cells.code("unit").lower()
        if value and value not in _UNITS:
            cells.error("unit", "unit_unknown", value=value, known=", ".join(_UNITS))
            return Unit.PIECE
        return Unit(value or Unit.PIECE)

    def _status(self, cells: Cells) -> Status:
        value = cells.code("status").lower()
        if value and value not in _STATUSES:
            cells.error("status", "status_unknown", value=value, known=", ".join(_STATUSES))
            return Status.DRAFT
        return Status(value or Status.ACTIVE)

    def _whole(self, cells: Cells, column: str, default: int | None, span: tuple[int, int]) -> int | None:
        value = plain_digits(cells.code(column))
        if not value:
            return default
        number = int(value) if _WHOLE.fullmatch(value) else -1
        if not span[0] <= number <= span[1]:
            code = "tax_invalid" if column == "tax_bp" else "price_per_invalid"
            cells.error(column, code, value=value)
            return default
        return number


def levels(path: str) -> list[str]:
    """The levels of a category path such as `Beauty > Skin care > Masks`; empty ones are left out."""
    return [level.strip() for level in path.replace("＞", ">").split(">") if level.strip()]


def _category_fault(cells: Cells, zh: list[str], en: list[str]) -> bool:
    if not zh:
        cells.error("category_zh", "category_missing")
    elif len(zh) != len(en):
        cells.error("category_en", "category_levels_differ", zh=len(zh), en=len(en))
    elif len(zh) > CATEGORY_LEVELS:
        path = " > ".join(zh)
        cells.error("category_zh", "category_depth", value=path, levels=len(zh), most=CATEGORY_LEVELS)
    else:
        return False
    return True
