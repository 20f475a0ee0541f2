"""HQ's pages of documents without a browser: forms, files, faults by row, who may do what."""

from typing import Any

import httpx2
import pytest

from hub.kernel import Kernel
from sync.storage.writer import Transaction
from sync.values.gtin import parse_gtin
from tests.unit.hub.documents_pages.said import TRANSFER, given, rows, tells
from tests.unit.hub.stores.running_pages import PAGE

NEW = "/hq/documents/new"


async def give(browser: httpx2.AsyncClient, file: bytes | None = None, **fields: Any) -> httpx2.Response:
    """Send the form."""
    data = {"task": "receiving", "store": "s1", "number": "D-1", "key": "k1", "act": "give", **fields}
    files = {"file": ("list.csv", file or b"", "text/csv")}
    return await browser.post(NEW, data=data, files=files)


async def documents(kernel: Kernel) -> list[tuple[Any, ...]]:
    """Task, store, number and lines of each document."""
    found = await kernel.reader.all("SELECT id, task, store, number FROM document ORDER BY id")
    return [
        (
            task,
            store,
            number,
            await kernel.reader.all(
                "SELECT sku, qty FROM document_line WHERE document = ? ORDER BY place", (document,)
            ),
        )
        for document, task, store, number in found
    ]


async def test_a_pasted_list_becomes_a_document_and_its_page(
    browser: httpx2.AsyncClient, kernel: Kernel
) -> None:
    answer = await give(browser, lines="sku,qty\ntea,10\nsoap,4", partner="Tea Co", note="back door")
    assert answer.status_code == 303
    shown = await browser.get(answer.headers["location"])
    assert (shown.status_code, "Delivery D-1" in shown.text, "back door" in shown.text) == (200, True, True)
    assert await documents(kernel) == [("receiving", "s1", "D-1", [("tea", 10), ("soap", 4)])]
    again = await give(browser, lines="sku,qty\ntea,10\nsoap,4", partner="Tea Co", note="back door")
    assert again.headers["location"] == answer.headers["location"]
    assert len(await documents(kernel)) == 1


@pytest.mark.parametrize(
    "heading", ["货号,数量", "单品，数量", "SKU编号\t数量", "SKU 编号,数量", "商品编码;数量", "条码,数量"]
)
async def test_a_heading_row_in_chinese_is_left_out(
    browser: httpx2.AsyncClient, kernel: Kernel, heading: str
) -> None:
    assert (await give(browser, lines=f"{heading}\ntea,10")).status_code == 303
    assert await documents(kernel) == [("receiving", "s1", "D-1", [("tea", 10)])]


async def test_a_barcode_in_a_row_is_its_sku(browser: httpx2.AsyncClient, kernel: Kernel) -> None:
    def mark(transaction: Transaction) -> None:
        transaction.execute("UPDATE sku SET gtin = ? WHERE sku = 'tea'", (parse_gtin("6901234567892"),))

    await kernel.writer.run(mark)
    twice = await give(browser, lines="tea,1\n6901234567892,10")
    assert (twice.status_code, "The SKU tea stands here twice." in twice.text) == (422, True)
    assert await documents(kernel) == []
    assert (await give(browser, lines="6901234567892,10")).status_code == 303
    assert await documents(kernel) == [("receiving", "s1", "D-1", [("tea", 10)])]


async def test_a_row_of_cases_is_told_in_units(browser: httpx2.AsyncClient, kernel: Kernel) -> None:
    await kernel.writer.run(
        lambda tx: tx.execute("INSERT INTO sku_pack VALUES ('16901234567899', 'tea', 24)")
    )
    too_many = await give(browser, lines="16901234567899,99999999")
    assert too_many.status_code == 422
    assert await documents(kernel) == []
    assert (await give(browser, lines="16901234567899,2")).status_code == 303
    assert await documents(kernel) == [("receiving", "s1", "D-1", [("tea", 48)])]


