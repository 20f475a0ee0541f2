"""Importing a product file: read, plan, and write in one transaction; a dry run stops before writing.

Reading and planning happen in a thread, so pages and stores are served meanwhile. SKUs that the file does
not hold stay as they are unless asked otherwise. The same file again changes nothing.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from hub.catalogue.catalogue_rows import category_rows, pack_rows, product_row, sku_row
from hub.catalogue.errors import CatalogueMoved
from hub.catalogue.pack_codes import packs_from
from hub.catalogue.read_products import Kind, plan_import, read_products
from hub.catalogue.rules import ExistingProduct, ImportPlan, ReadResult
from hub.catalogue.write_catalogue import Mark, WriteCatalogue, Written
from hub.kernel import Kernel

TRIES: Final = 3
READ_LIMIT_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    `version_before` goes to `LinkWorker.announce_catalogue` when `skus` or `archived` is above zero. `skus`
    counts the SKUs written with a new version; a dry run has 0.
    """

    read: ReadResult
    plan: ImportPlan
    version_before: int
    version: int
    skus: int = 0
    archived: int = 0
    dry_run: bool = field(default=False, kw_only=True)

    @property
    def is_taken(self) -> bool:
        """Whether the file could be read at all."""
        return self.read.kind != "unknown" and bool(self.read.products or self.read.rows)


async def import_products(
    kernel: Kernel,
    data: bytes,
    *,
    kind: Kind = "auto",
    currency: str = "CNY",
    dry_run: bool = False,
    archive_absent: bool = False,
) -> ImportReport:
    """Import a product file.

    Args:
        kernel: the hub.
        data: the file, of any bytes.
        kind: which format; `auto` goes by the headings.
        currency: the chain's.
        dry_run: True plans and writes nothing.
        archive_absent: True archives the SKUs that the file does not hold; never when rows were left out,
            because then the file does not say what the chain sells.

    Raises:
        CatalogueMoved: other imports came first TRIES times; nothing was written.
        StorageError: nothing was kept.
    """
    async with asyncio.timeout(READ_LIMIT_S):
        read = await asyncio.to_thread(read_products, data, kind=kind, currency=currency)
    for attempt in range(TRIES):
        mark, existing = await existing_products(kernel)
        plan = await asyncio.to_thread(plan_import, read, existing)
        archives = archive_absent and bool(read.products) and not plan.errors
        if dry_run or (plan.is_empty and not archives):
            return ImportReport(read, plan, mark.version, mark.version, dry_run=dry_run)
        command = await asyncio.to_thread(_command, mark, plan, read, archives=archives)
        try:
            written: Written = await kernel.writer.run(command)
        except CatalogueMoved:
            if attempt == TRIES - 1:
                raise
            continue
        return ImportReport(read, plan, mark.version, written.version, written.skus, written.archived)
    raise CatalogueMoved


async def existing_products(kernel: Kernel) -> tuple[Mark, dict[str, ExistingProduct]]:
    """How the catalogue stands, and what it holds by SKU, read as one state of the database."""
    rows = await kernel.reader.all(
        "SELECT sku.sku, product.content_hash, sku.gtin, sku.version, (SELECT COUNT(*) FROM product),"
        " (SELECT json_group_array(json_array(gtin, pieces)) FROM sku_pack WHERE sku_pack.sku = sku.sku)"
        " FROM sku JOIN product ON product.handle = sku.handle"
    )
    products = int(rows[0][4]) if rows else 0
    version = max((int(row[3]) for row in rows), default=0)
    return Mark(version, products), {
        str(row[0]): ExistingProduct(row[1], row[2], packs_from(row[5])) for row in rows
    }


def _command(mark: Mark, plan: ImportPlan, read: ReadResult, *, archives: bool) -> WriteCatalogue:
    """The plan as rows."""
    paths = dict.fromkeys(draft.category for draft in plan.drafts)
    categories = {row.key: row for path in paths for row in category_rows(path)}
    return WriteCatalogue(
        mark=mark,
        products=[product_row(draft) for draft in plan.drafts],
        skus=[sku_row(draft, variant) for draft in plan.drafts for variant in draft.variants],
        packs=[row for draft in plan.drafts for variant in draft.variants for row in pack_rows(variant)],
        categories=list(categories.values()),
        keep=frozenset(one.sku for draft in read.products for one in draft.variants) if archives else None,
    )
