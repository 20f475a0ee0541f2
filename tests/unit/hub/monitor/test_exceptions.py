"""The exception queue: listed in pages, given to people, resolved with a note; every change is on record."""

import json

import httpx2
import pytest
from starlette.applications import Starlette

from hub.kernel import Kernel
from hub.monitor.change_trouble import MOST_CHANGES
from hub.monitor.trouble_queries import PAGE, facts_of
from hub.stock.open_trouble import NewTrouble, open_trouble
from hub.stock.self_check import SelfCheck
from sync.storage.writer import Transaction
from tests.unit.hub.monitor.test_board import AT, enrolled, said, trouble
from tests.unit.hub.stock.small_chain import add_skus
from tests.unit.hub.stores.running_hub import SetClock
from tests.unit.hub.stores.running_pages import PAGE as PAGE_HEADERS
from tests.unit.hub.stores.running_pages import client_of


async def many(kernel: Kernel, count: int) -> None:
    """Troubles of two kinds at two stores in turn."""

    def write(transaction: Transaction) -> None:
        for number in range(count):
            kind, store = ("race", "s1") if number % 2 else ("deficit", "s2")
            open_trouble(transaction, NewTrouble(kind=kind, store=store, facts={"line": number}, at=AT))

    await kernel.writer.run(write)


async def test_the_queue_is_told_in_words(kernel: Kernel, monitor: httpx2.AsyncClient) -> None:
    await trouble(kernel, "deficit", '{"sku":"A1","units":2}')

    (one,) = (await monitor.get("/api/v1/troubles")).json()["troubles"]

    assert (one["kind"], one["name"], one["tone"], one["state"]) == ("deficit", "Deficit", "bad", "open")
    assert one["meaning"] == (
        "Units set aside for the online shop are not there: more was sold than was free,"
        " or a count or a correction found fewer."
    )
    assert one["todo"].startswith("By itself: unsold online units go back to the shelf")
    assert one["facts"] == {"sku": "A1", "units": "2"}
    assert (one["owner"], one["times"], one["raised_at"], one["resolved_at"]) == ("", 1, AT, None)


async def test_the_queue_speaks_the_readers_language(kernel: Kernel, monitor: httpx2.AsyncClient) -> None:
    await trouble(kernel, "deficit")

    answer = await monitor.get("/api/v1/troubles", headers={"accept-language": "zh-CN"})

    assert (
        answer.json()["troubles"][0]["meaning"]
        == "留给线上商城的商品实际不足：卖出的超过了空余数量，或盘点、调整发现少了。"
    )


async def test_pages_hold_every_trouble_once_the_oldest_first(
    kernel: Kernel, monitor: httpx2.AsyncClient
) -> None:
    await many(kernel, PAGE * 2 + 1)
    pages = [(await monitor.get("/api/v1/troubles")).json()]
    while pages[-1]["next_after"] is not None:
        pages.append((await monitor.get(f"/api/v1/troubles?after={pages[-1]['next_after']}")).json())
    ids = [one["id"] for page in pages for one in page["troubles"]]
    sizes = [len(page["troubles"]) for page in pages]

    assert sizes == [PAGE, PAGE, 1]
    assert ids == sorted(set(ids))
    assert len(ids) == PAGE * 2 + 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]),
        ("?kind=race", [2]),
        ("?store=s2", [1, 3]),
        ("?store=s2&kind=race", []),
        ("?state=open", [2, 3]),
        ("?state=assigned", [1]),
        ("?state=resolved", [4]),
        ("?kind=%27%20OR%201=1", []),
    ],
)
async def test_filters(kernel: Kernel, hq: httpx2.AsyncClient, query: str, found: list[int]) -> None:
    await many(kernel, 4)
    await hq.post("/api/v1/troubles/1/assignment", json={"owner": "monitor"})
    await hq.post("/api/v1/troubles/4/resolution", json={"note": "counted"})

    page = (await hq.get(f"/api/v1/troubles{query}")).json()

    assert [one["id"] for one in page["troubles"]] == found


