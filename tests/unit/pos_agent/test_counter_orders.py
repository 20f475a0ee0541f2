"""The counter: pick by scan, short, ready, hand over, put back, release, expire; each once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from pos_agent.ledger.verify import verify
from pos_agent.pickup.expire import expire_due, keep_looking
from sync.rules.books import HubPosition
from sync.rules.pickup_token import claims_of
from sync.runtime.ids import new_id
from sync.runtime.supervision import Lifetime
from tests.unit.pos_agent.agent_stage import (
    CODE,
    COLA,
    HUB_KEY,
    MILK,
    STORE,
    Stage,
    client,
    gtin,
    hold_item,
)


def token_for(item: Any, sinc: int = 1, hinc: int = 1) -> str:
    """The QR that the hub signs for a hold."""
    return HUB_KEY.sign(claims_of(item, HubPosition(store=STORE, sinc=sinc, hinc=hinc)))


async def test_an_order_is_picked_made_ready_paid_and_handed_over(stage: Stage) -> None:
    await stage.receive(SKU_1=10, SKU_2=10)
    await stage.take_hold(hold_item("o-1", (COLA, 2), (MILK, 1), due_minor=1980))
    one = "/api/v1/counter/orders/o-1"
    async with client(stage) as clerk:
        assert [o["order"] for o in (await clerk.get("/api/v1/counter")).json()["to_pick"]] == ["o-1"]
        assert (await clerk.post(f"{one}/pick")).json()["stage"] == "picking"
        assert (await clerk.get("/api/v1/status")).json()["focus"] == "counter"
        early = await clerk.post(f"{one}/ready")
        assert (early.status_code, early.json()["code"]) == (409, "not_picked")
        for number in (1, 1, 2):
            picked = await clerk.post(f"{one}/scan", json={"code": gtin(number)})
        assert [line["picked"] for line in picked.json()["lines"]] == [2, 1]
        again = await clerk.post(f"{one}/scan", json={"code": gtin(1)})
        assert (again.status_code, again.json()["code"]) == (409, "already_picked")
        wrong = await clerk.post(f"{one}/scan", json={"code": gtin(3)})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_item")
        unknown = await clerk.post(f"{one}/scan", json={"code": "nothing"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_code")
        assert (await clerk.post(f"{one}/ready")).json()["stage"] == "ready"
        assert (await clerk.get("/api/v1/status")).json()["focus"] == "till"
        found = await clerk.post("/api/v1/counter/find", json={"code": "a7k2 qx", "phone_tail": "1234"})
        assert found.json()["due_minor"] == 1980
        unpaid = await clerk.post(f"{one}/hand-over", json={"code": CODE})
        assert (unpaid.status_code, unpaid.json()["due_minor"]) == (402, 1980)
        money = {"tender": "cash", "given_minor": 2000}
        given = await clerk.post(f"{one}/hand-over", json={"code": CODE, "tender": money})
        assert given.status_code == 200
        repeat = await clerk.post(f"{one}/hand-over", json={"code": CODE, "tender": money})
        lists = (await clerk.get("/api/v1/counter")).json()
    receipt = given.json()["receipt"]
    assert (receipt["number"], receipt["change_minor"], receipt["total_minor"]) == ("s1-1-1-000001", 20, 1980)
    assert (given.json()["order"]["stage"], given.json()["order"]["outcome"]) == ("closed", "done")
    assert (repeat.status_code, repeat.json()["code"], repeat.json()["where"]) == (409, "finished", "mei")
    assert repeat.json()["receipt"] == "s1-1-1-000001"
    assert (lists["to_pick"], lists["ready"], lists["collected_today"]) == ([], [], 1)
    stock = await stage.sku(COLA)
    assert (stock.floor, stock.staged, stock.settled, stock.open) == (8, 0, 2, 0)
    assert verify(stage.path) == []


async def test_an_order_never_received_is_handed_over_by_its_qr(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    item = hold_item(new_id(), (COLA, 2), pay_at="online", due_minor=0)
    token = token_for(item)
    async with client(stage) as clerk:
        found = await clerk.post("/api/v1/counter/find", json={"token": token})
        assert (found.json()["order"], found.json()["stage"]) == (item.order, "received")
        assert found.json()["lines"][0]["names"]["zh-CN"] == "可口可乐 500ml"
        before = await stage.events()
        given = await clerk.post(f"/api/v1/counter/orders/{item.order}/hand-over", json={"token": token})
        assert given.status_code == 200, given.text
        again = await clerk.post(f"/api/v1/counter/orders/{item.order}/hand-over", json={"token": token})
    steps = [event["to"] for event in (await stage.events())[len(before) :]]
    assert steps == ["received", "done"]
    assert (again.status_code, again.json()["code"]) == (409, "finished")
    assert verify(stage.path) == []


async def test_an_order_whose_amount_is_unknown_is_not_taken_for_paid(stage: Stage) -> None:
    # given an order that a new ledger took over, of which the hub has told nothing yet
    await stage.receive(SKU_1=10)
    item = hold_item(new_id(), (COLA, 2), due_minor=700)
    await stage.take_hold(item)
    await stage.run(lambda book: book.put_hold(replace(book.hold(item.order), body=None)))
    before = await stage.events()
    path = f"/api/v1/counter/orders/{item.order}/hand-over"
    async with client(stage, "lin") as manager:
        # when
        refused = await manager.post(path, json={"override": {"reason": "known here"}})
        unpaid = await manager.post(path, json={"token": token_for(item)})
        # then
        assert (refused.status_code, refused.json()["code"]) == (409, "amount_unknown")
        assert (unpaid.status_code, unpaid.json()["code"]) == (402, "payment_needed")
        assert await stage.events() == before
        money = {"tender": "cash", "given_minor": 700}
        paid = await manager.post(path, json={"token": token_for(item), "tender": money})
    assert (paid.status_code, paid.json()["receipt"]["total_minor"]) == (200, 700)
    assert verify(stage.path) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": "OMO1:AAAA"}, "damaged"),
        ({"token": "hello"}, "not_a_token"),
        ({"sinc": 2}, "other_incarnation"),
        ({"store": "s2"}, "wrong_store"),
        ({"expired": True}, "expired"),
    ],
)
async def test_a_qr_that_is_not_good_here_hands_nothing_over(
    stage: Stage, change: dict[str, Any], code: str
) -> None:
    await stage.receive(SKU_1=10)
    item = hold_item(new_id(), (COLA, 2))
    position = HubPosition(store=change.get("store", STORE), sinc=change.get("sinc", 1), hinc=1)
    claims = claims_of(item, position)
    if "expired" in change:
        stage.clock.go(10 * 86400)
    token = change.get("token") or HUB_KEY.sign(claims)
    before = await stage.events()
    async with client(stage) as clerk:
        refused = await clerk.post(f"/api/v1/counter/orders/{item.order}/hand-over", json={"token": token})
    assert refused.json()["code"] == code
    assert 400 <= refused.status_code < 500
    assert await stage.events() == before


async def test_a_qr_of_another_order_or_another_signer_is_refused(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    first, second = hold_item(new_id(), (COLA, 1)), hold_item(new_id(), (COLA, 1))
    await stage.take_hold(first)
    await stage.take_hold(second)
    forged = token_for(first)[:-4] + "0000"
    before = await stage.events()
    async with client(stage) as clerk:
        url = f"/api/v1/counter/orders/{first.order}/hand-over"
        other = await clerk.post(url, json={"token": token_for(second)})
        fake = await clerk.post(url, json={"token": forged})
    assert (other.status_code, other.json()["code"]) == (409, "wrong_order")
    assert fake.json()["code"] in {"forged", "damaged"}
    assert await stage.events() == before


async def test_many_codes_tried_at_once_are_no_more_than_five(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    async with client(stage) as clerk:
        tries = [clerk.post("/api/v1/counter/find", json={"code": f"AAAA{guess:02d}"}) for guess in range(20)]
        told = sorted(answer.status_code for answer in await asyncio.gather(*tries))
    assert told == [404] * 5 + [429] * 15


async def test_wrong_codes_are_refused_and_soon_locked(stage: Stage) -> None:
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    async with client(stage) as clerk:
        for _ in range(5):
            wrong = await clerk.post("/api/v1/counter/find", json={"code": "AAAAAA"})
            assert (wrong.status_code, wrong.json()["code"]) == (404, "wrong_code")
        locked = await clerk.post("/api/v1/counter/find", json={"code": CODE})
        assert (locked.status_code, locked.json()["code"]) == (429, "locked")
        assert locked.headers["retry-after"] == "61"
        stage.clock.go(61)
        assert (await clerk.post("/api/v1/counter/find", json={"code": CODE})).status_code == 200


async def test_only_a_manager_hands_over_without_proof(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 1), pay_at="online"))
    body = {"override": {"reason": "phone is flat"}}
    async with client(stage) as clerk:
        refused = await clerk.post("/api/v1/counter/orders/o-1/hand-over", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "override_refused")
    async with client(stage, "lin") as manager:
        given = await manager.post("/api/v1/counter/orders/o-1/hand-over", json=body)
    assert given.status_code == 200
    assert (await stage.events())[-1]["by"] == "override"


async def test_short_units_lower_what_is_due(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 2)))
    one = "/api/v1/counter/orders/o-1"
    async with client(stage) as clerk:
        await clerk.post(f"{one}/scan", json={"code": gtin(1)})
        short = await clerk.post(f"{one}/short", json={"line": 1})
        assert [(line["picked"], line["short"]) for line in short.json()["lines"]] == [(1, 1)]
        assert short.json()["due_minor"] == 350
        too_many = await clerk.post(f"{one}/short", json={"line": 1, "n": 5})
        assert (too_many.status_code, too_many.json()["code"]) == (409, "more_than_open")
        money = {"given_minor": 350}
        given = await clerk.post(f"{one}/hand-over", json={"code": CODE, "tender": money})
    assert given.json()["receipt"]["total_minor"] == 350
    assert verify(stage.path) == []


async def test_a_released_order_is_put_back_unit_by_unit(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    one = "/api/v1/counter/orders/o-1"
    async with client(stage) as clerk:
        await clerk.post(f"{one}/scan", json={"code": gtin(1)})
        owed = await clerk.post(f"{one}/put-back", json={"line": 1})
        assert (owed.status_code, owed.json()["code"]) == (409, "still_owed")
        released = await clerk.post(f"{one}/release", json={"why": "customer called"})
        assert (released.json()["stage"], released.json()["outcome"]) == ("closed", "released")
        assert [o["order"] for o in (await clerk.get("/api/v1/counter")).json()["put_back"]] == ["o-1"]
        back = await clerk.post(f"{one}/put-back", json={"line": 1})
        assert back.json()["lines"][0]["to_put_back"] == 0
        assert (await clerk.get("/api/v1/counter")).json()["put_back"] == []
        dead = await clerk.post(f"{one}/hand-over", json={"code": CODE, "tender": {"given_minor": 350}})
        assert (dead.status_code, dead.json()["code"]) == (409, "finished")
    assert verify(stage.path) == []


async def test_an_order_that_cannot_expire_does_not_end_the_agent(stage: Stage) -> None:
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    stage.clock.go(3 * 86400)
    await stage.run(lambda book: book.tx.execute("UPDATE stock SET open = 0"))
    lifetime = Lifetime()
    with capture_logs() as logs:
        looking = asyncio.ensure_future(keep_looking(stage.desk, lifetime))
        await asyncio.sleep(0)  # it is on its first round now, and is told to stop after it
        lifetime.stopping.set()
        await looking
    assert [log["event"] for log in logs] == ["expiry.failed"]
    assert await stage.rows("SELECT stage FROM hold") == [("received",)]


async def test_an_order_that_nobody_collects_expires_by_the_stores_clock(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 1)))
    assert await expire_due(stage.desk) == []
    stage.clock.go(3 * 86400)
    assert await expire_due(stage.desk) == ["o-1"]
    last = (await stage.events())[-1]
    assert (last["to"], last["why"]) == ("released", "expired")
    assert await expire_due(stage.desk) == []
    assert verify(stage.path) == []
