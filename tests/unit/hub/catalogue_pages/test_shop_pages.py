"""The shop's lists and product pages: every page answers, stock in words, any input is safe."""

import httpx2
import pytest

from hub.directory import REACH_S
from tests.unit.hub.shop_web.shop_world import FEW, FLOOR, GONE, SUN, World


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/s/renmin",
        "/s/renmin?page=2",
        "/s/renmin/search?q=SPF50",
        f"/s/renmin/p/{SUN}",
        "/s/renmin/basket",
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
async def test_every_page_answers_in_both_languages(client: httpx2.AsyncClient, path: str, lang: str) -> None:
    answer = await client.get(path, headers={"accept-language": lang})
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{lang}"' in answer.text
    assert ("邻光便利美妆" if lang == "zh-CN" else "Linguang") in answer.text


async def test_the_stores_tell_their_hours_now(world: World, client: httpx2.AsyncClient) -> None:
    text = (await client.get("/")).text
    assert text.count("Open now") == 2
    assert "until 22:00" in text
    assert "opens tomorrow at 10:00" in text
    assert "your last store" not in text

    await client.get("/s/jiangwan")
    text = (await client.get("/")).text
    assert "your last store" in text
    assert text.index("Shop at Jiangwan") < text.index("Shop at Renmin")


async def test_stock_is_told_in_words_by_reach(world: World, client: httpx2.AsyncClient) -> None:
    async def words(sku: str) -> str:
        return (await client.get(f"/s/renmin/p/{sku}/stock")).text

    assert "In stock" in await words(SUN)
    assert "Only 3 left" in await words(FEW)
    assert "In store only" in await words(FLOOR)
    assert "Sold out" in await words(GONE)
    assert "confirmed when you order" not in await words(FLOOR)

    world.reach("renmin")
    text = await words(FLOOR)
    assert "Only 4 left" in text
    assert "confirmed when you order" in text
    world.clock.move(seconds=REACH_S + 1)
    assert "In store only" in await words(FLOOR)


async def test_a_store_whose_facts_are_not_whole_offers_nothing_anywhere(
    world: World, client: httpx2.AsyncClient
) -> None:
    world.reach("renmin", "jiangwan")
    world.execute("UPDATE store_stream SET state = 'rebuilding' WHERE store = 'renmin'")

    for sku in (SUN, FLOOR):
        assert "Sold out" in (await client.get(f"/s/renmin/p/{sku}/stock")).text
        stock = (await client.get(f"/api/v1/stock/{sku}")).json()["stores"]
        assert [
            (one["store"], one["available"], one["floor"]) for one in stock if one["store"] == "renmin"
        ] == [("renmin", 0, 0)]
        assert all(one["available"] for one in stock if one["store"] == "jiangwan")
    items = (await client.get("/api/v1/stores/renmin/products")).json()["items"]
    assert {item["available"] for item in items} == {0}


async def test_a_product_page_shows_other_stores_and_how_to_order(client: httpx2.AsyncClient) -> None:
    text = (await client.get(f"/s/renmin/p/{SUN}")).text
    assert "¥128.00" in text
    assert 'action="/s/renmin/basket/add"' in text
    assert "At other stores" in text
    assert "6990101000013" in text
    gone = (await client.get(f"/s/renmin/p/{GONE}")).text
    assert 'action="/s/renmin/basket/add"' not in gone
    assert "You cannot order this here right now" in gone


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("SPF50 60ml", 1),
        ("spf50 60 ML", 1),
        ("防晒乳", 4),
        ("6990101000013", 1),
        ("be1001", 1),
        ("%", 2),
        ("_", 0),
        ("'; DROP TABLE sku; --", 0),
        ("\x00", 300),
        ("\\", 0),
        ("x" * 5000, 0),
    ],
)
async def test_search_finds_words_and_survives_anything(
    client: httpx2.AsyncClient, query: str, total: int
) -> None:
    answer = await client.get("/s/renmin/search", params={"q": query})
    assert answer.status_code == 200
    found = (await client.get("/api/v1/stores/renmin/products", params={"q": query[:200]})).json()
    assert found["total"] == total
    assert ("Nothing found" in answer.text) is (found["total"] == 0)