@pytest.mark.parametrize("query", ["?state=nonsense", "?after=-1", "?after=" + "9" * 30, "?kind=" + "x" * 41])
async def test_what_cannot_be_asked_for_is_refused(monitor: httpx2.AsyncClient, query: str) -> None:
    assert (await monitor.get(f"/api/v1/troubles{query}")).status_code == 422


async def test_it_is_given_to_somebody_and_resolved_and_all_of_it_is_on_record(
    kernel: Kernel, clock: SetClock, hq: httpx2.AsyncClient
) -> None:
    number = await trouble(kernel)
    path = f"/api/v1/troubles/{number}"

    assert (await hq.post(f"{path}/assignment", json={"owner": "monitor"})).status_code == 204
    clock.move(minutes=1)
    assert (await hq.post(f"{path}/assignment", json={"owner": "monitor"})).status_code == 204
    assert (await hq.post(f"{path}/assignment", json={"owner": ""})).status_code == 204
    clock.move(minutes=1)
    done = {"note": "counted: they are there", "action": "counted"}
    assert (await hq.post(f"{path}/resolution", json=done)).status_code == 204

    told = (await hq.get(path)).json()
    assert (told["trouble"]["state"], told["trouble"]["action"]) == ("resolved", "counted")
    assert (told["trouble"]["owner"], told["trouble"]["resolved_by"]) == ("hq", "hq")
    names = ("by", "state_before", "owner_before", "state_after", "owner_after", "action", "note")
    assert [tuple(change[name] for name in names) for change in told["changes"]] == [
        ("hq", "open", "", "assigned", "monitor", "", ""),
        ("hq", "assigned", "monitor", "open", "", "", ""),
        ("hq", "open", "", "resolved", "hq", "counted", "counted: they are there"),
    ]
    assert [change["at"][11:16] for change in told["changes"]] == ["06:17", "06:18", "06:19"]


@pytest.mark.parametrize("owner", ["nobody", "gone", "li", "' OR 1=1"])
async def test_only_people_of_hq_own_troubles(kernel: Kernel, hq: httpx2.AsyncClient, owner: str) -> None:
    number = await trouble(kernel)

    answer = await hq.post(f"/api/v1/troubles/{number}/assignment", json={"owner": owner})

    assert (answer.status_code, answer.json()["code"]) == (409, "trouble.owner_unknown")
    assert await kernel.reader.all("SELECT state, owner FROM trouble") == [("open", "")]
    assert await kernel.reader.all("SELECT * FROM trouble_change") == []


@pytest.mark.parametrize("body", [{}, {"note": ""}, {"note": " \n "}, {"note": "x", "action": "magic"}])
async def test_resolving_needs_a_note(kernel: Kernel, hq: httpx2.AsyncClient, body: dict[str, str]) -> None:
    number = await trouble(kernel)

    answer = await hq.post(f"/api/v1/troubles/{number}/resolution", json=body)

    assert answer.status_code == 422
    assert await kernel.reader.all("SELECT state FROM trouble") == [("open",)]


