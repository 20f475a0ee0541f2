"""The demo chain's data is complete: it reads without a word, in both languages, with all its pictures."""

import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.catalogue.read_products import plan_import, read_products
from hub.catalogue.read_stock import read_stock
from hub.catalogue.rules import ReadResult, Status
from sync.values.gtin import parse_gtin

DEMO = Path(__file__).parents[4] / "config" / "demo"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def products() -> ReadResult:
    return read_products((DEMO / "products.csv").read_bytes(), currency="CNY")


def test_all_products_read_without_a_word() -> None:
    read = products()

    assert (read.kind, read.rows, len(read.products)) == ("own", 300, 300)
    assert read.errors == ()
    assert read.warnings == ()
    assert plan_import(read, {}).new == 300


def test_every_barcode_is_a_chinese_ean_13_and_unique() -> None:
    gtins = [variant.gtin for product in products().products for variant in product.variants]

    assert all(gtin and len(gtin) == 13 and 690 <= int(gtin[:3]) <= 699 for gtin in gtins)
    assert [parse_gtin(gtin) for gtin in gtins if gtin] == gtins
    assert len(set(gtins)) == 300


def test_every_product_speaks_both_languages_on_four_levels() -> None:
    for product in products().products:
        texts = (product.name, product.description_text, *product.category)
        assert all(text.zh and text.en for text in texts), product.handle
        assert any("\u4e00" <= char <= "\u9fff" for char in product.description_text.zh), product.handle
        assert all(text.en.isascii() or "°" in text.en for text in texts), product.handle
        assert len(product.category) == 4, product.handle
        assert product.status is Status.ACTIVE
        assert product.brand


def test_names_are_unique_and_fit_a_receipt_line_in_two() -> None:
    names = [product.name for product in products().products]

    assert len({name.zh for name in names}) == len({name.en for name in names}) == 300
    assert max(len(name.zh) for name in names) <= 24


def test_prices_are_shop_prices() -> None:
    prices = [variant.price_minor for product in products().products for variant in product.variants]

    assert min(prices) == 200
    assert max(prices) == 26900


def test_every_picture_exists_is_square_and_no_other_lies_about() -> None:
    named = {image.src for product in products().products for image in product.images}
    there = {path.name for path in (DEMO / "pictures").iterdir()}

    assert named == there
    for name in sorted(named):
        root = ET.parse(DEMO / "pictures" / name).getroot()
        assert (root.tag, root.get("viewBox")) == ("{http://www.w3.org/2000/svg}svg", "0 0 1000 1000"), name
        assert not [node.tag for node in root.iter() if node.tag.endswith(("script", "image", "style"))], name


def test_opening_stock_covers_every_product_in_every_store() -> None:
    read = read_stock((DEMO / "opening_stock.csv").read_bytes())
    chain = tomllib.loads((DEMO / "chain.toml").read_text("utf-8"))
    skus = {variant.sku for product in products().products for variant in product.variants}
    stores = [store["id"] for store in chain["stores"]]

    assert (read.errors, read.warnings) == ((), ())
    assert {(line.store, line.sku) for line in read.lines} == {
        (store, sku) for store in stores for sku in skus
    }
    for store in stores:
        counts = Counter(min(line.qty, 6) for line in read.lines if line.store == store)
        assert 3 <= counts[0] <= 20, store
        assert sum(counts[qty] for qty in range(1, 6)) >= 15, store
    assert [line.sku for line in read.lines if line.store == stores[0] and line.qty == 20] == ["BE1001"]


def test_the_chain_has_three_whole_stores() -> None:
    chain = tomllib.loads((DEMO / "chain.toml").read_text("utf-8"))

    assert chain["chain"]["currency"] == "CNY"
    assert ZoneInfo(chain["chain"]["tz"]).key == "Asia/Shanghai"
    assert [store["id"] for store in chain["stores"]] == ["renmin", "jiangwan", "zhangjiang"]
    for store in chain["stores"]:
        assert store["name"]["zh"]
        assert store["name"]["en"]
        assert store["address"]["zh"]
        assert store["address"]["en"]
        assert tuple(store["hours"]) == DAYS
        assert store["tills"] >= 1
        assert -90 <= store["latitude"] <= 90
        assert -180 <= store["longitude"] <= 180
        assert all(type(day["date"]) is date for day in store["holidays"])


def test_hours_open_before_they_close() -> None:
    chain = tomllib.loads((DEMO / "chain.toml").read_text("utf-8"))
    spans = [
        span.split("-")
        for store in chain["stores"]
        for hours in (*store["hours"].values(), *(day["hours"] for day in store["holidays"]))
        for span in hours
    ]

    assert len(spans) == 24
    assert all(
        "00:00" <= opens < closes <= "24:00" and len(opens) == len(closes) == 5 for opens, closes in spans
    )


def test_people_have_unique_logins_and_digits_for_pins() -> None:
    chain = tomllib.loads((DEMO / "chain.toml").read_text("utf-8"))
    staff = [person for store in chain["stores"] for person in store["staff"]]
    logins = [person["login"] for person in (*staff, *chain["hq"])]

    assert len(set(logins)) == len(logins) == 9
    assert all(person["pin"].isdigit() and 4 <= len(person["pin"]) <= 6 for person in staff)
    assert all(len(person["password"]) >= 12 for person in chain["hq"])
    assert all(person["name"]["zh"] and person["name"]["en"] for person in (*staff, *chain["hq"]))
    assert all(
        {"manager", "clerk"} == {person["role"] for person in store["staff"]} for store in chain["stores"]
    )
