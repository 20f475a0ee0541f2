"""The command that writes an import into the catalogue: all of it in one transaction, or nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from hub.catalogue.catalogue_rows import CategoryValues, PackValues, ProductValues, SkuValues
from hub.catalogue.errors import CatalogueMoved
from sync.storage.writer import Transaction

BATCH: Final = 500
_SKU: Final = ", ".join(SkuValues._fields)
_PRODUCT: Final = ", ".join(ProductValues._fields)
_CATEGORY: Final = ", ".join(CategoryValues._fields)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mark:
    """How the catalogue stood when an import was planned: its newest version and its number of products."""

    version: int
    products: int


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: SKUs that got a new version, SKUs archived, and the newest version afterwards."""

    skus: int
    archived: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteCatalogue:
    """Command: write new and changed products.

    Each SKU whose row or further barcodes differ gets the next version; the others keep theirs, so stores
    hear of nothing that did not change.

    Args:
        mark: the catalogue that the import was planned on.
        products: new and changed products.
        skus: their SKUs.
        categories: every level of their categories.
        packs: all further barcodes of these SKUs.
        keep: the SKUs of the file: the others are archived; None leaves them as they are.
    """

    mark: Mark
    products: Sequence[ProductValues]
    skus: Sequence[SkuValues]
    categories: Sequence[CategoryValues]
    packs: Sequence[PackValues] = ()
    keep: frozenset[str] | None = None

    def __call__(self, transaction: Transaction) -> Written:
        """Run in the writer.

        Raises:
            CatalogueMoved: another import came first; nothing changed.
        """
        if read_mark(transaction) != self.mark:
            raise CatalogueMoved
        self._write_categories(transaction)
        self._write_products(transaction)
        packs = _by_sku(self.packs)
        before = self._old_packs(transaction)
        changed = [
            row
            for row, old in self._with_old(transaction)
            if row != old or packs.get(row.sku) != before.get(row.sku)
        ]
        version = self._write_skus(transaction, changed)
        self._write_packs(transaction, [row.sku for row in changed], packs)
        archived = self._archive(transaction, version) if self.keep is not None else 0
        self._drop_empty_products(transaction)
        return Written(len(changed), archived, version + archived)

    def _write_categories(self, transaction: Transaction) -> None:
        """Add categories, or rename them; a new one stands after the others."""
        _many(
            transaction,
            f"INSERT INTO category ({_CATEGORY}, position) VALUES (?, ?, ?, ?, ?,"  # noqa: S608  # our own columns
            " (SELECT COALESCE(MAX(position), 0) + 1 FROM category)) ON CONFLICT (key) DO UPDATE SET"
            " name_zh = excluded.name_zh, name_en = excluded.name_en",
            self.categories,
        )

    def _write_products(self, transaction: Transaction) -> None:
        """Add products at the end of the list, or change them where they stand."""
        (last,) = transaction.one("SELECT COALESCE(MAX(position), 0) FROM product") or (0,)
        places = ", ".join("?" for _ in ProductValues._fields)
        sets = ", ".join(f"{name} = excluded.{name}" for name in ProductValues._fields[1:])
        _many(
            transaction,
            f"INSERT INTO product ({_PRODUCT}, position) VALUES ({places}, ?)"  # noqa: S608  # our own columns
            f" ON CONFLICT (handle) DO UPDATE SET {sets}",
            ((*row, int(last) + place) for place, row in enumerate(self.products, 1)),
        )

    def _with_old(self, transaction: Transaction) -> Iterator[tuple[SkuValues, SkuValues | None]]:
        """Each SKU with its row as it was."""
        for batch in _batches(self.skus):
            marks = ", ".join("?" for _ in batch)
            found = transaction.all(
                f"SELECT {_SKU} FROM sku WHERE sku IN ({marks})",  # noqa: S608  # our own columns
                [row.sku for row in batch],
            )
            old = {one[0]: SkuValues(*one) for one in found}
            for row in batch:
                yield row, old.get(row.sku)

    def _old_packs(self, transaction: Transaction) -> dict[str, set[PackValues]]:
        """The further barcodes that these SKUs have by now."""
        found: list[PackValues] = []
        for batch in _batches(self.skus):
            marks = ", ".join("?" * len(batch))
            rows = transaction.all(
                f"SELECT gtin, sku, pieces FROM sku_pack WHERE sku IN ({marks})",  # noqa: S608  # question marks
                [row.sku for row in batch],
            )
            found += [PackValues(*row) for row in rows]
        return _by_sku(found)

    def _write_packs(
        self, transaction: Transaction, skus: Sequence[str], packs: dict[str, set[PackValues]]
    ) -> None:
        """Give SKUs their further barcodes. All are freed first: they may move."""
        _many(transaction, "DELETE FROM sku_pack WHERE sku = ?", ((sku,) for sku in skus))
        rows = [pack for sku in skus for pack in sorted(packs.get(sku, ()))]
        _many(transaction, "INSERT INTO sku_pack (gtin, sku, pieces) VALUES (?, ?, ?)", rows)

    def _write_skus(self, transaction: Transaction, changed: Sequence[SkuValues]) -> int:
        """Write SKUs at the next versions; returns the newest. Barcodes are freed first: they may move."""
        _many(transaction, "UPDATE sku SET gtin = NULL WHERE sku = ?", ((row.sku,) for row in changed))
        places = ", ".join("?" for _ in SkuValues._fields)
        sets = ", ".join(f"{name} = excluded.{name}" for name in (*SkuValues._fields[1:], "version"))
        _many(
            transaction,
            f"INSERT INTO sku ({_SKU}, version) VALUES ({places}, ?)"  # noqa: S608  # our own columns
            f" ON CONFLICT (sku) DO UPDATE SET {sets}",
            ((*row, version) for version, row in enumerate(changed, self.mark.version + 1)),
        )
        return self.mark.version + len(changed)

    def _archive(self, transaction: Transaction, version: int) -> int:
        """Archive the SKUs that the file does not hold; their products count as changed from now on."""
        rows = transaction.all("SELECT sku, handle FROM sku WHERE status <> 'archived' ORDER BY sku")
        gone = [(sku, handle) for sku, handle in rows if sku not in (self.keep or ())]
        _many(
            transaction,
            "UPDATE sku SET status = 'archived', version = ? WHERE sku = ?",
            ((number, sku) for number, (sku, _) in enumerate(gone, version + 1)),
        )
        _many(
            transaction,
            "UPDATE product SET content_hash = '', status = CASE WHEN EXISTS (SELECT 1 FROM sku"
            " WHERE sku.handle = product.handle AND sku.status <> 'archived') THEN status ELSE 'archived' END"
            " WHERE handle = ?",
            ((handle,) for handle in dict.fromkeys(handle for _, handle in gone)),
        )
        return len(gone)

    def _drop_empty_products(self, transaction: Transaction) -> None:
        """A product whose last SKU moved to another handle is gone."""
        transaction.execute(
            "DELETE FROM product WHERE NOT EXISTS (SELECT 1 FROM sku WHERE sku.handle = product.handle)"
        )


def read_mark(transaction: Transaction) -> Mark:
    """How the catalogue stands."""
    row = transaction.one(
        "SELECT (SELECT COALESCE(MAX(version), 0) FROM sku), (SELECT COUNT(*) FROM product)"
    )
    assert row is not None
    return Mark(int(row[0]), int(row[1]))


def _by_sku(packs: Iterable[PackValues]) -> dict[str, set[PackValues]]:
    """Further barcodes by SKU; a SKU without any is left out."""
    found: dict[str, set[PackValues]] = {}
    for pack in packs:
        found.setdefault(pack.sku, set()).add(pack)
    return found


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """Rows in lists of at most BATCH."""
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _many(transaction: Transaction, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """One statement for each row."""
    transaction.connection.executemany(sql, rows)
