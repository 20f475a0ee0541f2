"""The till: scan, quantity, cash, change, receipt; one commit, once per ticket."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from starlette.requests import Request

from devices.printing.document import Document
from pos_agent import take_scans
from pos_agent.catalogue.apply_page import apply_page
from pos_agent.desk import counter_seen_channel, receiving_channel, till_channel, till_seen_channel
from pos_agent.ledger.verify import verify
from pos_agent.till.pay import Tendered, pay
from sync.rules.errors import Refused
from sync.rules.items import ReturnItem
from sync.rules.store.receive_down import take_return
from sync.storage.errors import WriterFull
from sync.web.events import EventHub
from tests.unit.pos_agent.agent_stage import (
    COLA,
    MILK,
    Stage,
    catalogue_page,
    client,
    gtin,
    hold_item,
    product,
    staged,
)


async def test_a_scanned_product_becomes_a_line_with_its_price_and_free_units(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    async with client(stage) as till:
        answer = await till.post("/api/v1/till/scan", json={"code": gtin(1)})
    assert answer.status_code == 200
    ticket = answer.json()["ticket"]
    assert answer.json()["meaning"] == "line"
    assert [(line["sku"], line["qty"], line["amount_minor"], line["free"]) for line in ticket["lines"]] == [
        (COLA, 1, 350, 5)
    ]
    assert (ticket["total_minor"], ticket["count"], ticket["state"]) == (350, 1, "open")


async def test_a_sale_is_movement_payment_receipt_and_paper_in_one_commit(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    async with client(stage) as till:
        await till.post("/api/v1/till/scan", json={"code": gtin(1)})
        ticket = (await till.post("/api/v1/till/scan", json={"code": gtin(1)})).json()["ticket"]
        commands = stage.desk.ledger.writer.commands
        paid = await till.post("/api/v1/till/pay", json={"given_minor": 1000, "ticket": ticket["id"]})
        assert stage.desk.ledger.writer.commands - commands == 1
        next_one = (await till.get("/api/v1/till/ticket")).json()
    receipt = paid.json()["receipt"]
    assert paid.status_code == 200
    assert receipt == {
        "number": "s1-1-1-000001",
        "change_minor": 300,
        "given_minor": 1000,
        "tender": "cash",
        "printed": "queued",
    }
    assert (next_one["state"], next_one["lines"]) == ("open", [])
    assert next_one["id"] != ticket["id"]
    facts = [(event["kind"], event.get("reason"), event.get("minor")) for event in await stage.events()]
    assert facts[-2:] == [("move", "sale", None), ("payment", None, 700)]
    assert (await stage.sku(COLA)).floor == 8
    assert stage.woken == ["p1"]
    assert verify(stage.path) == []


async def test_the_receipt_says_what_was_sold_in_the_stores_language_and_zone(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 3})).json()
        await till.post("/api/v1/till/pay", json={"given_minor": 1050, "ticket": ticket["id"]})
    ((text,),) = await stage.rows("SELECT document FROM print_job")
    assert Document.from_json(text).to_json() == text
    for words in ("一号店", "南京路1号", "s1-1-1-000001", "2026-05-01 12:00:00", "可口可乐 500ml"):
        assert words in text
    for words in ("3 x 3.50", "10.50", "￥10.50", "合计", "找零", "谢谢惠顾"):
        assert words in text


async def test_paying_a_ticket_again_answers_the_same_and_books_nothing(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/scan", json={"code": gtin(1)})).json()["ticket"]
        body = {"given_minor": 500, "ticket": ticket["id"]}
        first = await till.post("/api/v1/till/pay", json=body)
        events = await stage.events()
        again = await till.post("/api/v1/till/pay", json=body)
    assert again.json() == first.json()
    assert await stage.events() == events
    assert await stage.rows("SELECT count(*) FROM print_job") == [(1,)]


async def test_too_little_money_is_refused_and_nothing_changes(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/scan", json={"code": gtin(1)})).json()["ticket"]
        events = await stage.events()
        answer = await till.post("/api/v1/till/pay", json={"given_minor": 349, "ticket": ticket["id"]})
        after = (await till.get("/api/v1/till/ticket")).json()
    assert (answer.status_code, answer.json()["code"], answer.json()["missing_minor"]) == (
        422,
        "too_little_given",
        1,
    )
    assert after == ticket
    assert await stage.events() == events
    assert await stage.rows("SELECT count(*) FROM receipt_counter") == [(0,)]


async def test_units_that_orders_wait_for_are_not_sold_unless_overridden(stage: Stage) -> None:
    await stage.receive(SKU_1=2)
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 2})).json()
        events = await stage.events()
        body = {"given_minor": 1000, "ticket": ticket["id"]}
        short = await till.post("/api/v1/till/pay", json=body)
        assert await stage.events() == events
        forced = await till.post("/api/v1/till/pay", json={**body, "override": {"reason": "in hand"}})
    told = short.json()
    assert short.status_code == 409
    assert (told["code"], told["sku"], told["wanted"], told["left"]) == ("short", COLA, 2, 1)
    assert (told["orders"], told["promised"], told["online"]) == (["N-o-1"], 1, 0)
    assert forced.status_code == 200
    moves = [
        (fact["reason"], fact["lines"][0]["qty"], fact.get("why"))
        for fact in await stage.events()
        if fact["kind"] == "move"
    ]
    assert moves[-2:] == [("sale", 1, None), ("override", 1, "in hand")]
    assert (await stage.sku(COLA)).free == -1
    assert verify(stage.path) == []


async def test_units_asked_of_the_hub_at_tender_are_sold_when_they_come(stage: Stage) -> None:
    await stage.receive(SKU_1=4)
    stage.desk.line.is_online = True
    asked: list[dict[str, int]] = []
    returning: list[asyncio.Task[None]] = []

    async def give_back() -> None:
        await stage.run(lambda book: take_return(book, ReturnItem(sku=COLA, returned=1), stage.desk.at))

    def want(wants: Mapping[str, int]) -> None:
        asked.append(dict(wants))
        if len(asked) == 2:
            returning.append(asyncio.ensure_future(give_back()))

    stage.desk.line.want = want
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 3})).json()
        assert asked == [{COLA: 1}]
        paid = await till.post("/api/v1/till/pay", json={"given_minor": 2000, "ticket": ticket["id"]})
    assert paid.status_code == 200
    assert asked == [{COLA: 1}, {COLA: 1}]
    assert (await stage.sku(COLA)).floor == 1


async def test_lines_are_changed_taken_off_and_cleared(stage: Stage) -> None:
    async with client(stage) as till:
        await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 2})
        await till.post("/api/v1/till/lines", json={"sku": MILK, "qty": 1})
        changed = await till.patch("/api/v1/till/lines/1", json={"qty": 5})
        assert [line["qty"] for line in changed.json()["lines"]] == [5, 1]
        assert changed.json()["total_minor"] == 5 * 350 + 1280
        off = await till.delete("/api/v1/till/lines/1")
        assert [line["sku"] for line in off.json()["lines"]] == [MILK]
        gone = await till.delete("/api/v1/till/lines/1")
        assert (gone.status_code, gone.json()["code"]) == (404, "unknown_line")
        assert (await till.post("/api/v1/till/clear")).json()["lines"] == []


async def test_a_product_is_found_by_name_initials_number_and_digits(stage: Stage) -> None:
    async with client(stage) as till:
        for text in ("可乐", "kkkl", "sku-1", gtin(1)[-5:], "cola"):
            found = (await till.get("/api/v1/till/search", params={"q": text})).json()["items"]
            assert [item["sku"] for item in found] == [COLA], text
        for text in ("%", "_", "", "no such thing"):
            assert (await till.get("/api/v1/till/search", params={"q": text})).json()["items"] == []


async def test_a_reprint_is_a_marked_copy(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/scan", json={"code": gtin(1)})).json()["ticket"]
        paid = (await till.post("/api/v1/till/pay", json={"given_minor": 350, "ticket": ticket["id"]})).json()
        number = paid["receipt"]["number"]
        answer = await till.post(f"/api/v1/receipts/{number}/reprint", json={"request": "wish-0001"})
        stored = (await till.get(f"/api/v1/receipts/{number}")).json()
        unknown = await till.post("/api/v1/receipts/none/reprint", json={"request": "wish-0002"})
    assert answer.status_code == 202
    rows = await stage.rows("SELECT copy_number, document LIKE '%重打 COPY 1%' FROM print_job ORDER BY seq")
    assert rows == [(0, 0), (1, 1)]
    assert (stored["number"], stored["total_minor"], stored["lines"][0]["qty"]) == (number, 350, 1)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_receipt")


async def test_the_newest_receipts_are_listed_first_and_no_more_than_asked_for(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    async with client(stage) as till:
        before = (await till.get("/api/v1/receipts")).json()
        for _ in range(3):
            ticket = (await till.post("/api/v1/till/scan", json={"code": gtin(1)})).json()["ticket"]
            await till.post("/api/v1/till/pay", json={"given_minor": 350, "ticket": ticket["id"]})
        listed = (await till.get("/api/v1/receipts", params={"limit": 2})).json()["receipts"]
        refused = [
            (await till.get("/api/v1/receipts", params={"limit": limit})).status_code
            for limit in ("0", "101")
        ]
    assert before == {"receipts": []}
    assert [one["number"] for one in listed] == ["s1-1-1-000003", "s1-1-1-000002"]
    assert [set(one) for one in listed] == [{"number", "at", "total_minor", "currency", "till"}] * 2
    assert (listed[0]["total_minor"], listed[0]["currency"], listed[0]["till"]) == (350, "CNY", "1")
    assert refused == [422, 422]


async def test_a_till_is_told_of_its_own_ticket_only(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    told: list[tuple[str, str]] = []

    class Overheard(EventHub):
        def publish(self, channel: str, event: str, data: object = None) -> int:
            told.append((channel, event))
            return super().publish(channel, event, data)

    stage.desk.screens = Overheard()
    await take_scans.scan_at_till(stage.desk, "2", gtin(1))
    await take_scans.scan_from_device(stage.desk, "no such code", "2")
    assert told == [
        ("till:2", "ticket"),
        ("facing:2", "facing"),
        ("receiving:2", "scan"),
        ("till-seen:2", "scan"),
        ("counter-seen:2", "refused"),
        ("codes", "codes"),
        ("till:2", "refused"),
    ]


async def test_goods_of_a_delivery_are_nobodys_purchase(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    stream = stage.desk.screens.response(Request({"type": "http"}), [receiving_channel("2")])
    page = cast("AsyncGenerator[bytes]", stream.body_iterator)
    assert await anext(page) == b"retry: 2000\n\n"
    await take_scans.scan_from_device(stage.desk, gtin(1), "2")
    assert await anext(page) == b'event: scan\ndata: {"code":"%s"}\n\n' % gtin(1).encode()
    await take_scans.scan_from_device(stage.desk, "no such code", "2")
    assert await anext(page) == b'event: scan\ndata: {"code":"no such code"}\n\n'
    assert await stage.rows("SELECT count(*) FROM ticket_line") == [(0,)]

    await take_scans.scan_from_device(stage.desk, gtin(1), "1")  # the other till sells on
    assert await stage.rows("SELECT sku, qty FROM ticket_line") == [(COLA, 1)]
    await page.aclose()  # the page is left: the till sells again
    await take_scans.scan_from_device(stage.desk, gtin(1), "2")
    assert await stage.rows("SELECT sku, qty FROM ticket_line") == [(COLA, 1), (COLA, 1)]


async def test_a_till_pays_its_own_ticket_only(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path, tills=("1", "2")) as stage:
        await stage.receive(SKU_1=10)
        async with client(stage) as till:
            ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 1})).json()
        theirs = Tendered(ticket=ticket["id"], till="2", given_minor=350, actor="mei")
        with pytest.raises(Refused, match="unknown_ticket"):
            await pay(stage.desk, theirs)
        assert await stage.rows("SELECT state, till FROM ticket") == [("open", "1")]
        assert (await stage.sku(COLA)).floor == 10
        assert (await pay(stage.desk, replace(theirs, till="1")))["state"] == "completed"


async def test_a_ticket_that_no_payment_could_carry_is_refused(stage: Stage) -> None:
    dear = 2**53 - 1 - 350
    entry = {**product("SKU-9", 9, "金条", "Gold bar", dear), "version": 101}
    page = replace(catalogue_page([entry], since=100), to=101, top=101)
    await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, page, stage.desk.at))
    async with client(stage) as till:
        for sku in ("SKU-9", COLA):
            ticket = (await till.post("/api/v1/till/lines", json={"sku": sku, "qty": 1})).json()
        assert ticket["total_minor"] == 2**53 - 1
        more = await till.post("/api/v1/till/lines", json={"sku": MILK, "qty": 1})
        dearer = await till.patch("/api/v1/till/lines/1", json={"qty": 1_000_000})
        after = (await till.get("/api/v1/till/ticket")).json()
    for refused in (more, dearer):
        assert (refused.status_code, refused.json()["code"]) == (422, "total_too_large")
    assert after == ticket


async def test_goods_are_not_sold_behind_the_back_of_a_clerk_at_the_counter(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    counter = listening(stage, counter_seen_channel("1"))
    assert await anext(counter) == b"retry: 2000\n\n"
    await take_scans.scan_from_device(stage.desk, gtin(1), "1")
    assert await anext(counter) == b'event: refused\ndata: {"code":"nothing_picked","till":"1"}\n\n'
    assert await stage.rows("SELECT count(*) FROM ticket_line") == [(0,)]

    till = listening(stage, till_seen_channel("1"))  # on another screen: somebody is buying
    assert await anext(till) == b"retry: 2000\n\n"
    await take_scans.scan_from_device(stage.desk, gtin(1), "1")
    assert await stage.rows("SELECT sku, qty FROM ticket_line") == [(COLA, 1)]
    await till.aclose()
    await counter.aclose()


def listening(stage: Stage, channel: str) -> AsyncGenerator[bytes]:
    """A page that is in sight."""
    stream = stage.desk.screens.response(Request({"type": "http"}), [channel])
    return cast("AsyncGenerator[bytes]", stream.body_iterator)


async def test_a_refused_pickup_code_is_told_where_the_customer_stands(stage: Stage) -> None:
    counter = listening(stage, "counter")
    assert await anext(counter) == b"retry: 2000\n\n"
    await take_scans.scan_from_device(stage.desk, "OMO1:FORGED", "1")
    told = (await anext(counter)).decode()
    assert told == 'event: refused\ndata: {"code":"damaged","till":"1","meaning":"pickup"}\n\n'
    await counter.aclose()


async def test_a_scan_that_a_busy_ledger_cannot_take_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_args: object) -> None:
        raise WriterFull

    monkeypatch.setattr(stage.desk.ledger, "run", busy)
    till = listening(stage, till_channel("1"))
    assert await anext(till) == b"retry: 2000\n\n"
    await take_scans.scan_from_device(stage.desk, gtin(1), "1")
    assert (await anext(till)).decode() == (
        'event: refused\ndata: {"code":"busy","till":"1","meaning":"gtin"}\n\n'
    )
    await till.aclose()
