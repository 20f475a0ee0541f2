"""X and Z reports: what a till took, counted once, closed without a gap."""

import asyncio
import json
from functools import partial
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.reports.close_till import Closing, close_till
from pos_agent.reports.report_words import REPORT_WORDS
from pos_agent.reports.rules import Taken, sum_up
from sync.storage.writer import Transaction
from tests.unit.pos_agent.agent_stage import CODE, COLA, MILK, Stage, client, hold_item, staged


def receipt(number: int = 1, **changes: object) -> Taken:
    """A cash sale of 7.00, paid with a ten."""
    values = {
        "number": f"s1-1-1-{number:06d}",
        "kind": "sale",
        "at": "2026-05-01T04:00:00.000Z",
        "tender": "cash",
        "currency": "CNY",
        "total_minor": 700,
        "paid_minor": 700,
        "given_minor": 1000,
        "change_minor": 300,
        "pieces": 2,
        "weighed": 0,
    }
    return Taken(**{**values, **changes})  # type: ignore[arg-type]


def test_sales_orders_and_what_was_paid_online_are_kept_apart() -> None:
    taken = [
        receipt(1),
        receipt(2, kind="pickup", paid_minor=500, total_minor=500, given_minor=500, change_minor=0),
        receipt(3, kind="pickup", tender="online", paid_minor=0, given_minor=0, change_minor=0),
        receipt(4, tender="card", given_minor=700, change_minor=0, weighed=1, pieces=0),
    ]
    found = sum_up(taken, 3)
    assert (found.receipts, found.first, found.last) == (4, "s1-1-1-000001", "s1-1-1-000004")
    assert (found.pieces, found.weighed, found.no_sale) == (6, 1, 3)
    (money,) = found.money
    assert (money.sales, money.sales_minor, money.orders, money.orders_minor) == (2, 1400, 1, 500)
    assert (money.online, money.online_minor) == (1, 700)
    assert [(one.tender, one.count, one.paid_minor) for one in money.tenders] == [
        ("card", 1, 700),
        ("cash", 2, 1200),
    ]
    assert (money.taken_minor, money.cash_minor(), money.cash_minor(10_000)) == (1900, 1200, 11_200)


def test_each_currency_has_its_own_sums() -> None:
    found = sum_up(
        [receipt(1), receipt(2, currency="JPY", paid_minor=90, given_minor=100, change_minor=10)], 0
    )
    assert [(one.currency, one.taken_minor) for one in found.money] == [("CNY", 700), ("JPY", 90)]


def test_nothing_sold_is_nothing_taken() -> None:
    found = sum_up([], 0)
    assert (found.receipts, found.first, found.last, found.money) == (0, "", "", ())


@st.composite
def receipts(draw: st.DrawFn) -> Taken:
    kind = draw(st.sampled_from(["sale", "pickup"]))
    paid, change = draw(st.integers(0, 10**9)), draw(st.integers(0, 10**6))
    tender = draw(st.sampled_from(["cash", "card"]))
    return receipt(
        kind=kind,
        tender=tender,
        currency=draw(st.sampled_from(["CNY", "JPY"])),
        paid_minor=paid,
        given_minor=paid + change,
        change_minor=change,
    )


@given(st.lists(receipts(), max_size=30), st.integers(0, 30))
def test_no_cent_is_lost_or_counted_twice_wherever_a_day_is_cut(taken: list[Taken], place: int) -> None:
    parts = [sum_up(taken[:place], 0), sum_up(taken[place:], 0)]
    whole = sum_up(taken, 0)
    for money in whole.money:
        same = [one for part in parts for one in part.money if one.currency == money.currency]
        assert sum(one.taken_minor for one in same) == money.taken_minor
        assert sum(one.cash_minor() for one in same) == money.cash_minor()
        assert money.sales_minor + money.orders_minor == money.taken_minor
        assert all(one.given_minor - one.change_minor == one.paid_minor for one in money.tenders)
    assert sum(one.taken_minor for one in whole.money) == sum(one.paid_minor for one in taken)


def test_the_words_are_complete_in_both_languages() -> None:
    chinese, english = REPORT_WORDS["zh-CN"], REPORT_WORDS["en"]
    assert chinese.keys() == english.keys()
    assert all(text.strip() for text in (*chinese.values(), *english.values()))


async def sell(till: httpx.AsyncClient, sku: str = COLA, qty: int = 2, given: int = 1000) -> str:
    """A cash sale; its receipt's number."""
    ticket = (await till.post("/api/v1/till/lines", json={"sku": sku, "qty": qty})).json()["id"]
    paid = await till.post("/api/v1/till/pay", json={"given_minor": given, "ticket": ticket})
    assert paid.status_code == 200, paid.text
    return str(paid.json()["receipt"]["number"])


