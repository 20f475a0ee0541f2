"""A product file of any kind we know, from bytes to drafts; and what importing it would change.

Pure and total: any bytes give a result, never an exception. Nothing is half-imported: a fault of the file
as a whole gives no products, a fault of a row leaves that row out and says so.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from hub.catalogue import own_csv, shopify
from hub.catalogue.parse_csv import Table, read_table
from hub.catalogue.parse_price import is_currency
from hub.catalogue.rules import (
    ExistingProduct,
    ImportPlan,
    ProductDraft,
    ReadResult,
    RowError,
    Said,
    VariantDraft,
    in_row_order,
)

Kind = Literal["auto", "own", "shopify"]
"""Which format to read; `auto` goes by the headings."""
_KNOWN: Final = frozenset(own_csv.NAMES) | frozenset(shopify.NAMES)


def read_products(data: bytes, *, kind: Kind = "auto", currency: str = "CNY") -> ReadResult:
    """The products in a file, with errors and warnings by row.

    Args:
        data: a CSV file of at most 64 MiB and 200,000 rows, in UTF-8, UTF-16 with a mark, or GB18030.
        kind: `own`, `shopify`, or `auto` to go by the headings.
        currency: ISO 4217 code prices are read in.

    Returns:
        Drafts in the order of the file; SKUs and barcodes are unique among them.
    """
    said = Said()
    if not is_currency(currency):
        said.error(0, "", "currency_unknown", currency=currency)
        return _nothing(said)
    table = read_table(data, _KNOWN, said)
    if table is None:
        return _nothing(said)
    chosen = _kind(table) if kind == "auto" else kind
    if chosen == "own":
        return own_csv.read_own(table, currency, said)
    if chosen == "shopify":
        return shopify.read_shopify(table, currency, said)
    said.error(0, "", "kind_unknown")
    return _nothing(said)


def _kind(table: Table) -> str:
    if own_csv.fits(table.headings):
        return "own"
    return "shopify" if shopify.fits(table.headings) else "unknown"


def _nothing(said: Said) -> ReadResult:
    return ReadResult("unknown", errors=in_row_order(said.errors), warnings=in_row_order(said.warnings))


def plan_import(read: ReadResult, existing: Mapping[str, ExistingProduct]) -> ImportPlan:
    """What importing these drafts over the catalogue would change.

    Args:
        read: a file as read.
        existing: the catalogue by SKU: the `content_hash` of the draft each SKU was last written from.

    Returns:
        The new and changed products to write, with the further barcodes that the catalogue has where the
        file says nothing of them. A barcode that belongs to another SKU which this file does not give a new
        barcode is an error and leaves its product out.
    """
    errors, refused = _clashes(read, existing)
    drafts: list[ProductDraft] = []
    new = unchanged = 0
    for product in read.products:
        if product.handle in refused:
            continue
        product = _with_kept_packs(product, existing)  # noqa: PLW2901  # the same product, whole
        if _is_unchanged(product, existing):
            unchanged += 1
        else:
            drafts.append(product)
            new += all(variant.sku not in existing for variant in product.variants)
    return ImportPlan(
        drafts=tuple(drafts),
        errors=in_row_order((*read.errors, *errors)),
        warnings=read.warnings,
        new=new,
        changed=len(drafts) - new,
        unchanged=unchanged,
        left_out=len(refused) + read.left_out,
    )


def _clashes(
    read: ReadResult, existing: Mapping[str, ExistingProduct]
) -> tuple[list[RowError], frozenset[str]]:
    """Barcodes that another SKU keeps, and the products left out for it.

    A product that is left out keeps its own barcodes, which may clash with another product of the file:
    so it is asked again until nothing more is left out.
    """
    refused: frozenset[str] = frozenset()
    while True:
        taken = [product for product in read.products if product.handle not in refused]
        holders = _holders(taken, existing)
        clashing = {
            product.handle: errors
            for product in read.products
            if (errors := [error for variant in product.variants if (error := _clash(variant, holders))])
        }
        if refused.issuperset(clashing):
            return [error for errors in clashing.values() for error in errors], refused
        refused |= clashing.keys()


def _holders(taken: list[ProductDraft], existing: Mapping[str, ExistingProduct]) -> dict[str, str]:
    """The SKU that will hold each barcode of the catalogue, but for those the file writes anew."""
    rewritten = {variant.sku: variant for product in taken for variant in product.variants}
    held: dict[str, str] = {}
    for sku, one in existing.items():
        draft = rewritten.get(sku)
        if draft is None and one.gtin:
            held[one.gtin] = sku
        if draft is None or draft.packs is None:
            held |= {pack.gtin: sku for pack in one.packs}
    return held


def _clash(variant: VariantDraft, holders: Mapping[str, str]) -> RowError | None:
    for code in variant.codes:
        holder = holders.get(code)
        if holder is not None and holder != variant.sku:
            column = "gtin" if code == variant.gtin else "more_gtins"
            return RowError(variant.row, column, "gtin_taken", (("value", code), ("sku", holder)))
    return None


def _with_kept_packs(product: ProductDraft, existing: Mapping[str, ExistingProduct]) -> ProductDraft:
    """The product as it will be: a variant without a word of further barcodes keeps the catalogue's."""
    variants = tuple(_kept(variant, existing.get(variant.sku)) for variant in product.variants)
    return product if variants == product.variants else replace(product, variants=variants)


def _kept(variant: VariantDraft, known: ExistingProduct | None) -> VariantDraft:
    if variant.packs is not None or known is None or not known.packs:
        return variant
    return replace(variant, packs=tuple(pack for pack in known.packs if pack.gtin != variant.gtin))


def _is_unchanged(product: ProductDraft, existing: Mapping[str, ExistingProduct]) -> bool:
    content = product.content_hash()
    found = (existing.get(variant.sku) for variant in product.variants)
    return all(one is not None and one.content_hash == content for one in found)
