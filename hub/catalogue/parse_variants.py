"""The variants of a Shopify export: options, codes, barcodes and prices, each unique where it must be."""

import hashlib
import re
from dataclasses import replace
from typing import Final

from hub.catalogue.parse_barcode import parse_barcode
from hub.catalogue.parse_cells import Cells, is_sku
from hub.catalogue.parse_price import PriceFault, minor_digits, parse_price
from hub.catalogue.rules import Said, Status, VariantDraft

OPTIONS: Final = (1, 2, 3)
"""Shopify's option columns."""
_SLUG: Final = re.compile(r"[^A-Za-z0-9]+")
_NO_OPTION: Final = ("title", "default title")

Options = tuple[tuple[str, str], ...]
"""Name and value of each option."""


class VariantReader:
    """Reads variants row by row, remembering which SKUs and barcodes were taken where in the file."""

    def __init__(self, currency: str, said: Said) -> None:
        self.currency = currency
        self._digits = minor_digits(currency)
        self._said = said
        self._skus: dict[str, int] = {}
        self._gtins: dict[str, int] = {}

    def option_names(self, rows: list[Cells]) -> tuple[str, ...]:
        """The names of a product's options: they stand in its first row only."""
        found = []
        for n in OPTIONS:
            column = f"option{n}_name"
            found.append(next((cells.line(column, 100) for cells in rows if cells.has(column)), ""))
        return tuple(found)

    def variant(self, handle: str, names: tuple[str, ...], cells: Cells) -> VariantDraft | None:
        """The variant of a row, or None where it has no price that can be charged (said by row)."""
        price = self._price(cells)
        if price is None:
            return None
        options = _options(names, cells)
        sku, is_generated = self._sku(handle, options, cells)
        return VariantDraft(
            sku=sku,
            gtin=self._gtin(cells),
            price_minor=price,
            options=options,
            compare_at_minor=self._compare_at(cells, price),
            image=cells.image("variant_image"),
            status=Status.ACTIVE if price else Status.DRAFT,
            sku_is_generated=is_generated,
            row=cells.number,
        )

    def distinct(self, handle: str, variants: list[VariantDraft]) -> tuple[VariantDraft, ...]:
        """The variants whose options differ; a second one of the same options is left out (said by row)."""
        kept: dict[tuple[str, ...], VariantDraft] = {}
        for variant in variants:
            values = tuple(value for _, value in variant.options)
            first = kept.setdefault(values, variant)
            if first is not variant:
                self._forget(variant)
                words = " / ".join(values) or "none"
                self._said.error(
                    variant.row,
                    "Option1 Value",
                    "variant_twice",
                    handle=handle,
                    options=words,
                    first=first.row,
                )
        if len(kept) == 1:
            return tuple(_without_title(variant) for variant in kept.values())
        return tuple(kept.values())

    def _forget(self, variant: VariantDraft) -> None:
        """A variant left out blocks neither its code nor its barcode for later rows."""
        del self._skus[variant.sku]
        if variant.gtin:
            del self._gtins[variant.gtin]

    def _sku(self, handle: str, options: Options, cells: Cells) -> tuple[str, bool]:
        written = cells.code("sku")
        if is_sku(written) and written not in self._skus:
            self._skus[written] = cells.number
            return written, False
        sku = self._generated(handle, options)
        self._skus[sku] = cells.number
        if not written:
            cells.warn("sku", "sku_generated", sku=sku)
        elif is_sku(written):
            cells.warn("sku", "sku_replaced_twice", value=written, first=self._skus[written], sku=sku)
        else:
            cells.warn("sku", "sku_replaced_invalid", value=written, sku=sku)
        return sku, True

    def _generated(self, handle: str, options: Options) -> str:
        """A code that is the same on every import: readable words, and a hash that keeps it unique."""
        values = [value for _, value in options]
        words = _SLUG.sub("-", "-".join([handle, *values])).strip("-").upper()[:48].rstrip("-")
        salt = 0
        while True:
            seed = "\x1f".join([handle, *values, *([str(salt)] if salt else [])])
            digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:8].upper()
            sku = f"{words}-{digest}" if words else digest
            if sku not in self._skus:
                return sku
            salt += 1

    def _gtin(self, cells: Cells) -> str | None:
        value = cells.row.raw("barcode").strip()
        barcode = parse_barcode(value)
        if barcode.fault:
            code = f"gtin_dropped_{barcode.fault}"
            cells.warn("barcode", code, value=value, length=barcode.length, expected=barcode.expected)
            return None
        if barcode.gtin is None:
            return None
        if barcode.gtin in self._gtins:
            cells.warn("barcode", "gtin_dropped_twice", value=value, first=self._gtins[barcode.gtin])
            return None
        if barcode.was_padded:
            cells.warn("barcode", "gtin_padded", value=value, gtin=barcode.gtin)
        self._gtins[barcode.gtin] = cells.number
        return barcode.gtin

    def _price(self, cells: Cells) -> int | None:
        value = cells.row.raw("price").strip()
        price = parse_price(value, self._digits)
        if isinstance(price, PriceFault):
            cells.error("price", price, value=value, example="12.90", currency=self.currency)
            return None
        if price == 0:
            cells.warn("price", "price_zero_draft")
        return price

    def _compare_at(self, cells: Cells, price: int) -> int | None:
        """The price struck through, where it is above the price; below it, it says nothing."""
        value = cells.row.raw("compare_at").strip()
        if not value:
            return None
        before = parse_price(value, self._digits)
        if isinstance(before, PriceFault):
            cells.warn("compare_at", "compare_at_dropped", value=value)
            return None
        return before if before > price else None


def _options(names: tuple[str, ...], cells: Cells) -> Options:
    values = [cells.line(f"option{n}_value", 100) for n in OPTIONS]
    pairs = ((names[n - 1] or f"Option {n}", values[n - 1]) for n in OPTIONS)
    options = tuple((name, value) for name, value in pairs if value)
    is_none = len(options) == 1 and (options[0][0].lower(), options[0][1].lower()) == _NO_OPTION
    return () if is_none else options


def _without_title(variant: VariantDraft) -> VariantDraft:
    """The only variant of a product without an option named Title: that is Shopify's word for "no option"."""
    if len(variant.options) != 1 or variant.options[0][0].lower() != "title":
        return variant
    return replace(variant, options=())
