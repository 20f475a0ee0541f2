"""Comparisons on HQ's pages: the tile, the button, both sides beside each other, the calls."""

import html
import json

import httpx2
import pytest

from hub.kernel import Kernel
from hub.stock.digest import MOST_KEPT, AskDigest, KeepDigest, KeepRows
from sync.rules.baseline import SkuBalance
from sync.rules.digest import BUCKETS, EMPTY, Difference, Digest
from tests.unit.hub.monitor.test_board import AT, enrolled, said

SAID = Digest(store="s1", sinc=1, hinc=1, seq=10, chain="0" * 16, buckets=EMPTY * BUCKETS)
TEA = Difference("tea", SkuBalance(sku="tea", floor=10, granted=5), SkuBalance(sku="tea", floor=9, granted=5))


async def in_service(kernel: Kernel) -> None:
    """Store s1 with an agent that is there."""
    await enrolled(kernel, "s1", app=10)
    await said(kernel, "s1", seq=10)


async def test_an_equal_comparison_is_on_the_tile(
    kernel: Kernel, hq: httpx2.AsyncClient, monitor: httpx2.AsyncClient
) -> None:
    await in_service(kernel)
    assert "in step, checked" not in (await hq.get("/hq")).text
    await kernel.writer.run(KeepDigest(SAID, (), AT))

    assert "in step, checked 14:16" in (await hq.get("/hq")).text
    one = (await monitor.get("/api/v1/board")).json()["stores"][-1]
    assert (one["store"], one["compared_at"], one["differ"], one["older"]) == ("s1", AT, 0, None)
    assert (await monitor.get("/api/v1/stores/s1/digest")).json() == {
        "state": "in_step", "seq": 10, "checked_at": AT, "asked_at": "", "differ": 0, "buckets": [],
        "skus": [], "beyond": 0,
    }  # fmt: skip


async def test_what_differs_is_on_the_tile_and_both_sides_are_on_the_troubles_page(
    kernel: Kernel, hq: httpx2.AsyncClient
) -> None:
    await in_service(kernel)
    await kernel.writer.run(KeepDigest(SAID, (85, 123), AT))
    page = (await hq.get("/hq/exceptions/1")).text
    assert "The store was asked for its numbers" in page
    assert "stock here against the store&#39;s own" in page

    await kernel.writer.run(KeepRows("s1", [Difference("soap", None, SkuBalance(sku="soap", floor=3)), TEA]))

    assert "differs from the store, checked 14:16" in (await hq.get("/hq")).text
    page = (await hq.get("/hq/exceptions/1")).text
    assert 'href="/hq/stock/s1/tea"' in page
    assert '<td class="num"><strong>10</strong></td>' in page
    assert '<td class="num"><strong>9</strong></td>' in page
    assert '<td class="num">5</td>' in page
    answer = (await hq.get("/api/v1/stores/s1/digest")).json()
    assert (answer["state"], answer["differ"], answer["buckets"]) == ("differs", 2, [85, 123])
    assert answer["skus"][0] == {
        "sku": "soap",
        "hub": None,
        "store": {"floor": 3, "staged": 0, "damaged": 0, "granted": 0, "returned": 0, "settled": 0},
    }


async def test_once_both_say_the_same_the_open_trouble_tells_it(
    kernel: Kernel, hq: httpx2.AsyncClient
) -> None:
    await kernel.writer.run(KeepDigest(SAID, (85,), AT))
    await kernel.writer.run(KeepDigest(SAID, (), AT))
    await kernel.writer.run(KeepRows("s1", [TEA]))
    page = (await hq.get("/hq/exceptions/1")).text
    assert "both sides say the same now" in page
    assert "/hq/stock/s1/tea" not in page


async def test_what_is_kept_of_a_comparison_is_bounded(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    await kernel.writer.run(KeepDigest(SAID, tuple(range(256)), AT))
    many = [Difference(f"sku-{number:04}", None, SkuBalance(sku=f"sku-{number:04}")) for number in range(130)]
    await kernel.writer.run(KeepRows("s1", many))

    (row,) = await kernel.reader.all("SELECT facts FROM trouble")
    assert json.loads(row[0]) == {"check": "digest", "seq": 10, "differ": 256, "buckets": list(range(8))}
    answer = (await hq.get("/api/v1/stores/s1/digest")).json()
    assert (len(answer["skus"]), answer["beyond"]) == (MOST_KEPT, 30)
    assert "and 30 SKUs more" in (await hq.get("/hq/exceptions/1")).text


async def test_the_button_asks_once_and_says_so(kernel: Kernel, browser: httpx2.AsyncClient) -> None:
    await in_service(kernel)
    assert "Compare now" in (await browser.get("/hq")).text

    answer = await browser.post("/hq/stores/s1/digest")

    assert (answer.status_code, answer.headers["location"]) == (303, "/hq")
    (row,) = await kernel.reader.all("SELECT store, asked_by, asked_at <> '' FROM store_digest")
    assert row == ("s1", "hq", 1)
    page = (await browser.get("/hq")).text
    assert "comparison asked for" in page
    assert 'action="/hq/stores/s1/digest"' not in page


async def test_programs_ask_and_read(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    await in_service(kernel)
    assert (await hq.get("/api/v1/stores/s1/digest")).json()["state"] == "none"
    assert (await hq.post("/api/v1/stores/s1/digest")).status_code == 202
    answer = (await hq.get("/api/v1/stores/s1/digest")).json()
    assert (answer["state"], answer["asked_at"]) == ("none", kernel.instant())


@pytest.mark.parametrize(
    ("method", "store", "status", "code"),
    [
        ("POST", "s9", 404, "store.unknown"),
        ("GET", "s9", 404, "store.unknown"),
        ("POST", "s2", 409, "store.not_enrolled"),
    ],
)
async def test_what_cannot_be_compared_is_refused_and_nothing_is_asked(
    kernel: Kernel, hq: httpx2.AsyncClient, method: str, store: str, status: int, code: str
) -> None:
    answer = await hq.request(method, f"/api/v1/stores/{store}/digest")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await kernel.reader.all("SELECT * FROM store_digest") == []


async def test_a_monitor_sees_and_does_not_ask(kernel: Kernel, monitor: httpx2.AsyncClient) -> None:
    await in_service(kernel)
    assert (await monitor.get("/api/v1/stores/s1/digest")).status_code == 200
    assert (await monitor.post("/api/v1/stores/s1/digest")).status_code == 403
    assert "Compare now" not in (await monitor.get("/hq")).text


async def test_the_board_says_which_program_is_too_old(
    kernel: Kernel, hq: httpx2.AsyncClient, monitor: httpx2.AsyncClient
) -> None:
    await in_service(kernel)
    kernel.directory.speaks("s1", "store")
    page = (await hq.get("/hq")).text
    assert "versions differ" in page
    assert "update the store's program" in html.unescape(page)
    one = (await monitor.get("/api/v1/board")).json()["stores"][0]
    assert (one["state"], one["tone"], one["older"]) == ("version", "bad", "store")


async def test_a_later_question_replaces_an_earlier_one(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    await in_service(kernel)
    await kernel.writer.run(AskDigest("s1", "hq", AT))
    await kernel.writer.run(AskDigest("s1", "monitor", kernel.instant()))
    (row,) = await kernel.reader.all("SELECT asked_by, asked_at FROM store_digest")
    assert row == ("monitor", kernel.instant())
