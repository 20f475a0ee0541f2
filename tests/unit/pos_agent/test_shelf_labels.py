"""Shelf labels: what stands on them, and that all that were asked for are printed or none."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.printing.document import Barcode, Document, Style, Symbology
from devices.printing.layout import LaidText, lay_out
from devices.printing.plain_text import plain_text
from devices.profiles import load_profile
from pos_agent.catalogue.apply_page import apply_page
from pos_agent.catalogue.queries import Product
from pos_agent.labels.label_document import UnitPrice, label_document, unit_prices
from pos_agent.labels.label_words import LABEL_WORDS
from sync.values.money import half_up
from tests.unit.pos_agent.agent_stage import COLA, MILK, Stage, catalogue_page, client, gtin, product, staged

TODAY = date(2026, 5, 1)
COLA_NOW = Product(
    sku="SKU-1",
    gtin="6901234567892",
    names={"zh-CN": "可口可乐 汽水 500ml", "en": "Coca-Cola 500 ml"},
    price_minor=350,
    per=1,
    currency="CNY",
    is_on=True,
    shelf="A-01",
    version=1,
)
APPLES = replace(
    COLA_NOW, sku="00123", gtin="", names={"zh-CN": "苹果"}, price_minor=1280, per=500, unit="g", shelf=""
)


def lines(product_: Product, locale: str = "zh-CN", key: str = "generic-58") -> list[str]:
    profile = load_profile(key)
    laid = lay_out(label_document(product_, TODAY, locale), profile)
    return [" ".join(line.split()) for line in plain_text(laid, profile.columns).splitlines()]


def test_a_label_says_name_price_place_day_and_number() -> None:
    assert lines(COLA_NOW) == [
        "可口可乐 汽水 500ml",
        "￥3.50",
        "货架 A-01 货号 SKU-1",
        "6901234567892",
        "2026-05-01",
    ]
    assert lines(COLA_NOW, "en")[0] == "Coca-Cola 500 ml"
    assert lines(COLA_NOW, "en")[2] == "Shelf A-01 SKU SKU-1"


def test_weighed_goods_say_what_the_price_is_of_and_what_a_kilogram_costs() -> None:
    assert lines(APPLES) == [
        "苹果",
        "￥12.80",
        "每 500g",
        "折合 ￥25.60/kg",
        "货架 - 货号 00123",
        "00123",
        "2026-05-01",
    ]
    by_the_kilo = replace(APPLES, price_minor=2599, per=1000)
    assert lines(by_the_kilo, "en")[1:4] == ["￥25.99", "per 1000 g", "Unit price ￥13.00/500g"]
    by_the_bottle = replace(APPLES, per=750, unit="ml", price_minor=3000)
    assert lines(by_the_bottle)[2:5] == ["每 750ml", "折合 ￥20.00/500ml", "折合 ￥40.00/L"]


def test_a_price_of_several_pieces_says_so() -> None:
    assert lines(replace(COLA_NOW, per=10))[1:3] == ["￥3.50", "每 10 件"]
    assert lines(replace(COLA_NOW, per=10), "en")[2] == "for 10"


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_unit_prices_are_the_price_by_proportion(price_minor: int, per: int) -> None:
    found = {one.amount: one.minor for one in unit_prices(price_minor, per, "g")}
    assert found == {
        amount: half_up(price_minor * grams, per)
        for grams, amount in ((500, "500g"), (1000, "kg"))
        if grams != per
    }
    assert unit_prices(price_minor, per, "pcs") == ()


def test_unit_prices_round_half_up() -> None:
    assert unit_prices(333, 300, "g") == (UnitPrice(555, "500g"), UnitPrice(1110, "kg"))
    assert unit_prices(1, 1000, "g") == (UnitPrice(1, "500g"),)  # 0.5 of the smallest coin


@pytest.mark.parametrize(
    ("number", "sku", "barcode"),
    [
        ("6901234567892", "S", Barcode("6901234567892", Symbology.EAN13, 64)),
        ("96385074", "S", Barcode("96385074", Symbology.EAN8, 64)),
        ("16901234567899", "S", Barcode("16901234567899", Symbology.CODE128, 64)),
        ("", "SKU-1", Barcode("SKU-1", Symbology.CODE128, 64)),
        ("", "苹果", None),
    ],
)
def test_the_maker_s_number_is_scanned_else_the_sku(number: str, sku: str, barcode: Barcode | None) -> None:
    document = label_document(replace(COLA_NOW, gtin=number, sku=sku), TODAY, "zh-CN")
    assert next((one for one in document.blocks if isinstance(one, Barcode)), None) == barcode


@pytest.mark.parametrize("key", ["generic-58", "generic-80"])
@pytest.mark.parametrize("price_minor", [1, 99_999, 9_999_999, 10**12])
def test_the_price_is_as_large_as_fits_and_never_broken(key: str, price_minor: int) -> None:
    profile = load_profile(key)
    document = label_document(replace(COLA_NOW, price_minor=price_minor), TODAY, "zh-CN")
    (price,) = [
        one for one in lay_out(document, profile) if isinstance(one, LaidText) and one.text.startswith("￥")
    ]
    assert price.style is (Style.HUGE if len(price.encoded) * 3 <= profile.columns else Style.LARGE)
    assert price.columns <= profile.columns


def test_words_are_complete_in_both_languages() -> None:
    assert {locale: set(words) for locale, words in LABEL_WORDS.items()} == {
        "zh-CN": set(LABEL_WORDS["en"]),
        "en": set(LABEL_WORDS["en"]),
    }


@pytest.fixture
async def shop(template: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """A shop with a printer of labels; one product has no price, one is off."""
    printers = [
        {"id": "till", "role": "receipt", "uri": "tcp://127.0.0.1:1"},
        {"id": "shelf", "role": "label", "uri": "tcp://127.0.0.1:2", "profile": "generic-58"},
    ]
    async with staged(template, tmp_path, printer=printers) as stage:
        more = [
            {**product("NO-PRICE", 8, "无价", "No price", None), "version": 101},
            {**product("OFF", 9, "下架", "Off", 100), "version": 102, "status": "off"},
        ]
        page = replace(catalogue_page(more, since=100), to=102, top=102)
        await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, page, stage.desk.at))
        yield stage


async def jobs(stage: Stage) -> list[tuple[Any, ...]]:
    return await stage.rows("SELECT printer, kind, copies, document FROM print_job ORDER BY rowid")


async def test_labels_go_to_their_printer_a_job_for_each_of_the_goods(shop: Stage) -> None:
    wanted = {"request": "wish-0001", "lines": [{"sku": COLA, "copies": 3}, {"sku": MILK}]}
    async with client(shop, "lin") as boss:
        where = (await boss.get("/api/v1/labels/printer")).json()
        told = await boss.post("/api/v1/labels", json=wanted)
    assert where == {
        "printer": {"id": "shelf", "is_for_labels": True},
        "most_lines": 50,
        "most_copies": 9,
    }
    assert (told.status_code, told.json()["labels"], len(told.json()["jobs"])) == (202, 4, 2)
    cola, milk = await jobs(shop)
    assert (cola[:3], milk[:3]) == (("shelf", "label", 3), ("shelf", "label", 1))
    assert Barcode(gtin(1), Symbology.EAN13, 64) in Document.from_json(cola[3]).blocks
    assert shop.woken == ["shelf", "shelf"]
    assert await shop.rows("SELECT DISTINCT expires_at FROM print_job") == [
        ("2026-05-01T16:00:00.000000+00:00",)
    ]


async def test_a_label_is_shown_as_it_is_printed(shop: Stage) -> None:
    async with client(shop, "lin") as boss:
        text = (await boss.get("/api/v1/labels/shown", params={"sku": COLA})).json()["text"]
    assert "可口可乐 500ml" in text
    assert "货架 A-01             货号 SKU-1" in text.splitlines()


@pytest.mark.font
async def test_a_label_s_picture_is_as_wide_as_its_roll(shop: Stage) -> None:
    async with client(shop, "lin") as boss:
        picture = await boss.get("/api/v1/labels/picture", params={"sku": COLA})
    assert picture.headers["content-type"] == "image/png"
    assert int.from_bytes(picture.content[16:20]) == 384 + 2 * 16


@pytest.mark.parametrize(
    ("sku", "status", "code"),
    [("NOWHERE", 404, "unknown_sku"), ("NO-PRICE", 409, "no_price"), ("OFF", 409, "not_for_sale")],
)
async def test_one_label_that_cannot_be_is_a_reason_to_print_none(
    shop: Stage, sku: str, status: int, code: str
) -> None:
    async with client(shop, "lin") as boss:
        shown = await boss.get("/api/v1/labels/shown", params={"sku": sku})
        told = await boss.post(
            "/api/v1/labels", json={"request": "wish-0001", "lines": [{"sku": COLA}, {"sku": sku}]}
        )
    for answer in (shown, told):
        assert (answer.status_code, answer.json()["code"], answer.json()["sku"]) == (status, code, sku)
    assert await jobs(shop) == []
    assert shop.woken == []


@pytest.mark.parametrize("line", [{"sku": COLA, "copies": 0}, {"sku": COLA, "copies": 10}, {"sku": ""}])
async def test_a_wish_without_sense_prints_nothing(shop: Stage, line: dict[str, Any]) -> None:
    async with client(shop, "lin") as boss:
        assert (
            await boss.post("/api/v1/labels", json={"request": "wish-0001", "lines": [line]})
        ).status_code == 422
        assert (
            await boss.post("/api/v1/labels", json={"request": "wish-0001", "lines": []})
        ).status_code == 422
    assert await jobs(shop) == []


async def test_without_a_printer_for_labels_the_receipt_printer_takes_them(stage: Stage) -> None:
    async with client(stage, "lin") as boss:
        where = (await boss.get("/api/v1/labels/printer")).json()["printer"]
        await boss.post("/api/v1/labels", json={"request": "wish-0001", "lines": [{"sku": COLA}]})
    assert where == {"id": "p1", "is_for_labels": False}
    assert [job[0] for job in await jobs(stage)] == ["p1"]


async def test_without_any_printer_it_says_so(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path, printer=[]) as stage, client(stage, "lin") as boss:
        where = (await boss.get("/api/v1/labels/printer")).json()["printer"]
        told = await boss.post("/api/v1/labels", json={"request": "wish-0001", "lines": [{"sku": COLA}]})
        assert where is None
        assert (told.status_code, told.json()["code"]) == (409, "no_printer")
        assert await jobs(stage) == []


async def test_a_label_printed_again_is_an_equal_one(shop: Stage) -> None:
    async with client(shop, "lin") as boss:
        (job,) = (
            await boss.post("/api/v1/labels", json={"request": "wish-0001", "lines": [{"sku": COLA}]})
        ).json()["jobs"]
    await shop.run(lambda book: shop.desk.papers.reprint(book.tx, job))
    first, again = await jobs(shop)
    assert again[3] == first[3]


@pytest.mark.parametrize("path", ["printer", f"shown?sku={COLA}", f"picture?sku={COLA}"])
async def test_a_clerk_prints_no_labels(stage: Stage, path: str) -> None:
    async with client(stage, "mei") as clerk:
        assert (await clerk.get(f"/api/v1/labels/{path}")).status_code == 403
        assert (
            await clerk.post("/api/v1/labels", json={"request": "wish-0001", "lines": [{"sku": COLA}]})
        ).status_code == 403
    assert await jobs(stage) == []
