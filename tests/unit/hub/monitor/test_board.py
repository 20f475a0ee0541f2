"""The board from the database: real figures, hostile reports, troubles resolved by a person."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from hub.kernel import Kernel
from hub.monitor import lag_book, queries, words
from hub.monitor.keep_health import KeepHealth, Said
from hub.monitor.lag_book import LagBook
from sync.storage.writer import Command, Transaction
from sync.values.clock import to_instant
from sync.web.translation_check import check_translations
from sync.web.translations import load_texts, speaking
from tests.unit.hub.stores.running_hub import SetClock
from tests.unit.hub.stores.running_pages import PAGE, client_of

AT = "2026-05-01T06:16:00.000Z"


async def enrolled(kernel: Kernel, store: str, app: int = 0) -> None:
    """A store as an enrolment and events leave it."""

    def write(transaction: Transaction) -> None:
        transaction.execute(
            "UPDATE store_stream SET sinc = 1, app = ?, secret_hash = 'x', enrolled_at = ? WHERE store = ?",
            (app, AT, store),
        )

    await kernel.writer.run(write)


async def said(kernel: Kernel, store: str, **health: object) -> None:
    """A store's presence and report."""
    at = kernel.instant()
    await kernel.writer.run(KeepHealth(store, "presence", Said({"state": "online"}), at))
    await kernel.writer.run(KeepHealth(store, "health", Said(dict(health)), at))