async def marks(stage: Stage) -> list[tuple[object, ...]]:
    return await stage.rows("SELECT number, z_id FROM receipt ORDER BY rowid")


async def jobs(stage: Stage) -> list[tuple[object, ...]]:
    return await stage.rows("SELECT kind, copy_number FROM print_job ORDER BY seq")


async def test_x_looks_and_changes_nothing(stage: Stage) -> None:
    await stage.receive(SKU_1=20)
    async with client(stage, "lin") as boss:
        await sell(boss)
        first = (await boss.get("/api/v1/reports/x")).json()
        again = (await boss.get("/api/v1/reports/x")).json()
    assert first == again
    lines = [line.split() for line in first["text"].splitlines()]
    assert ["收款合计", "￥7.00"] in lines
    assert ["抽屉应有现金", "￥7.00"] in lines
    assert ["X", "报表"] in lines
    assert await marks(stage) == [("s1-1-1-000001", None)]
    assert await jobs(stage) == [("receipt", 0)]


async def test_z_closes_what_was_sold_since_the_last_one_and_its_numbers_have_no_gap(stage: Stage) -> None:
    await stage.receive(SKU_1=20, SKU_2=20)
    await stage.take_hold(hold_item("o-1", (COLA, 2)))
    async with client(stage, "lin") as boss:
        await sell(boss)
        await boss.post(
            "/api/v1/counter/orders/o-1/hand-over",
            json={"code": CODE, "tender": {"tender": "cash", "given_minor": 700}},
        )
        one = await boss.post("/api/v1/reports/z", json={"request": "wish-0001"})
        await sell(boss, MILK, 1, 2000)
        two = (await boss.post("/api/v1/reports/z", json={"request": "wish-0002"})).json()
        three = (await boss.post("/api/v1/reports/z", json={"request": "wish-0003"})).json()
        listed = (await boss.get("/api/v1/reports/z")).json()["reports"]
    assert one.status_code == 201
    told = one.json()
    assert (told["id"], told["receipts"], told["actor"], told["printed"]) == (
        "s1-1-1-Z0001",
        2,
        "lin",
        "queued",
    )
    lines = [line.split() for line in told["text"].splitlines()]
    assert ["销售", "x", "1", "￥7.00"] in lines
    assert ["自提到店付款", "x", "1", "￥7.00"] in lines
    assert ["收到现金", "￥17.00"] in lines
    assert ["找零", "-￥3.00"] in lines
    assert ["抽屉应有现金", "￥14.00"] in lines
    assert (two["id"], two["receipts"]) == ("s1-1-1-Z0002", 1)
    assert "￥12.80" in two["text"]
    assert (three["id"], three["receipts"]) == ("s1-1-1-Z0003", 0)
    assert "此期间没有小票" in three["text"]
    assert [each["id"] for each in listed] == ["s1-1-1-Z0003", "s1-1-1-Z0002", "s1-1-1-Z0001"]
    assert [mark for _number, mark in await marks(stage)] == ["s1-1-1-Z0001", "s1-1-1-Z0001", "s1-1-1-Z0002"]


async def test_a_closing_told_twice_closes_once(stage: Stage) -> None:
    await stage.receive(SKU_1=20)
    async with client(stage, "lin") as boss:
        await sell(boss)
        first = (await boss.post("/api/v1/reports/z", json={"request": "wish-0001"})).json()
        await sell(boss)
        again = (await boss.post("/api/v1/reports/z", json={"request": "wish-0001"})).json()
    assert again == first
    assert [kind for kind, _copy in await jobs(stage)] == ["receipt", "report", "receipt"]
    assert (await marks(stage))[1] == ("s1-1-1-000002", None)


async def test_sales_during_a_closing_fall_into_exactly_one(stage: Stage) -> None:
    await stage.receive(SKU_1=200)
    async with client(stage, "lin") as boss:

        async def sales() -> None:
            for _ in range(12):
                await sell(boss, COLA, 1, 350)

        async def closings() -> None:
            for number in range(8):
                await asyncio.sleep(0)
                await close_till(stage.desk, Closing(till="1", actor="lin", request=f"wish-{number:04d}"))

        await asyncio.gather(sales(), closings())
    await close_till(stage.desk, Closing(till="1", actor="lin", request="wish-last"))
    rows = await stage.rows("SELECT id, receipts, content FROM z_report ORDER BY rowid")
    assert [row[0] for row in rows] == [f"s1-1-1-Z{number:04d}" for number in range(1, 10)]
    assert sum(row[1] for row in rows) == 12
    taken = [
        money["tenders"][0]["paid_minor"] for row in rows for money in json.loads(row[2])["takings"]["money"]
    ]
    assert sum(taken) == sum(row[0] for row in await stage.rows("SELECT paid_minor FROM receipt"))
    counted = await stage.rows("SELECT z_id, count(*) FROM receipt GROUP BY z_id ORDER BY z_id")
    assert counted == [(row[0], row[1]) for row in rows if row[1]]


