"""HQ's pages and calls about stock: who may see them, what they say, what hostile addresses do."""

import httpx2
import pytest
from starlette.applications import Starlette

from hub.kernel import Kernel
from hub.stock.movements import keep_movements
from sync.rules.facts import Fact, Grant, Move, MoveLine
from sync.storage.writer import Transaction
from sync.web.translation_check import check_translations
from tests.unit.hub.stock.small_chain import add_skus
from tests.unit.hub.stores.running_pages import PAGE, client_of

AT = "2026-05-01T06:16:00.000Z"
ODD = "a/b c"


@pytest.fixture(autouse=True)
async def stocked(app: Starlette, kernel: Kernel) -> None:
    """Fifty units of tea came in at s1, three were sold, ten are granted; a SKU with an odd name."""

    def write(transaction: Transaction) -> None:
        add_skus(transaction, {"tea": 300, "teapot": 900, ODD: 100})
        transaction.execute("UPDATE sku SET gtin = '6901234567892' WHERE sku = 'tea'")
        transaction.execute(
            "INSERT INTO stock (store, sku, floor, staged, damaged, granted, settled, returned, promised,"
            " floor_request) VALUES ('s1', 'tea', 47, 0, 0, 10, 0, 0, 0, '')"
        )
        facts: tuple[Fact, ...] = (
            Move(
                reason="receive",
                lines=(MoveLine(sku="tea", qty=50, target="floor"),),
                at=AT,
                ref="D-7",
                actor="lin",
            ),
            Grant(sku="tea", granted=10, at=AT),
            Move(
                reason="sale",
                lines=(MoveLine(sku="tea", qty=3, source="floor"),),
                at=AT,
                ref="R-1",
                actor="<b>mei",
            ),
        )
        for seq, fact in enumerate(facts, 1):
            keep_movements(transaction, "s1", 0, seq, fact)

    await kernel.writer.run(write)


async def test_the_number_comes_with_its_movements(monitor: httpx2.AsyncClient) -> None:
    answer = (await monitor.get("/api/v1/stores/s1/stock/tea/why")).json()

    assert answer["now"] == {
        "on_hand": 47,
        "floor": 47,
        "staged": 0,
        "damaged": 0,
        "granted": 10,
        "returned": 0,
        "settled": 0,
        "promised": 0,
        "free": 37,
        "available": 10,
    }
    assert answer["sum"] == {"movements": 2, "floor": 47, "staged": 0, "damaged": 0, "agrees": True}
    told = [(one["reason"], one["ref"], one["change"], one["balance"]) for one in answer["movements"]]
    assert told == [("sale", "R-1", -3, 47), ("grant", "", 0, 50), ("receive", "D-7", 50, 50)]
    assert answer["next_before"] is None


async def test_the_next_page_begins_where_it_is_asked(monitor: httpx2.AsyncClient) -> None:
    answer = (await monitor.get("/api/v1/stores/s1/stock/tea/why?before=0-3-0")).json()

    assert [one["seq"] for one in answer["movements"]] == [2, 1]
    assert [one["balance"] for one in answer["movements"]] == [50, 50]


@pytest.mark.parametrize("path", ["s9/stock/tea", "s1/stock/nothing", "s1/stock/%00", "s1/stock/tea%ff"])
async def test_what_is_not_there_is_told(monitor: httpx2.AsyncClient, path: str) -> None:
    answer = await monitor.get(f"/api/v1/stores/{path}/why")

    assert (answer.status_code, answer.json()["code"]) == (404, "stock.unknown")


@pytest.mark.parametrize("before", ["x", "1-2", "1-2-3-4", "-1-1-1", "9" * 30 + "-1-1"])
async def test_a_page_that_is_none_is_refused(monitor: httpx2.AsyncClient, before: str) -> None:
    answer = await monitor.get(f"/api/v1/stores/s1/stock/tea/why?before={before}")

    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/api/v1/stores/s1/stock/tea/why", "/hq/stock", "/hq/stock/s1/tea"])
async def test_nobody_sees_stock(app: Starlette, path: str) -> None:
    async with client_of(app) as client:
        assert (await client.get(path)).status_code == 401


async def test_the_page_tells_the_sum_and_escapes_what_stores_say(browser: httpx2.AsyncClient) -> None:
    page = (await browser.get("/hq/stock/s1/tea")).text

    assert "2 movements sum to 47." in page
    assert "agrees" in page
    assert "&lt;b&gt;mei" in page
    assert "<b>mei" not in page
    assert 'href="/hq/stock/s2/tea"' in page


async def test_a_number_that_is_not_the_sum_is_shown_as_wrong(
    kernel: Kernel, browser: httpx2.AsyncClient
) -> None:
    await kernel.writer.run(lambda transaction: transaction.execute("UPDATE stock SET floor = 48"))

    page = (await browser.get("/hq/stock/s1/tea")).text

    assert "differs" in page
    assert "2 movements sum to 47. By the movements: shelf 47, set aside 0, damaged 0." in page


@pytest.mark.parametrize("written", ["tea", "6901234567892", " tea "])
async def test_a_whole_sku_or_barcode_leads_straight_there(browser: httpx2.AsyncClient, written: str) -> None:
    answer = await browser.get("/hq/stock", params={"q": written, "store": "s2"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/hq/stock/s2/tea")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["tea"]),
        ("A te", ["tea", "teapot"]),
        ("商品teapot", ["teapot"]),
        ("TEAP", ["teapot"]),
        ("%", []),
        ("' OR 1=1", []),
    ],
)
async def test_goods_are_found_by_a_part_of_the_name(
    browser: httpx2.AsyncClient, query: str, found: list[str]
) -> None:
    answer = await browser.get("/hq/stock", params={"q": query, "store": "s1"})

    assert answer.status_code == 200
    assert [sku for sku in ("tea", "teapot") if f'href="/hq/stock/s1/{sku}"' in answer.text] == found


async def test_a_sku_with_an_odd_name_has_its_page(browser: httpx2.AsyncClient) -> None:
    listed = await browser.get("/hq/stock", params={"q": "b c"})
    assert 'href="/hq/stock/s1/a%2Fb%20c"' in listed.text

    page = await browser.get("/hq/stock/s1/a%2Fb%20c")

    assert page.status_code == 200
    assert "No movements" in page.text


@pytest.mark.parametrize("query", ["?store=" + "x" * 40, "?q=" + "x" * 90])
async def test_what_cannot_be_looked_for_is_told(browser: httpx2.AsyncClient, query: str) -> None:
    answer = await browser.get(f"/hq/stock{query}")

    assert answer.status_code == 422
    assert "This cannot be looked for" in answer.text


async def test_a_page_address_that_is_nonsense_shows_the_newest(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/hq/stock/s1/tea?before=nonsense", headers=PAGE)

    assert page.status_code == 200
    assert "newest first" in page.text


def test_texts_are_complete() -> None:
    assert check_translations("hub.stock") == []
