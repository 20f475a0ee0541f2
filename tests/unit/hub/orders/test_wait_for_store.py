"""Money and a store that has not told all that happened: booked at once, decided once the store has."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub.orders.ask_payment import AskPayment
from hub.orders.change_order import Cancel
from hub.orders.force_refund import ForceRefund
from hub.orders.queries import order_by_token
from hub.orders.sweep import lapse
from hub.orders.take_capture import Taken
from tests.unit.hub.orders.test_take_capture import agrees, placed, refunds, refused, run, store
from tests.unit.hub.stock.put_back import copied, put_back
from tests.unit.hub.stock.small_chain import (
    Ledger,
    PayAsked,
    SetClock,
    SmallHub,
    everything,
    exchange,
)

__all__ = ["store"]


async def troubles(hub: SmallHub) -> list[tuple[str, dict[str, Any]]]:
    """Unresolved troubles about money."""
    rows = await hub.kernel.reader.all(
        "SELECT kind, facts FROM trouble WHERE state <> 'resolved'"
        " AND kind IN ('payment_unknown', 'double_paid') ORDER BY id"
    )
    return [(kind, json.loads(facts)) for kind, facts in rows]


async def waits(hub: SmallHub, order: dict[str, str]) -> bool:
    """Whether the order's page says that the store is asked."""
    view = await order_by_token(hub.kernel.reader, order["token"])
    assert view is not None
    return view.is_money_waiting


async def test_money_told_before_the_store_waits_and_belongs_to_the_order_that_comes_back(
    hub: SmallHub, store: Ledger, clock: SetClock, tmp_path: Path, schema: Path
) -> None:
    order = await placed(hub)
    copy = copied(hub, tmp_path / "copy")
    await run(hub, PayAsked(hub.kernel, order["payment"], "r1"))
    await exchange(hub, store)
    async with put_back(copy, schema, clock) as later:
        pay = PayAsked(later.kernel, order["payment"], "r1")
        assert await run(later, pay) == Taken("waiting", order["token"])
        once = everything(later.path)
        assert await run(later, pay) == Taken("known", order["token"])
        assert everything(later.path) == once
        assert await later.one("SELECT stage, payment, paid_minor FROM orders") == ("cancelled", "paid", 600)
        assert await waits(later, order)
        await agrees(later)
        await exchange(later, store)
        assert not await waits(later, order)
        assert await later.one("SELECT outcome FROM capture") == "paid"
        store.hand_over(order["id"])
        await exchange(later, store)
        assert await later.one("SELECT stage, payment, paid_minor, loss_minor FROM orders") == (
            "collected", "paid", 600, 0,
        )  # fmt: skip
        assert await refunds(later) == []
        await agrees(later)


async def test_money_goes_back_once_the_store_has_told_that_it_has_no_such_order(
    hub: SmallHub, store: Ledger, clock: SetClock, tmp_path: Path, schema: Path
) -> None:
    order = await placed(hub)
    copy = copied(hub, tmp_path / "copy")
    clock.move(days=9)  # its time is over: it cannot be promised again
    async with put_back(copy, schema, clock) as later:
        told = await run(later, PayAsked(later.kernel, order["payment"], "r1"))
        assert (told.outcome, await refunds(later)) == ("waiting", [])
        await exchange(later, store)
        assert await refunds(later) == [(-600, "late")]
        assert await later.one("SELECT outcome FROM capture") == "refunded"
        assert await later.one("SELECT payment FROM orders") == "refunded"
        await agrees(later)


async def test_no_money_is_asked_for_while_the_store_may_know_of_some(
    hub: SmallHub, store: Ledger, clock: SetClock, tmp_path: Path, schema: Path
) -> None:
    order = await placed(hub, "counter")
    await exchange(hub, store)
    copy = copied(hub, tmp_path / "copy")
    payment = await run(hub, AskPayment(hub.kernel, order["token"]))
    await run(hub, PayAsked(hub.kernel, payment, "r1"))
    await exchange(hub, store)
    async with put_back(copy, schema, clock) as later:
        ask = AskPayment(later.kernel, order["token"])
        assert await refused(later, ask) == "not_merged"
        await exchange(later, store)
        assert await refused(later, ask) == "paid"
        assert await later.one("SELECT payment, paid_minor, prepaid_minor FROM orders") == ("paid", 600, 600)


async def asked_by_an_old_copy(hub: SmallHub, clock: SetClock, order: dict[str, str]) -> str:
    """A payment that was asked for before the hub knew that its books are an old copy."""
    clock.move(minutes=10)
    payment = "asked-anew"
    await run(
        hub,
        lambda tx: tx.execute(
            "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at)"
            " VALUES (?, ?, 'sandbox', 'pending', 600, 'CNY', '', ?)",
            (payment, order["id"], hub.kernel.instant()),
        ),
    )
    return payment


