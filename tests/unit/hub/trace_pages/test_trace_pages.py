"""The trace by call and by page: who may see it, what it says, what wrong ids are told."""

import json

import httpx2
import pytest
from starlette.applications import Starlette

from hub.kernel import Kernel
from hub.stock.subjects import keep_subjects
from hub.trace.keep_hops import HopKeeper
from hub.trace.rules import Arrival, instant_ms
from hub.trace.trace_id import FORMS
from sync.rules.canonical import GENESIS
from sync.rules.streams import Resent, Sending, Up
from sync.storage.writer import Transaction
from sync.web.translation_check import check_translations
from tests.unit.hub.stores.running_pages import PAGE, client_of

MADE = "2026-05-01T06:16:03.000Z"
FIRST = "2026-05-01T06:16:03.250Z"
SENT = "2026-05-01T06:16:05.250Z"
HEARD_MS = instant_ms("2026-05-01T06:16:02.400Z") or 0
SALE = {
    "kind": "move",
    "reason": "sale",
    "at": MADE,
    "ref": "<R>-1",
    "actor": "mei",
    "lines": [{"sku": "tea", "qty": 3, "source": "floor"}],
}


def add_event(transaction: Transaction, store: str, seq: int, kind: str = "move") -> None:
    """A sale as the hub keeps it."""
    transaction.execute(
        "INSERT INTO event (store, sinc, seq, kind, raw, chain, at) VALUES (?, 1, ?, ?, ?, '', ?)",
        (store, seq, kind, json.dumps(SALE), "2026-05-01T06:16:02.420Z"),
    )
    keep_subjects(transaction, store, 1, seq, SALE)


@pytest.fixture(autouse=True)
async def followed(app: Starlette, kernel: Kernel) -> None:
    """A sale of s1, sent twice by a clock three seconds ahead; one more without hops that was not booked."""

    def write(transaction: Transaction) -> None:
        transaction.execute("UPDATE store_stream SET sinc = 1, app = 3 WHERE store IN ('s1', 's2')")
        add_event(transaction, "s1", 1)
        add_event(transaction, "s1", 2, "rejected")
        transaction.execute(
            "INSERT INTO dead_letter (store, sinc, seq, code, raw, at)"
            " VALUES ('s1', 1, 2, 'unknown_sku', '{}', ?)",
            (MADE,),
        )

    await kernel.writer.run(write)
    app.state.hops = keeper = HopKeeper(kernel)
    sending = Sending(at=SENT, skew_ms=3_000, resent=(Resent(to=1, at=FIRST, times=2),))
    up = Up(store="s1", sinc=1, hinc=1, first=1, chain_before=GENESIS, head=1, dver=0, sending=sending)
    keeper.applied(up, 1, 1, Arrival(HEARD_MS, HEARD_MS + 20, HEARD_MS + 21, 2))


async def test_an_event_is_told_with_every_hop_by_the_hubs_clock(monitor: httpx2.AsyncClient) -> None:
    answer = await monitor.get("/api/v1/trace/s1/1")

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    (leg,) = told["legs"]
    assert {
        name: told[name] for name in ("kind", "id", "store", "skew_ms", "clocks_differ", "kept_days")
    } == {
        "kind": "event",
        "id": "s1/1/1",
        "store": "s1",
        "skew_ms": 3_000,
        "clocks_differ": False,
        "kept_days": 7,
    }
    assert (leg["id"], leg["what"], leg["kept"], leg["took_ms"]) == ("s1/1/1", "sale", "kept", 2_421)
    assert leg["facts"] == {"ref": "<R>-1", "actor": "mei", "goods": "3 × tea"}
    assert [(hop["name"], hop["after_ms"], hop["count"]) for hop in leg["hops"]] == [
        ("made", None, None),
        ("first_sent", 250, 2),
        ("sent", 2_000, 2),
        ("heard", 150, None),
        ("applied", 20, None),
        ("told", 1, 2),
    ]
    assert (leg["hops"][0]["at"], leg["hops"][0]["own_at"]) == ("2026-05-01T06:16:00.000Z", MADE)