async def test_the_same_delivery_again_is_refused_on_the_form_with_a_way_to_it(
    browser: httpx2.AsyncClient, kernel: Kernel
) -> None:
    first = (await give(browser, lines="tea,10")).headers["location"]
    before = await rows(kernel)
    answer = await give(browser, lines="tea,10", key="k2")
    assert answer.status_code == 422
    assert "Delivery D-1 was given to this store already" in answer.text
    assert "if this is another delivery, give it another number" in answer.text
    assert f'href="{first}"' in answer.text
    assert await rows(kernel) == before


async def test_a_file_of_a_chinese_spreadsheet_is_taken(browser: httpx2.AsyncClient, kernel: Kernel) -> None:
    answer = await give(browser, "单品,数量\r\n茶/1,7\r\n".encode("gb18030"))
    assert answer.status_code == 303
    assert await documents(kernel) == [("receiving", "s1", "D-1", [("茶/1", 7)])]


@pytest.mark.parametrize(
    ("fields", "file", "said"),
    [
        (
            {"lines": "tea,x\nsoap,1\nodd,2"},
            None,
            ["Row 1", "x is no whole number. Write the units in digits", "Row 3", "no SKU odd"],
        ),
        ({"lines": "tea,1\ntea,2"}, None, ["Row 2", "The SKU tea stands here twice."]),
        ({"lines": ""}, None, ["Name at least one product."]),
        ({"lines": "tea,1"}, b"soap,1", ["Paste lines or choose a file, not both."]),
        ({}, b"\xff\xfe\xff", ["characters cannot be read"]),
        ({"lines": "tea,1", "number": ""}, None, ["Write the number of the delivery"]),
        ({"lines": "tea,1", "store": "s9"}, None, ["Choose the store that books it."]),
        ({"task": "transfer", "lines": "tea,1", "to_store": "s1"}, None, ["two different stores"]),
        ({"task": "adjust", "lines": "tea,-1"}, None, ["Say why"]),
        ({"task": "count", "lines": "tea,5"}, None, ["A count names no quantity (5)"]),
        ({"task": "count", "choice": "search", "words": "nothing"}, None, ["No goods fit."]),
    ],
)
async def test_what_is_wrong_is_told_by_row_and_nothing_is_written(
    browser: httpx2.AsyncClient, kernel: Kernel, fields: dict[str, Any], file: bytes | None, said: list[str]
) -> None:
    before = await rows(kernel)
    answer = await give(browser, file, **fields)
    assert answer.status_code == 422
    assert [text for text in said if text not in answer.text] == []
    assert (fields.get("lines") or "") in answer.text
    assert await rows(kernel) == before


async def test_a_store_without_an_agent_is_refused_on_the_form(
    browser: httpx2.AsyncClient, kernel: Kernel
) -> None:
    before = await rows(kernel)
    answer = await give(browser, store="s3", lines="tea,1")
    assert (answer.status_code, "has no agent yet" in answer.text, "tea,1" in answer.text) == (
        422,
        True,
        True,
    )
    assert await rows(kernel) == before


@pytest.mark.parametrize(
    ("choice", "more", "skus"),
    [
        ("all", {}, ["soap", "tea"]),
        ("search", {"words": "a te"}, ["tea"]),
        ("lines", {"lines": "comb"}, ["comb"]),
    ],
)
async def test_the_goods_of_a_count_are_chosen(
    browser: httpx2.AsyncClient, kernel: Kernel, choice: str, more: dict[str, str], skus: list[str]
) -> None:
    answer = await give(browser, None, task="count", choice=choice, **more)
    assert answer.status_code == 303
    ((task, _, _, lines),) = await documents(kernel)
    assert (task, lines) == ("count", [(sku, 0) for sku in skus])


async def test_goods_found_by_name_are_added_to_the_lines(
    browser: httpx2.AsyncClient, kernel: Kernel
) -> None:
    found = await give(browser, act="find", find="soap", lines="tea,10")
    assert (found.status_code, 'value="soap"' in found.text, "tea,10" in found.text) == (200, True, True)
    answer = await give(browser, lines="tea,10", pick_sku="soap", pick_qty="4")
    assert answer.status_code == 303
    assert await documents(kernel) == [("receiving", "s1", "D-1", [("tea", 10), ("soap", 4)])]