@pytest.mark.parametrize("first", ["log", "provider"])
async def test_money_asked_for_after_the_log_s_is_never_taken_for_the_same_in_silence(
    hub: SmallHub, store: Ledger, clock: SetClock, tmp_path: Path, schema: Path, first: str
) -> None:
    order = await placed(hub, "counter")
    await exchange(hub, store)
    copy = copied(hub, tmp_path / "copy")
    payment = await run(hub, AskPayment(hub.kernel, order["token"]))
    await run(hub, PayAsked(hub.kernel, payment, "r1"))
    await exchange(hub, store)
    async with put_back(copy, schema, clock) as later:
        anew = await asked_by_an_old_copy(later, clock, order)
        if first == "log":
            await exchange(later, store)
        told = await run(later, PayAsked(later.kernel, anew, "r2"))
        assert told.outcome == ("unknown" if first == "log" else "asked")
        await exchange(later, store)
        expected = {"order": order["id"], "payment": anew, "ref": "r2", "minor": 600, "provider": "sandbox"}
        assert await troubles(later) == [("payment_unknown", expected)]
        assert await refunds(later) == []


async def test_confirmed_money_of_an_order_that_was_given_back_stays_given_back(
    hub: SmallHub, store: Ledger, clock: SetClock, tmp_path: Path, schema: Path
) -> None:
    order = await placed(hub)
    copy = copied(hub, tmp_path / "copy")
    await run(hub, PayAsked(hub.kernel, order["payment"], "r1"))
    await exchange(hub, store)
    await run(hub, Cancel(hub.kernel, order["token"]))
    await exchange(hub, store)
    async with put_back(copy, schema, clock) as later:
        await exchange(later, store)
        await run(later, PayAsked(later.kernel, order["payment"], "r1"))
        stands = await later.one("SELECT stage, payment, paid_minor FROM orders")
        assert stands == ("cancelled", "refunded", 600)
        assert [minor for minor, _ in await refunds(later)] == [-600]
        await agrees(later)


async def test_money_that_waits_calls_a_person_until_the_store_has_told(
    hub: SmallHub, store: Ledger, clock: SetClock, tmp_path: Path, schema: Path
) -> None:
    order = await placed(hub)
    copy = copied(hub, tmp_path / "copy")
    await run(hub, PayAsked(hub.kernel, order["payment"], "r1"))
    await exchange(hub, store)
    async with put_back(copy, schema, clock) as later:
        await run(later, PayAsked(later.kernel, order["payment"], "r1"))
        [(facts, state)] = await later.kernel.reader.all(
            "SELECT facts, state FROM trouble WHERE kind = 'money_waiting'"
        )
        assert (json.loads(facts), state) == ({"order": order["id"], "minor": 600}, "open")
        await exchange(later, store)
        assert await later.one("SELECT state, action FROM trouble WHERE kind = 'money_waiting'") == (
            "resolved",
            "told",
        )


async def test_money_is_given_back_of_a_store_that_never_returns(
    hub: SmallHub, store: Ledger, clock: SetClock, tmp_path: Path, schema: Path
) -> None:
    order = await placed(hub)
    copy = copied(hub, tmp_path / "copy")
    await run(hub, PayAsked(hub.kernel, order["payment"], "r1"))
    await exchange(hub, store)
    async with put_back(copy, schema, clock) as later:
        await run(later, PayAsked(later.kernel, order["payment"], "r1"))
        force = ForceRefund(later.kernel, order["id"], "chen", "the shop burnt down")
        assert await run(later, force) == 600
        assert await refunds(later) == [(-600, "forced")]
        assert await later.one("SELECT state, action FROM trouble WHERE kind = 'money_waiting'") == (
            "resolved",
            "given_back",
        )
        once = everything(later.path)
        assert await refused(later, force) == "closed"
        assert everything(later.path) == once
        await agrees(later)
        # it comes back all the same, and hands the goods over: nothing goes back twice, the loss is kept
        store.hand_over(order["id"])
        await exchange(later, store)
        assert await refunds(later) == [(-600, "forced")]
        assert await later.one("SELECT stage, loss_minor FROM orders") == ("collected", 600)
        await agrees(later)


async def test_units_are_held_again_for_money_that_waited(
    hub: SmallHub, store: Ledger, clock: SetClock, tmp_path: Path, schema: Path
) -> None:
    # given an order whose time to pay was over before any store was told of it
    order = await placed(hub)
    clock.move(minutes=16)
    await lapse(hub.kernel)
    copy = copied(hub, tmp_path / "copy")
    async with put_back(copy, schema, clock) as later:
        told = await run(later, PayAsked(later.kernel, order["payment"], "r1"))
        assert told.outcome == "waiting"
        await exchange(later, store)
        assert await later.one("SELECT outcome FROM capture") == "held_again"
        await exchange(later, store)
        assert await later.one("SELECT stage, payment FROM orders") == ("accepted", "paid")
        await agrees(later)
