"""After a loss: people look for open orders, and count or accept goods, before either is promised again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from devices.tally import Tally
from pos_agent.hardware.board import Heard
from pos_agent.ledger import frozen
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.ledger.verify import verify
from pos_agent.link.compose import health_payload
from sync.messages.health_schema import health_schema
from sync.rules.baseline import Carried, CarriedLine, SkuBalance
from sync.rules.facts import HoldStep, Move, MoveLine
from sync.rules.store.begin_log import NOTHING, Mirror, Remains, begin_log
from sync.rules.store.receive_down import held_of
from tests.unit.pos_agent.agent_stage import CODE, COLA, MILK, Stage, client, hold_item

AT = "2026-05-01T04:00:00.000Z"
ONE = "/api/v1/counter/orders/o-1"


def carried(order: str, qty: int, staged: int) -> Carried:
    line = CarriedLine(line=1, sku=COLA, qty=qty, staged=staged)
    return Carried(order=order, stage="picking", lines=(line,), at=AT)


async def take_over(stage: Stage, *, milk: int = 4) -> None:
    """A ledger that begins with what the hub knew: two open orders, two SKUs."""
    mirror = Mirror(
        from_sinc=1,
        from_seq=9,
        doubt=False,
        stocks=(
            SkuBalance(sku=COLA, floor=10, staged=1, granted=5),
            SkuBalance(sku=MILK, floor=milk, granted=1),
        ),
        holds=(carried("o-1", 2, 1), carried("o-2", 1, 0)),
    )
    await stage.run(lambda book: begin_log(book, book.position(), mirror, NOTHING, AT))


async def tell_body(stage: Stage, order: str, **changes: Any) -> None:
    """The hub tells a hold again."""

    def command(book: SqliteStoreBook) -> None:
        hold = book.hold(order)
        assert hold is not None
        book.put_hold(replace(hold, body=hold_item(order, **changes)))

    await stage.run(command)


async def test_orders_to_check_are_listed_apart_from_the_others(stage: Stage) -> None:
    await take_over(stage)
    await tell_body(stage, "o-1")
    async with client(stage) as clerk:
        lists = (await clerk.get("/api/v1/counter")).json()
    told, bare = lists["to_check"]
    if told["order"] != "o-1":
        told, bare = bare, told
    assert (lists["to_pick"], lists["ready"], lists["put_back"]) == ([], [], [])
    assert (told["number"], told["contact"], told["unsure"]) == ("N-o-1", "王小姐", True)
    assert [(line["sku"], line["qty"], line["picked"]) for line in told["lines"]] == [(COLA, 2, 1)]
    assert (bare["number"], bare["contact"], bare["lines"][0]["names"]["en"]) == ("", "", "Cola 500 ml")


async def test_an_order_to_check_is_neither_picked_nor_handed_over(stage: Stage) -> None:
    await take_over(stage)
    await tell_body(stage, "o-1")
    before = len(await stage.events())
    async with client(stage) as clerk:
        found = (await clerk.post("/api/v1/counter/find", json={"code": CODE})).json()
        assert (found["order"], found["unsure"]) == ("o-1", True)
        for step, body in (
            ("pick", {}),
            ("ready", {}),
            ("release", {"why": "no show"}),
            ("hand-over", {"code": CODE, "tender": {"given_minor": 700}}),
        ):
            refused = await clerk.post(f"{ONE}/{step}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "verify_first"), step
    assert len(await stage.events()) == before


async def test_still_here_lets_the_order_go_on_where_it_stood(stage: Stage) -> None:
    await take_over(stage)
    await tell_body(stage, "o-1")
    async with client(stage) as clerk:
        found = (await clerk.post(f"{ONE}/verify", json={"collected": False})).json()
        assert (found["stage"], found["unsure"], found["lines"][0]["picked"]) == ("picking", False, 1)
        again = await clerk.post(f"{ONE}/verify", json={"collected": False})
        assert (again.status_code, again.json()["code"]) == (409, "is_sure")
        lists = (await clerk.get("/api/v1/counter")).json()
        assert [one["order"] for one in lists["to_pick"]] == ["o-1"]
        given = {"code": CODE, "tender": {"given_minor": 700}}
        assert (await clerk.post(f"{ONE}/hand-over", json=given)).status_code == 200
    assert verify(stage.path) == []


async def test_was_collected_settles_the_order_once(stage: Stage) -> None:
    await take_over(stage)
    async with client(stage) as clerk:
        gone = (await clerk.post(f"{ONE}/verify", json={"collected": True})).json()
        assert (gone["stage"], gone["outcome"], gone["unsure"]) == ("closed", "done", False)
        again = await clerk.post(f"{ONE}/verify", json={"collected": True})
        assert (again.status_code, again.json()["code"], again.json()["where"]) == (409, "finished", "mei")
    stock = await stage.sku(COLA)
    assert (stock.floor, stock.staged, stock.settled, stock.open) == (9, 0, 2, 1)
    assert verify(stage.path) == []


async def test_an_order_cancelled_meanwhile_is_released_when_still_here(stage: Stage) -> None:
    await take_over(stage)
    await tell_body(stage, "o-1", cancel=True)
    async with client(stage) as clerk:
        gone = (await clerk.post(f"{ONE}/verify", json={"collected": False})).json()
    assert (gone["stage"], gone["outcome"], gone["lines"][0]["to_put_back"]) == ("closed", "released", 1)


@pytest.mark.parametrize("continues", [True, False])
async def test_what_the_old_ledger_alone_knew_is_doubted_too_where_it_may_lack_something(
    stage: Stage, continues: bool
) -> None:
    mirror = Mirror(from_sinc=1, from_seq=9, doubt=False, stocks=(SkuBalance(sku=COLA, floor=3),), holds=())
    facts = (
        Move(reason="receive", lines=(MoveLine(sku=MILK, qty=6, target="floor"),), at=AT),
        HoldStep(order="o-7", to="received", at=AT, held=held_of(hold_item("o-7", (MILK, 1)))),
    )
    remains = Remains(facts=facts, continues=continues)
    await stage.run(lambda book: begin_log(book, book.position(), mirror, remains, AT))
    frozen = await stage.rows("SELECT sku FROM stock WHERE frozen ORDER BY sku")
    unsure = await stage.rows("SELECT order_id FROM hold WHERE unsure")
    assert (frozen, unsure) == (([], []) if continues else ([(COLA,), (MILK,)], [("o-7",)]))
    whole = [event for event in await stage.events() if event["kind"] == "whole"]
    assert [event["facts"] for event in whole] == [2]
    assert verify(stage.path) == []


@pytest.mark.parametrize("body", [{}, {"collected": "yes"}, {"collected": None}, {"collected": True, "n": 1}])
async def test_a_verdict_that_makes_no_sense_changes_nothing(stage: Stage, body: dict[str, Any]) -> None:
    await take_over(stage)
    async with client(stage) as clerk:
        assert (await clerk.post(f"{ONE}/verify", json=body)).status_code == 422
        unknown = await clerk.post("/api/v1/counter/orders/o-9/verify", json={"collected": True})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_order")
        assert len((await clerk.get("/api/v1/counter")).json()["to_check"]) == 2


async def test_a_replaced_agent_refuses_in_words(stage: Stage) -> None:
    await take_over(stage)
    await stage.run(lambda book: book.put_position(replace(book.position(), fenced=True)))
    async with client(stage, "lin") as manager:
        looked = await manager.post(f"{ONE}/verify", json={"collected": False})
        taken = await manager.post("/api/v1/stock/accept", json={"all": True})
    for refused in (looked, taken):
        assert (refused.status_code, refused.json()["code"]) == (409, "replaced")
        assert refused.json()["detail"].endswith("请联系总部。")
    assert await stage.rows("SELECT count(*) FROM stock WHERE frozen") == [(2,)]


async def test_frozen_goods_are_counted_and_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await take_over(stage)
    monkeypatch.setattr(frozen, "PAGE", 1)
    async with client(stage) as clerk:
        first = (await clerk.get("/api/v1/frozen")).json()
        second = (await clerk.get(f"/api/v1/frozen?after={first['next_after']}")).json()
        assert (await clerk.get(f"/api/v1/stock/{COLA}")).json()["frozen"] is True
        may_not = await clerk.post("/api/v1/stock/accept", json={"all": True})
    names = {"zh-CN": "可口可乐 500ml", "en": "Cola 500 ml"}
    assert first == {
        "count": 2,
        "skus": [{"sku": COLA, "on_hand": 11, "names": names}],
        "next_after": COLA,
    }
    assert ([one["sku"] for one in second["skus"]], second["next_after"]) == ([MILK], None)
    assert may_not.status_code == 403


async def test_accepted_goods_are_granted_from_again(stage: Stage) -> None:
    await take_over(stage)
    async with client(stage, "lin") as manager:
        one = (await manager.post("/api/v1/stock/accept", json={"skus": [MILK, "unheard-of"]})).json()
        again = await manager.post("/api/v1/stock/accept", json={"skus": [MILK]})
        rest = (await manager.post("/api/v1/stock/accept", json={"all": True})).json()
        none = await manager.post("/api/v1/stock/accept", json={"all": True})
    assert (one, rest) == ({"accepted": 1, "left": 1}, {"accepted": 1, "left": 0})
    assert [(told.status_code, told.json()["code"]) for told in (again, none)] == [(409, "is_sure")] * 2
    accepted = [event for event in await stage.events() if event["kind"] == "accepted"]
    assert [(event["skus"], event["actor"]) for event in accepted] == [([MILK], "lin"), ([COLA], "lin")]
    assert (await stage.sku(MILK)).granted == 2
    assert verify(stage.path) == []


async def test_one_call_accepts_no_more_than_it_can_soon(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_over(stage)
    monkeypatch.setattr(frozen, "MOST_NAMED", 1)
    monkeypatch.setattr(frozen, "MOST_AT_ONCE", 1)
    async with client(stage, "lin") as manager:
        told = [(await manager.post("/api/v1/stock/accept", json={"all": True})).json() for _ in range(2)]
    assert told == [{"accepted": 1, "left": 1}, {"accepted": 1, "left": 0}]


@pytest.mark.parametrize("body", [{}, {"skus": []}, {"all": False}, {"all": True, "skus": [COLA]}])
async def test_an_acceptance_of_nothing_changes_nothing(stage: Stage, body: dict[str, Any]) -> None:
    await take_over(stage)
    async with client(stage, "lin") as manager:
        assert (await manager.post("/api/v1/stock/accept", json=body)).status_code == 422
    assert await stage.rows("SELECT count(*) FROM stock WHERE frozen") == [(2,)]


async def test_health_says_what_is_left_to_people(stage: Stage) -> None:
    assert b'"unsure": 0, "frozen": 0' in await health_payload(stage.desk)
    await take_over(stage)
    assert b'"unsure": 2, "frozen": 2' in await health_payload(stage.desk)


async def test_health_tells_each_device_since_when_and_what_it_did_as_the_protocol_says(stage: Stage) -> None:
    printer = next(iter(stage.desk.board.printers))
    at = datetime(2026, 5, 1, 6, tzinfo=UTC)
    stage.desk.board.printer_is(
        printer, Heard("degraded", "comes and goes", "unsteady", at, Tally(reconnects=3, jobs=7))
    )
    told = json.loads(await health_payload(stage.desk))
    assert told["printers"][0] == {
        "id": printer,
        "role": "receipt",
        "state": "degraded",
        "text": "comes and goes",
        "cause": "unsteady",
        "place": "tcp://127.0.0.1:1",
        "since": "2026-05-01T06:00:00.000Z",
        "reconnects": 3,
        "jobs": 7,
    }
    schema = health_schema()["properties"]
    assert set(told) <= set(schema)
    assert set(told["printers"][0]) <= set(schema["printers"]["items"]["properties"])