async def test_each_till_counts_for_itself(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path, tills=("1", "2")) as stage:
        await stage.receive(SKU_1=20)
        async with client(stage, "lin") as boss:
            await sell(boss)
            other = (await boss.post("/api/v1/reports/z", json={"till": "2", "request": "wish-0001"})).json()
            crossed = await boss.post("/api/v1/reports/z", json={"till": "1", "request": "wish-0001"})
            nowhere = await boss.post("/api/v1/reports/z", json={"till": "9", "request": "wish-0002"})
            looked = (await boss.get("/api/v1/reports/x?till=1")).json()
        assert (other["id"], other["receipts"]) == ("s1-2-1-Z0001", 0)
        assert (crossed.status_code, crossed.json()["code"]) == (409, "other_request")
        assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_till")
        assert looked["tills"] == ["1", "2"]
        assert "￥7.00" in looked["text"]
        assert await marks(stage) == [("s1-1-1-000001", None)]
        assert await stage.rows("SELECT count(*) FROM z_report") == [(1,)]


async def test_a_report_printed_again_says_that_it_is_a_copy(stage: Stage) -> None:
    async with client(stage, "lin") as boss:
        report = (await boss.post("/api/v1/reports/z", json={"request": "wish-0001"})).json()["id"]
        for wish in ("wish-0002", "wish-0002", "wish-0003"):
            told = await boss.post(f"/api/v1/reports/z/{report}/reprint", json={"request": wish})
            assert told.status_code == 202
        unknown = await boss.post("/api/v1/reports/z/s1-1-1-Z0009/reprint", json={"request": "wish-0004"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_report")
    assert await jobs(stage) == [("report", 0), ("report", 1), ("report", 2)]


async def test_a_till_without_a_printer_is_closed_all_the_same_and_printed_later(
    template: Path, tmp_path: Path
) -> None:
    async with staged(template, tmp_path, printer=[]) as stage, client(stage, "lin") as boss:
        closed = (await boss.post("/api/v1/reports/z", json={"request": "wish-0001"})).json()
        refused = await boss.post(f"/api/v1/reports/z/{closed['id']}/reprint", json={"request": "wish-0002"})
        looked = await boss.post("/api/v1/reports/x/print", json={"request": "wish-0003"})
        picture = await boss.get(f"/api/v1/reports/z/{closed['id']}/picture")
    assert (closed["id"], closed["printed"]) == ("s1-1-1-Z0001", None)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_printer")
    assert (looked.status_code, looked.json()["code"]) == (409, "no_printer")
    assert picture.content.startswith(b"\x89PNG")
    async with staged(template, tmp_path) as stage, client(stage, "lin") as boss:
        for wish in ("wish-0004", "wish-0005"):
            told = await boss.post("/api/v1/reports/z/s1-1-1-Z0001/reprint", json={"request": wish})
            assert told.status_code == 202
        assert await jobs(stage) == [("report", 0), ("report", 1)]


def execute(sql: str, tx: Transaction) -> None:
    tx.execute(sql)


async def test_openings_of_the_drawer_without_a_sale_are_counted_once(stage: Stage) -> None:
    def opened(cause: str, outcome: str) -> str:
        return (
            "INSERT INTO drawer_opening (at, till, actor, cause, reason, receipt, printer, outcome)"
            f" VALUES ('2026-05-01T04:00:00.000Z', '1', 'lin', '{cause}', 'coins', '', 'p1', '{outcome}')"
        )

    for cause, outcome in (
        ("no_sale", "sent"),
        ("no_sale", "failed"),
        ("cash", "sent"),
        ("no_sale", "asked"),
    ):
        await stage.desk.ledger.writer.run(partial(execute, opened(cause, outcome)))
    async with client(stage, "lin") as boss:
        texts = [
            (await boss.post("/api/v1/reports/z", json={"request": f"wish-000{each}"})).json()["text"]
            for each in (1, 2)
        ]
    assert [line.split()[-1] for text in texts for line in text.splitlines() if "无销售开抽屉" in line] == [
        "2",
        "0",
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "x"),
        ("GET", "x/picture"),
        ("POST", "x/print"),
        ("GET", "z"),
        ("POST", "z"),
        ("POST", "z/s1-1-1-Z0001/reprint"),
    ],
)
async def test_a_clerk_reads_no_report(stage: Stage, method: str, path: str) -> None:
    async with client(stage) as clerk:
        answer = await clerk.request(method, f"/api/v1/reports/{path}", json={"request": "wish-0001"})
    assert answer.status_code == 403
    assert await stage.rows("SELECT count(*) FROM z_report") == [(0,)]