@pytest.mark.parametrize("name", ["s1/1/1", "s1%2F1", "%20s1/1%20"])
async def test_an_id_may_be_written_in_several_ways(monitor: httpx2.AsyncClient, name: str) -> None:
    assert (await monitor.get(f"/api/v1/trace/{name}")).json()["id"] == "s1/1/1"


async def test_a_receipt_tells_all_its_events(monitor: httpx2.AsyncClient) -> None:
    told = (await monitor.get("/api/v1/trace/%3CR%3E-1")).json()
    assert [(leg["id"], leg["kept"], leg["rejected"]) for leg in told["legs"]] == [
        ("s1/1/1", "kept", ""),
        ("s1/1/2", "not_kept", "unknown_sku"),
    ]
    assert (told["kind"], told["store"], told["more"]) == ("paper", "s1", False)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("s1/4", 404, "trace.not_here_yet"),
        ("s1/9/1", 404, "trace.unknown"),
        ("s9/1", 404, "trace.unknown"),
        ("nothing", 404, "trace.unknown"),
        ("%00", 422, "trace.bad_id"),
        ("x" * 300, 422, "trace.bad_id"),
        ("%20", 422, "trace.bad_id"),
    ],
)
async def test_a_wrong_id_is_told_what_is_understood(
    monitor: httpx2.AsyncClient, name: str, status: int, code: str
) -> None:
    answer = await monitor.get(f"/api/v1/trace/{name}")

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    told = answer.json()
    assert (told["code"], told["forms"], told["choices"]) == (code, list(FORMS), [])
    page = await monitor.get(
        "/hq/trace", params={"id": name.replace("%20", "").replace("%00", "\x00")}, headers=PAGE
    )
    assert page.status_code == (status if name != "%20" else 200)


async def test_two_papers_of_one_number_are_offered(kernel: Kernel, monitor: httpx2.AsyncClient) -> None:
    await kernel.writer.run(lambda transaction: add_event(transaction, "s2", 1))
    answer = await monitor.get("/api/v1/trace/%3CR%3E-1")

    assert (answer.status_code, answer.json()["code"]) == (409, "trace.ambiguous")
    assert answer.json()["choices"] == ["s1/<R>-1", "s2/<R>-1"]
    page = await monitor.get("/hq/trace", params={"id": "<R>-1"}, headers=PAGE)
    assert page.status_code == 409
    assert 'href="/hq/trace?id=s2/%3CR%3E-1"' in page.text
    assert (await monitor.get("/api/v1/trace/s2/%3CR%3E-1")).json()["store"] == "s2"


async def test_only_staff_may_look(app: Starlette, nobody: httpx2.AsyncClient) -> None:
    refused = await nobody.get("/api/v1/trace/s1/1")
    assert (refused.status_code, refused.json()["code"]) == (401, "identity.missing")
    page = await nobody.get("/hq/trace?id=s1/1", headers=PAGE)
    assert (page.status_code, page.headers["location"]) == (
        303,
        "/hq/sign-in?next=%2Fhq%2Ftrace%3Fid%3Ds1%2F1",
    )
    async with client_of(app, authorization="Bearer nonsense") as stranger:
        assert (await stranger.get("/api/v1/trace/s1/1")).status_code == 401


async def test_the_page_shows_the_hops_and_escapes_what_stores_say(monitor: httpx2.AsyncClient) -> None:
    page = await monitor.get("/hq/trace?id=s1/1", headers=PAGE)

    assert page.status_code == 200
    assert "Event s1/1/1" in page.text
    assert [page.text.count(f'data-hop="{name}"') for name in ("made", "first_sent", "sent", "told")] == [
        1
    ] * 4
    assert "2 times in all" in page.text
    assert "+3.0 s" in page.text
    assert "2 open pages" in page.text
    assert "&lt;R&gt;-1" in page.text
    assert "<R>" not in page.text