async def test_revising_by_form(browser: httpx2.AsyncClient, kernel: Kernel) -> None:
    path = (await give(browser, lines="tea,10")).headers["location"]
    assert "tea,10</textarea>" in (await browser.get(path)).text
    before = await rows(kernel)
    wrong = await browser.post(f"{path}/revise", data={"rev": "1", "lines": "tea,12\nodd,1"})
    assert (wrong.status_code, "Row 2" in wrong.text, "odd,1" in wrong.text) == (422, True, True)
    assert await rows(kernel) == before
    assert (await browser.post(f"{path}/revise", data={"rev": "1", "lines": "tea,12"})).status_code == 303
    assert await documents(kernel) == [("receiving", "s1", "D-1", [("tea", 12)])]
    assert (await browser.post(f"{path}/withdraw", data={"why": ""})).status_code == 303
    assert "asked back" in (await browser.get(path)).text


async def test_a_transfer_shows_both_its_documents_and_what_is_in_transit(
    browser: httpx2.AsyncClient, hq: httpx2.AsyncClient, kernel: Kernel
) -> None:
    document = await given(hq, {**TRANSFER, "number": "T-1"})
    await tells(kernel, "s1", document, "booked", ("tea", 3, 3))
    arrival = document.replace("transfer_out", "transfer_in")
    page = (await browser.get(f"/hq/documents/{document}")).text
    assert ("Transfer from Store s1 to Store s2" in page, f"/hq/documents/{arrival}" in page) == (True, True)
    assert "Close the difference" not in page
    road = (await browser.get("/hq/documents/transit")).text
    assert ("A tea" in road, "T-1" in road, f"/hq/documents/{document}" in road) == (True, True, True)
    await tells(kernel, "s2", arrival, "booked", ("tea", 3, 2))
    assert "Close the difference" in (await browser.get(f"/hq/documents/{document}")).text
    exceptions = (await browser.get("/hq/exceptions")).text
    assert ("Not what the paper says" in exceptions, f"/hq/documents/{arrival}" in exceptions) == (True, True)

    closed = await browser.post(f"/hq/documents/{document}/close", data={"why": "lost"})

    assert closed.status_code == 303
    assert "difference closed" in (await browser.get(f"/hq/documents/{document}")).text
    assert "Nothing is in transit" in (await browser.get("/hq/documents/transit")).text


async def test_who_only_looks_sees_no_forms_and_may_not_send_them(
    monitor: httpx2.AsyncClient, hq: httpx2.AsyncClient, kernel: Kernel
) -> None:
    document = await given(hq)
    before = await rows(kernel)
    page = await monitor.get(f"/hq/documents/{document}", headers=PAGE)
    assert (page.status_code, "Ask it back" in page.text) == (200, False)
    for path in (NEW, f"/hq/documents/{document}/withdraw", f"/hq/documents/{document}/revise"):
        assert (await monitor.post(path, headers=PAGE, data={})).status_code == 403
    assert (await monitor.get(NEW, headers=PAGE)).status_code == 403
    assert await rows(kernel) == before


@pytest.mark.parametrize("path", ["/hq/documents/nothing", "/hq/documents/" + "x" * 300])
async def test_there_is_no_such_page(browser: httpx2.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, "There is no such document" in answer.text) == (404, True)


async def test_a_list_that_cannot_be_asked_for_shows_all(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/hq/documents?state=nonsense")
    assert (answer.status_code, "This cannot be looked for" in answer.text) == (422, True)


async def test_what_people_write_is_never_markup(browser: httpx2.AsyncClient) -> None:
    answer = await give(browser, lines="tea,1", number="<b>D</b>", note="<script>alert(1)</script>")
    page = (await browser.get(answer.headers["location"])).text
    assert ("<b>D</b>" in page, "<script>alert" in page) == (False, False)
