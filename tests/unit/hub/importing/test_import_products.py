"""Importing products: whole or not at all, only what changed gets a version, barcodes may move."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from hub.catalogue.errors import CatalogueMoved
from hub.catalogue.import_products import import_products
from hub.catalogue.queries import entries_after
from hub.catalogue.write_catalogue import Mark, WriteCatalogue
from hub.kernel import Kernel

HEAD = "sku,gtin,name_zh,name_en,brand,category_zh,category_en,price_minor\n"
A = "A1,6901234567892,苹果,Apple,Farm,食品 > 水果,Food > Fruit,500\n"
B = "B1,4006381333931,梨,Pear,Farm,食品 > 水果,Food > Fruit,600\n"
SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,"
    "Variant Price,Image Src\n"
    "bike,Bike,<p>Fast</p>,Velo,Bikes,,TRUE,Size,S,BK-S,10.00,https://x.test/a.jpg\n"
    "bike,,,,,,,,M,BK-M,11.00,\n"
)


def file(*rows: str) -> bytes:
    return (HEAD + "".join(rows)).encode()


async def skus(kernel: Kernel) -> list[tuple[Any, ...]]:
    return await kernel.reader.all("SELECT sku, gtin, price_minor, status, version FROM sku ORDER BY sku")


async def everything(kernel: Kernel) -> list[object]:
    return [
        await kernel.reader.all(f"SELECT * FROM {table} ORDER BY 1")
        for table in ("product", "sku", "category")
    ]


async def test_new_products_come_with_rows_categories_and_search_text(kernel: Kernel) -> None:
    report = await import_products(kernel, file(A, B))

    assert (report.plan.new, report.skus, report.version_before, report.version) == (2, 2, 0, 2)
    assert await skus(kernel) == [
        ("A1", "6901234567892", 500, "active", 1),
        ("B1", "4006381333931", 600, "active", 2),
    ]
    assert await kernel.reader.all("SELECT key, parent, level, name_zh FROM category ORDER BY key") == [
        ("food", "", 1, "食品"),
        ("food/fruit", "food", 2, "水果"),
    ]
    (product,) = await kernel.reader.all(
        "SELECT category_key, search_text, category FROM product WHERE name_en = 'Apple'"
    )
    assert product[:2] == ("food/fruit", "苹果 apple farm a1 6901234567892")
    assert json.loads(product[2]) == [["食品", "Food"], ["水果", "Fruit"]]


async def test_the_same_file_again_changes_nothing(kernel: Kernel) -> None:
    await import_products(kernel, file(A, B))
    before = await everything(kernel)

    report = await import_products(kernel, file(A, B))

    assert (report.plan.unchanged, report.plan.is_empty, report.skus) == (2, True, 0)
    assert (report.version_before, report.version) == (2, 2)
    assert await everything(kernel) == before


async def test_only_a_changed_sku_gets_the_next_version(kernel: Kernel) -> None:
    await import_products(kernel, file(A, B))

    report = await import_products(kernel, file(A.replace("500", "450"), B))

    assert (report.plan.changed, report.plan.unchanged, report.skus) == (1, 1, 1)
    assert await skus(kernel) == [
        ("A1", "6901234567892", 450, "active", 3),
        ("B1", "4006381333931", 600, "active", 2),
    ]


async def test_a_variant_that_did_not_change_keeps_its_version(kernel: Kernel) -> None:
    await import_products(kernel, SHOPIFY.encode())

    await import_products(kernel, SHOPIFY.replace("11.00", "12.00").encode())

    assert await skus(kernel) == [("BK-M", None, 1200, "active", 3), ("BK-S", None, 1000, "active", 1)]
    names = await kernel.reader.all("SELECT name_en FROM sku ORDER BY sku")
    assert names == [("Bike M",), ("Bike S",)]


async def test_two_skus_may_swap_their_barcodes(kernel: Kernel) -> None:
    await import_products(kernel, file(A, B))
    swapped = file(
        A.replace("6901234567892", "4006381333931"),
        B.replace("4006381333931", "6901234567892"),
    )

    report = await import_products(kernel, swapped)

    assert report.plan.errors == ()
    assert await skus(kernel) == [
        ("A1", "4006381333931", 500, "active", 3),
        ("B1", "6901234567892", 600, "active", 4),
    ]


async def test_a_product_left_out_keeps_its_barcode_from_others(kernel: Kernel) -> None:
    c = "C1,4012345678901,桃,Peach,Farm,食品 > 水果,Food > Fruit,700\n"
    await import_products(kernel, file(A, B, c))
    before = await everything(kernel)
    # A wants C's barcode, which C (not in the file) keeps; so A stays as it is, and B cannot have A's
    moved = file(A.replace("6901234567892", "4012345678901"), B.replace("4006381333931", "6901234567892"))

    report = await import_products(kernel, moved)

    assert [(error.row, error.code) for error in report.plan.errors] == [(2, "gtin_taken"), (3, "gtin_taken")]
    assert report.plan.left_out == 2
    assert await everything(kernel) == before


async def test_further_barcodes_are_written_told_and_moved(kernel: Kernel) -> None:
    head = HEAD.replace("price_minor", "price_minor,more_gtins")
    case = "16901234567899*24"
    await import_products(kernel, (head + A.rstrip("\n") + f",{case}; 6990110990053\n").encode())
    (told,) = await entries_after(kernel.reader, 0, 10)

    kept = await import_products(kernel, file(A, B))
    moved = await import_products(
        kernel, (head + A.rstrip("\n") + ",\n" + B.rstrip("\n") + f",{case}\n").encode()
    )

    assert (told["gtins"], told["cases"]) == (
        ["6901234567892", "6990110990053"],
        [{"gtin": "16901234567899", "pieces": 24}],
    )
    assert (kept.plan.unchanged, kept.skus, moved.skus) == (1, 1, 2)  # B is new, then both differ
    assert await kernel.reader.all("SELECT gtin, sku, pieces FROM sku_pack") == [("16901234567899", "B1", 24)]
    assert [(one["sku"], one["version"]) for one in await entries_after(kernel.reader, 2, 10)] == [
        ("A1", 3),
        ("B1", 4),
    ]


async def test_a_code_that_another_sku_has_changes_nothing(kernel: Kernel) -> None:
    head = HEAD.replace("price_minor", "price_minor,more_gtins")
    await import_products(kernel, (head + A.rstrip("\n") + ",16901234567899*24\n").encode())
    before = [*await everything(kernel), await kernel.reader.all("SELECT * FROM sku_pack")]

    report = await import_products(kernel, (head + B.rstrip("\n") + ",16901234567899*12\n").encode())

    assert [(error.row, error.code) for error in report.plan.errors] == [(2, "gtin_taken")]
    assert [*await everything(kernel), await kernel.reader.all("SELECT * FROM sku_pack")] == before


async def test_absent_skus_stay_unless_they_are_to_be_archived(kernel: Kernel) -> None:
    await import_products(kernel, file(A, B))

    kept = await import_products(kernel, file(A))
    archived = await import_products(kernel, file(A), archive_absent=True)

    assert (kept.archived, archived.archived, archived.version) == (0, 1, 3)
    assert await skus(kernel) == [
        ("A1", "6901234567892", 500, "active", 1),
        ("B1", "4006381333931", 600, "archived", 3),
    ]
    assert await kernel.reader.all("SELECT status FROM product WHERE name_en = 'Pear'") == [("archived",)]


async def test_an_archived_sku_comes_back_with_its_file(kernel: Kernel) -> None:
    await import_products(kernel, file(A, B))
    await import_products(kernel, file(A), archive_absent=True)

    report = await import_products(kernel, file(A, B))

    assert (report.plan.changed, report.plan.unchanged) == (1, 1)
    assert ("B1", "4006381333931", 600, "active", 4) in await skus(kernel)


async def test_a_file_with_faults_archives_nothing(kernel: Kernel) -> None:
    await import_products(kernel, file(A, B))
    before = await everything(kernel)

    report = await import_products(kernel, file(A, B.replace("600", "no")), archive_absent=True)

    assert report.archived == 0
    assert await everything(kernel) == before


async def test_a_dry_run_writes_nothing(kernel: Kernel) -> None:
    report = await import_products(kernel, file(A, B), dry_run=True)

    assert (report.plan.new, report.skus, report.dry_run) == (2, 0, True)
    assert await everything(kernel) == [[], [], []]


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", b"what,is,this\n1,2,3\n", HEAD.encode()])
async def test_what_is_no_product_file_changes_nothing(kernel: Kernel, data: bytes) -> None:
    await import_products(kernel, file(A))
    before = await everything(kernel)

    report = await import_products(kernel, data)

    assert report.plan.is_empty
    assert await everything(kernel) == before


async def test_a_write_that_fails_leaves_nothing_half_imported(kernel: Kernel) -> None:
    await import_products(kernel, file(A))
    before = await everything(kernel)
    stale = WriteCatalogue(mark=Mark(0, 0), products=[], skus=[], categories=[])

    with pytest.raises(CatalogueMoved):
        await kernel.writer.run(stale)

    assert await everything(kernel) == before


async def test_imports_at_once_both_land(kernel: Kernel) -> None:
    reports = await asyncio.gather(import_products(kernel, file(A)), import_products(kernel, file(B)))

    assert [report.plan.new for report in reports] == [1, 1]
    assert sorted(row[4] for row in await skus(kernel)) == [1, 2]


async def test_the_demo_catalogue_is_taken_whole(kernel: Kernel) -> None:
    data = await asyncio.to_thread(Path("config/demo/products.csv").read_bytes)

    report = await import_products(kernel, data)

    assert (report.plan.new, report.skus, report.plan.errors) == (300, 300, ())
    assert await kernel.reader.one("SELECT MAX(level) FROM category") == (4,)