async def test_categories_hold_all_below_them(client: httpx2.AsyncClient) -> None:
    top = (
        await client.get("/api/v1/stores/renmin/products", params={"category": "beauty-personal-care"})
    ).json()
    sun = "beauty-personal-care/skin-care/sun-care"
    below = (await client.get("/api/v1/stores/renmin/products", params={"category": sun})).json()
    assert top["total"] == 105
    assert 0 < below["total"] < top["total"]
    page = await client.get(f"/s/renmin/c/{sun}")
    assert page.status_code == 200
    assert "Sun lotion" in page.text
    assert (await client.get("/s/renmin/c/beauty-personal-car")).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/s/nowhere", 404),
        ("/s/renmin/p/nothing", 404),
        ("/s/renmin/p/" + "x" * 500, 404),
        ("/s/renmin/p/%00", 404),
        ("/s/renmin/p/%ff", 404),
        ("/s/renmin?page=0", 200),
        ("/s/renmin?page=99999", 200),
        ("/s/renmin?page=-1&page=x", 200),
        ("/s/renmin/c/%25", 404),
        ("/s/renmin/search", 200),
        ("/pictures/be1001.svg", 200),
        ("/pictures/..%2f..%2fpyproject.toml", 404),
        ("/pictures/%2e%2e", 404),
        ("/pictures/README.md", 404),
        ("/pictures/none.svg", 404),
        ("/pictures/" + "a" * 300 + ".svg", 404),
        ("/api/v1/stock/nothing", 404),
        ("/api/v1/stores/nowhere/products", 404),
        ("/api/v1/stores/renmin/products?page=x", 422),
        ("/api/v1/stores/renmin/products?category=x", 404),
    ],
)
async def test_any_address_has_a_clear_answer(client: httpx2.AsyncClient, path: str, status: int) -> None:
    assert (await client.get(path)).status_code == status


async def test_pictures_may_do_nothing(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/pictures/be1001.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert (
        answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_api_tells_stores_and_stock(world: World, client: httpx2.AsyncClient) -> None:
    stores = (await client.get("/api/v1/stores")).json()["stores"]
    assert [store["store"] for store in stores] == ["renmin", "jiangwan", "zhangjiang"]
    assert [store["open"] for store in stores] == [True, True, False]
    assert stores[0]["closes"] == "2026-05-01T14:00:00.000Z"
    assert stores[2]["opens"] == "2026-05-02T02:00:00.000Z"
    world.reach("jiangwan")
    assert (await client.get(f"/api/v1/stock/{FLOOR}")).json() == {
        "sku": FLOOR,
        "stores": [
            {"store": "renmin", "available": 0, "confirmed": True, "floor": 4},
            {"store": "jiangwan", "available": 4, "confirmed": False, "floor": 4},
            {"store": "zhangjiang", "available": 0, "confirmed": True, "floor": 0},
        ],
    }


async def test_pages_are_small(client: httpx2.AsyncClient) -> None:
    for path in ("/", "/s/renmin", f"/s/renmin/p/{SUN}"):
        answer = await client.get(path, headers={"accept-encoding": "gzip"})
        assert int(answer.headers["content-length"]) < 8_000, path


@pytest.mark.parametrize(("lang", "chain"), [("en", "Linguang"), ("zh-CN", "邻光便利美妆")])
async def test_an_error_page_is_the_chains_and_leads_back(
    client: httpx2.AsyncClient, lang: str, chain: str
) -> None:
    came = {"referer": "http://shop.test/s/renmin/search?q=tea", "host": "shop.test", "accept-language": lang}
    page = (await client.get("/s/renmin/p/nothing", headers=came)).text

    assert f" · {chain}</title>" in page
    assert "OMO Hub" not in page
    assert 'href="/s/renmin/search?q=tea"' in page
    assert '<a class="btn main" href="/s/renmin">' in page


@pytest.mark.parametrize(
    "referer",
    ["", "http://elsewhere.test/s/renmin", "http://shop.test//evil.test", "javascript:alert(1)", "http://["],
)
async def test_an_error_page_leads_to_no_other_site(client: httpx2.AsyncClient, referer: str) -> None:
    page = await client.get("/nowhere", headers={"referer": referer, "host": "shop.test"})

    assert page.status_code == 404
    assert "Go back</a>" not in page.text
    assert "evil" not in page.text
    assert '<a class="btn main" href="/">Choose a store</a>' in page.text


async def test_a_product_that_no_store_has_sends_nobody_to_another(
    world: World, client: httpx2.AsyncClient
) -> None:
    assert "It is sold out in every store" in (await client.get(f"/s/renmin/p/{GONE}")).text
    world.execute("UPDATE stock SET granted = 3 WHERE store = 'jiangwan' AND sku = ?", GONE)
    page = (await client.get(f"/s/renmin/p/{GONE}")).text
    assert "Look below for a store that has it" in page
    assert "sold out in every store" not in page
    assert "sold out in every store" not in (await client.get(f"/s/renmin/p/{FLOOR}")).text