async def trouble(kernel: Kernel, kind: str = "oversold", facts: str = '{"sku":"A1"}') -> int:
    def write(transaction: Transaction) -> int:
        cursor = transaction.execute(
            "INSERT INTO trouble (kind, store, facts, state, raised_at, note)"
            " VALUES (?, 's1', ?, 'open', ?, '')",
            (kind, facts, AT),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    return await kernel.writer.run(write)


async def test_a_fresh_chain_is_all_unknown(monitor: httpx2.AsyncClient) -> None:
    board = (await monitor.get("/api/v1/board")).json()

    assert [(one["store"], one["state"]) for one in board["stores"]] == [
        ("s1", "never_enrolled"),
        ("s2", "never_enrolled"),
    ]
    assert (board["in_step"], board["lag_p95_ms"], board["oversold"]) == (0, None, 0)


async def test_a_store_in_step_and_one_behind(kernel: Kernel, monitor: httpx2.AsyncClient) -> None:
    await enrolled(kernel, "s1", app=10)
    await enrolled(kernel, "s2", app=10)
    await said(kernel, "s1", seq=10, app_version="0.1.0")
    await said(kernel, "s2", seq=1214, oldest_unsent_at=AT)

    board = (await monitor.get("/api/v1/board")).json()

    assert [(one["store"], one["state"], one["backlog"]) for one in board["stores"]] == [
        ("s2", "behind", 1204),
        ("s1", "in_step", 0),
    ]
    assert board["stores"][0]["oldest_unsent_at"] == AT


async def test_a_repeated_report_is_no_sign_of_life(kernel: Kernel) -> None:
    report = {"at": "2026-05-01T06:00:00.000Z", "seq": 10}

    async def told(health: dict[str, object], at: str) -> list[tuple[object, ...]]:
        await kernel.writer.run(KeepHealth("s1", "health", Said(health), at))
        return await kernel.reader.all("SELECT seen_at FROM store_health WHERE store = 's1'")

    first = "2026-05-01T06:00:01.000Z"
    assert await told(dict(report), first) == [(first,)]
    assert await told(dict(report), "2026-05-01T06:10:00.000Z") == [(first,)]
    later = "2026-05-01T06:10:05.000Z"
    assert await told({**report, "at": "2026-05-01T06:10:04.000Z"}, later) == [(later,)]


async def test_an_offline_store_is_told_as_last_heard(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    await enrolled(kernel, "s1", app=10)
    await said(kernel, "s1", seq=10, unsent=0, scanners=[{"id": "s", "state": "online"}])
    page = (await hq.get("/hq")).text
    assert "0 unsent" in page
    assert "all devices ok" in page
    assert "nothing waits" in page

    gone = KeepHealth("s1", "presence", Said({"state": "offline"}), kernel.instant())
    await kernel.writer.run(gone)
    page = (await hq.get("/hq")).text
    assert "0 unsent when last heard" in page
    assert "all devices ok" not in page
    assert "not known of offline stores" in page
    assert "nothing waits" not in page


async def test_the_lag_is_measured_from_events(kernel: Kernel, monitor: httpx2.AsyncClient) -> None:
    await enrolled(kernel, "s1", app=3)
    await said(kernel, "s1", seq=3, skew_ms=0)

    def write(transaction: Transaction) -> None:
        raws = ['{"at":"2026-05-01T06:16:00.000Z"}', '{"at":5}', '{"at":NaN}']
        for seq, raw in enumerate(raws, 1):
            transaction.execute(
                "INSERT INTO event (store, sinc, seq, kind, raw, chain, at)"
                " VALUES ('s1', 1, ?, 'move', ?, '', '2026-05-01T06:16:00.084Z')",
                (seq, raw),
            )
        transaction.execute("UPDATE store_stream SET last_event_at = ? WHERE store = 's1'", (AT,))

    await kernel.writer.run(write)

    board = (await monitor.get("/api/v1/board")).json()

    assert board["lag_p95_ms"] == 84


@pytest.mark.parametrize(
    "report",
    [
        {"app_version": "<script>alert(1)</script>", "printers": [{"id": "<b>", "state": "<i>x</i>"}]},
        {"seq": "many", "unsent": {"a": []}, "printers": "p", "scanners": [[[]]], "skew_ms": []},
        {"app_version": "\ud800", "at": "\udfff", "printers": [{"state": "\ud83d"}]},
        {"skew_ms": 10**11, "seq": 10**12, "oldest_unsent_at": "9999-12-31T23:59:59.999Z"},
    ],
)
async def test_a_hostile_report_does_not_break_the_page(
    kernel: Kernel, browser: httpx2.AsyncClient, report: dict[str, object]
) -> None:
    await enrolled(kernel, "s1", app=10)
    await said(kernel, "s1", **report)

    answer = await browser.get("/hq")

    assert answer.status_code == 200
    assert "Store s1" in answer.text
    assert "<script>alert" not in answer.text
    assert "<i>x</i>" not in answer.text


async def test_hostile_facts_and_letters_do_not_break_the_page(
    kernel: Kernel, browser: httpx2.AsyncClient
) -> None:
    for facts in ("", "[1]", "{", '{"<b>":{"a":[1]}}', json.dumps({str(n): "x" * 999 for n in range(99)})):
        await trouble(kernel, "<i>odd</i>", facts)

    def write(transaction: Transaction) -> None:
        transaction.execute(
            "INSERT INTO dead_letter (store, sinc, seq, code, raw, at) VALUES ('s9', 1, 1, '<b>', ?, ?)",
            ("<script>" * 999, AT),
        )

    await kernel.writer.run(write)

    answer = await browser.get("/hq")

    assert answer.status_code == 200
    assert "<i>odd</i>" not in answer.text
    assert "&lt;i&gt;odd&lt;/i&gt;" in answer.text
    assert "<script><script>" not in answer.text


async def test_a_trouble_is_resolved_with_a_note(
    kernel: Kernel, clock: SetClock, browser: httpx2.AsyncClient
) -> None:
    number = await trouble(kernel)
    assert "Oversold" in (await browser.get("/hq")).text
    clock.move(minutes=5)

    answer = await browser.post(
        f"/hq/troubles/{number}/resolve?next=/hq%23troubles", data={"note": "Counted again"}
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/hq#troubles")
    assert await kernel.reader.all("SELECT state, resolved_at, resolved_by, note FROM trouble") == [
        ("resolved", "2026-05-01T06:22:00.000Z", "hq", "Counted again")
    ]
    assert "Nothing to resolve" in (await browser.get("/hq")).text


async def test_a_trouble_is_resolved_once(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    number = await trouble(kernel)
    path = f"/api/v1/troubles/{number}/resolution"

    answers = await asyncio.gather(*[hq.post(path, json={"note": str(n)}) for n in range(3)])

    assert sorted(answer.status_code for answer in answers) == [204, 409, 409]
    (kept,) = await kernel.reader.all("SELECT note FROM trouble")
    assert kept == (str([answer.status_code for answer in answers].index(204)),)


@pytest.mark.parametrize(
    ("number", "code"), [("999", "trouble.unknown"), ("9" * 30, "page.missing"), ("9" * 5000, "page.missing")]
)
async def test_no_such_trouble(hq: httpx2.AsyncClient, number: str, code: str) -> None:
    answer = await hq.post(f"/api/v1/troubles/{number}/resolution", json={"note": "done"})

    assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_who_may_only_look_resolves_nothing(kernel: Kernel, monitor: httpx2.AsyncClient) -> None:
    number = await trouble(kernel)

    answer = await monitor.post(f"/api/v1/troubles/{number}/resolution", json={})

    assert answer.status_code == 403
    assert await kernel.reader.all("SELECT state FROM trouble") == [("open",)]
    page = await monitor.get("/hq", headers=PAGE)
    assert page.status_code == 200
    assert "/hq/import" not in page.text
    assert "/resolve" not in page.text


@pytest.mark.parametrize("path", ["/hq", "/hq/orders", "/hq/stores", "/hq/import"])
async def test_nobody_sees_hq(app: Starlette, path: str) -> None:
    async with client_of(app, **PAGE) as client:
        answer = await client.get(path)

    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/hq/sign-in")


async def order(kernel: Kernel, number: str, stage: str, ready_by: str) -> None:
    def write(transaction: Transaction) -> None:
        transaction.execute(
            "INSERT INTO orders (id, number, token, store, sinc, stage, payment, pay, total_minor, currency,"
            " locale, code, code_hash, placed_at, ready_by, expires_at, paid_minor, price_version)"
            " VALUES (?, ?, ?, 's1', 1, ?, 'unpaid', 'counter', 12800, 'CNY', 'en', ?, '', ?, ?, ?, 0, 1)",
            (number, number, number, stage, f"CODE{number[-2:]}", AT, ready_by, ready_by),
        )
        transaction.execute(
            "INSERT INTO order_contact (order_id, name, phone, phone_tail)"
            " VALUES (?, 'Li Secret', ?, '5678')",
            (number, "+8613812345678"),
        )

    await kernel.writer.run(write)


async def test_promises_at_risk_are_due_soon_and_not_ready(
    kernel: Kernel, monitor: httpx2.AsyncClient
) -> None:
    await order(kernel, "W-01", "accepted", "2026-05-01T06:32:00.000Z")
    await order(kernel, "W-02", "accepted", "2026-05-01T06:32:00.001Z")
    await order(kernel, "W-03", "ready", "2026-05-01T06:00:00.000Z")

    board = (await monitor.get("/api/v1/board")).json()

    assert board["promises_at_risk"] == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["W-02", "W-01"]),
        ("?q=w-01", ["W-01"]),
        ("?q=CODE02", ["W-02"]),
        ("?q=5678", ["W-02", "W-01"]),
        ("?stage=ready", ["W-02"]),
        ("?store=s2", []),
        ("?q=%25", []),
        ("?q=%27%20OR%201=1", []),
    ],
)
async def test_orders_are_found(
    kernel: Kernel, browser: httpx2.AsyncClient, query: str, found: list[str]
) -> None:
    await order(kernel, "W-01", "accepted", AT)
    await order(kernel, "W-02", "ready", AT)

    answer = await browser.get(f"/hq/orders{query}")

    assert answer.status_code == 200
    shown = [number for number in ("W-02", "W-01") if f">{number}<" in answer.text]
    assert shown == found
    assert "Li Secret" not in answer.text
    assert "CODE01" not in answer.text
    assert "1381234" not in answer.text


@pytest.mark.parametrize("query", ["?stage=nonsense", "?q=" + "x" * 41, "?q=%00"])
async def test_what_cannot_be_looked_for_is_told(browser: httpx2.AsyncClient, query: str) -> None:
    answer = await browser.get(f"/hq/orders{query}")

    assert answer.status_code in {200, 422}
    assert "Orders" in answer.text


@pytest.mark.parametrize("package", ["hub.staff", "hub.stores", "hub.monitor", "hub.importing"])
def test_texts_are_complete(package: str) -> None:
    assert check_translations(package) == []


async def test_an_error_page_of_hq_leads_to_the_board(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/hq/orders/nothing")

    assert page.status_code == 404
    assert '<a class="btn main" href="/hq">Go to the sync board</a>' in page.text


@pytest.mark.parametrize(
    ("milliseconds", "told"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (1_000, "1.0 s"),
        (8_471, "8.4 s"),
        (9_999, "9.9 s"),
        (10_000, "10 s"),
        (59_999, "59 s"),
        (60_000, "1 min"),
        (3_600_000, "1 h"),
        (86_400_000, "1 d"),
    ],
)
def test_a_span_is_told_in_the_unit_that_people_read(milliseconds: int, told: str) -> None:
    with speaking(load_texts(["hub.monitor"])["en"]):
        assert words.span(milliseconds) == told


async def test_the_lag_of_many_reads_is_that_of_a_single_one_and_each_event_is_read_once(
    kernel: Kernel, hq: httpx2.AsyncClient, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    parse = lag_book.happened

    def counted(raw: str) -> Any:
        read.append(raw)
        return parse(raw)

    monkeypatch.setattr(lag_book, "happened", counted)

    def events(first: int, last: int, sinc: int) -> Command[None]:
        def write(transaction: Transaction) -> None:
            now = clock.now()
            for seq in range(first, last + 1):
                raw = json.dumps({"at": to_instant(now - timedelta(milliseconds=seq))})
                transaction.execute(
                    "INSERT INTO event (store, sinc, seq, kind, raw, chain, at)"
                    " VALUES ('s1', ?, ?, 'move', ?, '', ?)",
                    (sinc, seq, raw, to_instant(now)),
                )
            transaction.execute(
                "UPDATE store_stream SET sinc = ?, app = ?, last_event_at = ? WHERE store = 's1'",
                (sinc, last, to_instant(now)),
            )

        return write

    async def lags(book: LagBook) -> tuple[int, ...]:
        return (await queries.signs_of_all(kernel, book))[0].lags_ms

    kept = LagBook()
    for first, last, sinc in ((1, 30, 1), (31, 31, 1), (32, 150, 1), (1, 3, 2)):
        await kernel.writer.run(events(first, last, sinc))
        read.clear()
        told = [await lags(kept) for _ in range(3)]
        assert len(read) == min(last - first + 1, 100)
        assert told[0] == told[1] == told[2] == await lags(LagBook())
    assert told[0] == (3, 2, 1)


async def stand(kernel: Kernel, store: str, state: str, *, stopped: bool = False) -> None:
    """Where the hub stands with a store."""

    def write(transaction: Transaction) -> None:
        transaction.execute(
            "UPDATE store_stream SET state = ?, stopped = ? WHERE store = ?", (state, stopped, store)
        )

    await kernel.writer.run(write)


async def test_a_store_heard_again_and_one_that_takes_over_say_so(
    kernel: Kernel, hq: httpx2.AsyncClient, monitor: httpx2.AsyncClient
) -> None:
    await enrolled(kernel, "s1", app=40)
    await enrolled(kernel, "s2", app=3)
    await stand(kernel, "s1", "replaying")
    await stand(kernel, "s2", "rebuilding")
    await said(kernel, "s1", seq=1200)
    await said(kernel, "s2", seq=900, unsure=2, frozen=1)
    states = {one["store"]: one["state"] for one in (await monitor.get("/api/v1/board")).json()["stores"]}
    assert states == {"s1": "replaying", "s2": "rebuilding"}
    page = (await hq.get("/hq")).text
    for text in (
        "being heard again",
        "40 of 1,200 events heard",
        "if it does not, look at the exceptions",
        "taking over",
        "If it stays so, start its agent.",
        "2 orders to check · 1 SKU frozen",
    ):
        assert text in page


async def test_a_store_with_two_histories_is_told_first_and_what_to_do(
    kernel: Kernel, hq: httpx2.AsyncClient
) -> None:
    await enrolled(kernel, "s1", app=40)
    await stand(kernel, "s1", "whole", stopped=True)
    await said(kernel, "s1", seq=40)
    page = (await hq.get("/hq")).text
    assert 'data-store="s1" data-state="stopped"' in page
    assert "stopped: two histories" in page
    assert "Find the machine that is right, and enrol it anew." in page
    assert "1 stopped" in page
    assert "1 offline" not in page


async def test_orders_to_check_are_an_exception_once_for_each_loss(kernel: Kernel) -> None:
    async def lists() -> list[tuple[object, ...]]:
        return await kernel.reader.all(
            "SELECT kind, facts, times, state FROM trouble WHERE store = 's1' ORDER BY id"
        )

    await said(kernel, "s1", seq=1, unsure=0)
    assert await lists() == []
    for left in (3, 3, 1):
        await said(kernel, "s1", seq=2, unsure=left)
    assert await lists() == [("verify_list", '{"orders":3}', 1, "open")]
    await kernel.writer.run(lambda tx: tx.execute("UPDATE trouble SET state = 'resolved'"))
    await said(kernel, "s1", seq=3, unsure=1)
    assert len(await lists()) == 1
    await said(kernel, "s1", seq=4, unsure=2)
    assert await lists() == [
        ("verify_list", '{"orders":3}', 1, "resolved"),
        ("verify_list", '{"orders":2}', 1, "open"),
    ]


async def test_the_list_of_orders_to_check_is_closed_with_the_last_one(
    kernel: Kernel, hq: httpx2.AsyncClient
) -> None:
    for left in (2, 1):
        await said(kernel, "s1", seq=2, unsure=left)
    await said(kernel, "s2", seq=2, unsure=1)
    standing = "SELECT store, state, action, resolved_by FROM trouble ORDER BY id"
    assert await kernel.reader.all(standing) == [("s1", "open", "", None), ("s2", "open", "", None)]
    for _ in range(2):
        await said(kernel, "s1", seq=3, unsure=0)
    assert await kernel.reader.all(standing) == [("s1", "resolved", "checked", ""), ("s2", "open", "", None)]
    changes = "SELECT by, state_before, state_after, action FROM trouble_change"
    assert await kernel.reader.all(changes) == [("", "open", "resolved", "checked")]
    page = (await hq.get("/hq/exceptions/1")).text
    assert "resolved by itself: the store has looked for every order" in page