async def test_what_is_resolved_stays_so(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    number = await trouble(kernel)
    await hq.post(f"/api/v1/troubles/{number}/resolution", json={"note": "done"})

    answer = await hq.post(f"/api/v1/troubles/{number}/assignment", json={"owner": "hq"})

    assert (answer.status_code, answer.json()["code"]) == (409, "trouble.resolved")
    assert await kernel.reader.all("SELECT COUNT(*) FROM trouble_change") == [(1,)]


async def test_a_trouble_cannot_be_handed_on_for_ever(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    number = await trouble(kernel)

    def fill(transaction: Transaction) -> None:
        for _ in range(MOST_CHANGES):
            transaction.execute(
                "INSERT INTO trouble_change (trouble, at, by, state_before, owner_before, state_after,"
                " owner_after, action, note) VALUES (?, ?, 'hq', 'open', '', 'assigned', 'hq', '', '')",
                (number, AT),
            )

    await kernel.writer.run(fill)
    path = f"/api/v1/troubles/{number}"

    refused = await hq.post(f"{path}/assignment", json={"owner": "hq"})
    done = await hq.post(f"{path}/resolution", json={"note": "enough"})

    assert (refused.status_code, refused.json()["code"]) == (409, "trouble.changed_too_often")
    assert done.status_code == 204


@pytest.mark.parametrize("call", ["assignment", "resolution"])
async def test_who_may_only_look_changes_nothing(
    kernel: Kernel, monitor: httpx2.AsyncClient, call: str
) -> None:
    number = await trouble(kernel)

    answer = await monitor.post(f"/api/v1/troubles/{number}/{call}", json={"note": "x"})

    assert answer.status_code == 403
    assert await kernel.reader.all("SELECT state FROM trouble") == [("open",)]
    for path in ("/hq/exceptions", f"/hq/exceptions/{number}"):
        page = await monitor.get(path, headers=PAGE_HEADERS)
        assert page.status_code == 200
        assert "/hq/troubles/" not in page.text
        assert "/hq/verify" not in page.text


@pytest.mark.parametrize("path", ["/api/v1/troubles", "/api/v1/troubles/1", "/api/v1/verify"])
async def test_nobody_reads_the_queue(app: Starlette, path: str) -> None:
    async with client_of(app) as client:
        assert (await client.get(path)).status_code == 401


async def test_the_page_tells_facts_in_words_with_names(kernel: Kernel, browser: httpx2.AsyncClient) -> None:
    await kernel.writer.run(lambda transaction: add_skus(transaction, {"tea": 300}))
    await trouble(kernel, "deficit", '{"sku":"tea","units":1}')
    await trouble(kernel, "digest_mismatch", '{"check":"mirror","about":"tea","kept":"3","by":"hub"}')

    page = (await browser.get("/hq/exceptions")).text

    assert "Units set aside for the online shop are not there" in page
    assert "SKU <strong>tea A tea</strong>" in page
    assert "check <strong>stock against the store&#39;s events</strong>" in page
    assert "{&#34;" not in page
    assert page.count('href="/hq/stock/s1/tea"') == 2
    assert "2 to resolve" in page


async def test_it_is_assigned_and_resolved_on_its_page(kernel: Kernel, browser: httpx2.AsyncClient) -> None:
    number = await trouble(kernel)
    path = f"/hq/exceptions/{number}"

    given = await browser.post(f"/hq/troubles/{number}/assign", data={"owner": "monitor"})
    assert (given.status_code, given.headers["location"]) == (303, path)
    closed = await browser.post(
        f"/hq/troubles/{number}/resolve", data={"note": "<b>done</b>", "action": "counted"}
    )
    assert (closed.status_code, closed.headers["location"]) == (303, path)

    page = (await browser.get(path)).text
    assert "goods counted" in page
    assert "&lt;b&gt;done&lt;/b&gt;" in page
    assert "raised by the program" in page
    assert "/hq/troubles/" not in page


async def test_a_form_leads_nowhere_else(kernel: Kernel, browser: httpx2.AsyncClient) -> None:
    number = await trouble(kernel)

    answer = await browser.post(f"/hq/troubles/{number}/assign?next=https://evil.test/", data={"owner": "hq"})

    assert answer.headers["location"] == f"/hq/exceptions/{number}"


@pytest.mark.parametrize("facts", ["", "[1]", "{", '{"<b>":{"a":[1]}}', '{"raised":"nonsense"}'])
async def test_hostile_facts_do_not_break_the_pages(
    kernel: Kernel, browser: httpx2.AsyncClient, facts: str
) -> None:
    number = await trouble(kernel, "<i>odd</i>", facts)
    await kernel.writer.run(lambda transaction: transaction.execute("UPDATE trouble SET raised_at = 'x'"))

    for path in ("/hq/exceptions", f"/hq/exceptions/{number}", "/hq", "/api/v1/troubles"):
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert "<i>odd</i>" not in answer.text or path.startswith("/api")
        assert "<b>" not in answer.text or path.startswith("/api")


def test_nested_facts_are_told_without_json() -> None:
    facts = {"rows": [{"sku": "tea", "kept": 3}, {"sku": "soap", "kept": None}], "n": 2}
    assert facts_of(json.dumps(facts)) == (("rows", "sku tea, kept 3, sku soap, kept "), ("n", "2"))


async def test_a_page_of_an_exception_that_is_not_there(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get("/hq/exceptions/9")).status_code == 404


async def test_the_check_is_asked_for_and_shown(kernel: Kernel, browser: httpx2.AsyncClient) -> None:
    assert "not checked yet" in (await browser.get("/hq/exceptions")).text

    first = await browser.post("/hq/verify")
    second = await browser.post("/hq/verify")
    assert (first.status_code, second.status_code) == (303, 409)
    assert "being checked" in (await browser.get("/hq/exceptions")).text
    await SelfCheck(kernel).step(0, is_rested=False)

    page = (await browser.get("/hq/exceptions")).text
    assert "all books agree" in page
    assert "2 stores, 0 events" in page
    assert "hub's books agree" in (await browser.get("/hq")).text


async def test_the_check_is_asked_for_by_programs(
    kernel: Kernel, hq: httpx2.AsyncClient, monitor: httpx2.AsyncClient
) -> None:
    assert (await monitor.get("/api/v1/verify")).json()["state"] == "none"
    assert (await monitor.post("/api/v1/verify")).status_code == 403
    assert (await hq.post("/api/v1/verify")).status_code == 202
    assert (await hq.post("/api/v1/verify")).json()["code"] == "check.running"
    await SelfCheck(kernel).step(0, is_rested=False)

    told = (await monitor.get("/api/v1/verify")).json()
    assert (told["state"], told["by"], told["findings"], told["counted"]["stores"]) == ("done", "hq", 0, 2)


FOUND = {"check": "balance", "about": "tea", "kept": "3 / 0 / 0", "made": "2 / 0 / 0"}


async def test_a_stores_own_findings_are_exceptions_once_for_each_check(
    kernel: Kernel, hq: httpx2.AsyncClient
) -> None:
    await enrolled(kernel, "s1")
    first = {"at": "2026-05-01T03:04:00.000Z", "took_ms": 90, "findings": 1, "told": [FOUND]}
    await said(kernel, "s1", seq=1, verify=first)
    await said(kernel, "s1", seq=2, verify=first)

    (one,) = (await hq.get("/api/v1/troubles")).json()["troubles"]
    assert (one["kind"], one["times"], one["facts"]) == ("digest_mismatch", 1, {**FOUND, "by": "store"})
    await hq.post(f"/api/v1/troubles/{one['id']}/resolution", json={"note": "counted"})
    await said(kernel, "s1", seq=3, verify=first)
    assert (await hq.get("/api/v1/troubles")).json()["troubles"] == []

    await said(kernel, "s1", seq=4, verify={**first, "at": "2026-05-02T03:04:00.000Z"})
    assert len((await hq.get("/api/v1/troubles")).json()["troubles"]) == 1


async def test_the_tile_tells_how_the_stores_check_came_out(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    await enrolled(kernel, "s1")
    await enrolled(kernel, "s2")
    await said(kernel, "s1", seq=0, verify={"at": AT, "findings": 0, "told": []})
    await said(kernel, "s2", seq=0, verify={"at": AT, "findings": 2, "told": []})

    board = (await hq.get("/api/v1/board")).json()
    told = {one["store"]: (one["verified_at"], one["findings"]) for one in board["stores"]}
    page = (await hq.get("/hq", headers=PAGE_HEADERS)).text

    assert told == {"s1": (AT, 0), "s2": (AT, 2)}
    assert "books agree" in page
    assert "books: 2 findings" in page


@pytest.mark.parametrize(
    "verify",
    [
        "x",
        {"at": "x"},
        {"at": AT, "findings": -1, "told": "x"},
        {"at": AT, "told": [1, {}, {"check": {"a": 1}}, {"check": "<b>", "about": "\ud800" * 999}]},
        {"at": AT, "findings": 10**30, "told": [{"check": str(n)} for n in range(999)]},
    ],
)
async def test_a_hostile_result_does_no_harm(
    kernel: Kernel, browser: httpx2.AsyncClient, verify: object
) -> None:
    await enrolled(kernel, "s1")
    await said(kernel, "s1", seq=0, verify=verify)

    for path in ("/hq", "/hq/exceptions"):
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert "<b>" not in answer.text
    rows = await kernel.reader.all("SELECT COUNT(*) FROM trouble")
    assert rows[0][0] <= 10