async def test_clocks_that_disagree_are_said_and_no_time_below_zero_is_shown(
    app: Starlette, kernel: Kernel, monitor: httpx2.AsyncClient
) -> None:
    up = Up(
        store="s1", sinc=1, hinc=1, first=2, chain_before=GENESIS, head=2, dver=0, sending=Sending(at=SENT)
    )
    app.state.hops.applied(up, 2, 1, Arrival(HEARD_MS, HEARD_MS + 20, HEARD_MS + 21, 0))
    page = await monitor.get("/hq/trace?id=s1/2", headers=PAGE)
    (leg,) = (await monitor.get("/api/v1/trace/s1/2")).json()["legs"]

    assert [(hop["after_ms"], hop["clocks_differ"]) for hop in leg["hops"]] == [
        (None, False),
        (2_250, False),
        (None, True),
        (20, False),
        (1, False),
    ]
    assert leg["took_ms"] is None
    assert "something arrived before it left" in page.text
    assert "none was open" in page.text
    assert ">\u2212" not in page.text


async def test_without_an_id_the_page_says_what_may_be_asked(monitor: httpx2.AsyncClient) -> None:
    page = await monitor.get("/hq/trace", headers=PAGE)
    assert page.status_code == 200
    assert "STORE/SEQ" in page.text


async def test_what_runs_without_hops_in_memory_reads_the_database(
    app: Starlette, monitor: httpx2.AsyncClient
) -> None:
    del app.state.hops
    (leg,) = (await monitor.get("/api/v1/trace/s1/1")).json()["legs"]
    assert (leg["kept"], [hop["name"] for hop in leg["hops"]]) == ("not_kept", ["made", "applied"])


def test_every_text_is_there_in_both_languages() -> None:
    assert check_translations("hub.trace") == []


@pytest.mark.parametrize(
    ("language", "title", "sent", "arrived"),
    [
        ("en", "Document C-7", "document sent to the store", "document arrived in the store"),
        ("zh-CN", "单据 C-7", "单据已发送到门店", "单据已到达门店"),
    ],
)
async def test_a_document_is_followed_by_its_number_and_called_by_it(
    browser: httpx2.AsyncClient, kernel: Kernel, language: str, title: str, sent: str, arrived: str
) -> None:
    document = "0199-doc.count"

    def write(transaction: Transaction) -> None:
        transaction.execute(
            "INSERT INTO document (id, number, task, store, rev, state, origin, given_at)"
            " VALUES (?, 'C-7', 'count', 's1', 1, 'received', 'hq', ?)",
            (document, MADE),
        )
        transaction.execute("UPDATE store_stream SET ver = 1 WHERE store = 's1'")
        transaction.execute(
            "INSERT INTO request (store, kind, item, ver, raw, at) VALUES ('s1', 'document', ?, 1, ?, ?)",
            (document, json.dumps({"kind": "document", "id": document}), MADE),
        )
        step = {"kind": "document", "document": document, "to": "received", "at": MADE}
        transaction.execute(
            "INSERT INTO event (store, sinc, seq, kind, raw, chain, at)"
            " VALUES ('s1', 1, 3, 'document', ?, '', ?)",
            (json.dumps(step), MADE),
        )
        keep_subjects(transaction, "s1", 1, 3, step)

    await kernel.writer.run(write)
    headers = {"accept-language": language}
    for asked in ("C-7", "s1/C-7", document):
        page = (await browser.get("/hq/trace", params={"id": asked}, headers=headers)).text
        assert [text for text in (title, sent, arrived) if text not in page] == []
        assert f'<a href="/hq/documents/{document}">C-7</a>' in page
    item = (await browser.get("/hq/trace", params={"id": "s1/v1"}, headers=headers)).text
    assert (sent in item, f'<a href="/hq/documents/{document}">C-7</a>' in item) == (True, True)
    assert "SKU" not in item.split('id="trace"', 1)[1]
