"""A provider tells of money: booked once, never lost, given back where nothing can be had for it."""

import json
from typing import Any

import pytest

from hub.orders.ask_payment import AskPayment
from hub.orders.change_order import Cancel
from hub.orders.follow_store import conclude
from hub.orders.force_refund import ForceRefund
from hub.orders.sweep import lapse
from hub.orders.take_capture import Captured, TakeCapture, Taken
from hub.stock.verify import verify
from sync.rules.errors import Refused
from sync.rules.facts import HoldStep
from sync.rules.store import fulfil, prepaid
from tests.unit.hub.stock.small_chain import (
    AT,
    Ledger,
    PayAsked,
    SetClock,
    SmallHub,
    enrol,
    everything,
    exchange,
)


@pytest.fixture
async def store(hub: SmallHub) -> Ledger:
    ledger = await enrol(hub)
    ledger.receive("tea", 10)
    await exchange(hub, ledger)
    return ledger


async def placed(hub: SmallHub, pay: str = "sandbox", qty: int = 2, key: str = "k1") -> dict[str, str]:
    """An order of teas at 300 each: its id, token and payment."""
    answer = await hub.place(key, pay=pay, lines=[("tea", qty)])
    payment = (answer["pay_url"] or "").rsplit("/", 1)[-1]
    return {"id": answer["id"], "token": answer["url"].rsplit("/", 1)[1], "payment": payment}


async def run(hub: SmallHub, command: Any) -> Any:
    """Run a command in the writer."""
    return await hub.kernel.writer.run(command)


async def lapsed(hub: SmallHub, clock: SetClock, **changes: Any) -> dict[str, str]:
    """An order whose time to pay is over."""
    order = await placed(hub, **changes)
    clock.move(minutes=16)
    assert await lapse(hub.kernel) == [order["token"]]
    return order


async def refused(hub: SmallHub, command: Any) -> str:
    """The code of a refusal that changed nothing."""
    before = everything(hub.path)
    with pytest.raises(Refused) as error:
        await run(hub, command)
    assert everything(hub.path) == before
    return error.value.code


async def agrees(hub: SmallHub) -> None:
    """The hub's books agree, to the fen."""
    assert (await verify(hub.kernel.reader)).findings == ()


async def refunds(hub: SmallHub) -> list[tuple[int, str]]:
    """What was given back: minor units and why."""
    sql = "SELECT minor, reference FROM payment WHERE state = 'refunded' ORDER BY id"
    return [tuple(row) for row in await hub.kernel.reader.all(sql)]


async def test_late_money_holds_the_units_again_and_the_order_goes_on(
    hub: SmallHub, store: Ledger, clock: SetClock
) -> None:
    order = await lapsed(hub, clock)
    assert await run(hub, PayAsked(hub.kernel, order["payment"], "p1")) == Taken("held_again", order["token"])
    once = everything(hub.path)
    assert await run(hub, PayAsked(hub.kernel, order["payment"], "p1")) == Taken("known", order["token"])
    assert everything(hub.path) == once
    assert await hub.one("SELECT stage, payment, paid_minor, closed_at FROM orders") == (
        "pending_store", "paid", 600, None,
    )  # fmt: skip
    await exchange(hub, store)
    store.hand_over(order["id"])
    await exchange(hub, store)
    assert await hub.one("SELECT stage, payment FROM orders") == ("collected", "paid")
    assert await refunds(hub) == []
    await agrees(hub)


@pytest.mark.parametrize("late", [False, True])
async def test_late_money_for_units_that_are_gone_or_a_time_that_is_over_goes_back_once(
    hub: SmallHub, store: Ledger, clock: SetClock, *, late: bool
) -> None:
    order = await lapsed(hub, clock, qty=5)
    if late:
        clock.move(days=9)
    else:
        await placed(hub, pay="counter", qty=5, key="k2")
    before = await hub.stock("tea")
    for outcome in ("refunded", "known"):
        told = await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
        assert told == Taken(outcome, order["token"])
    stands = await hub.one("SELECT stage, payment, paid_minor, loss_minor FROM orders WHERE pay = 'sandbox'")
    assert stands == ("expired", "refunded", 1500, 0)
    assert await refunds(hub) == [(-1500, "late")]
    assert await hub.stock("tea") == before
    assert await hub.one("SELECT COUNT(*) FROM trouble") == 0
    await agrees(hub)


async def test_late_money_never_brings_back_an_order_that_its_customer_cancelled(
    hub: SmallHub, store: Ledger
) -> None:
    order = await placed(hub)
    assert await run(hub, Cancel(hub.kernel, order["token"])) == "cancelled"
    before = await hub.stock("tea")
    for outcome in ("refunded", "known"):
        told = await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
        assert told == Taken(outcome, order["token"])
    assert await hub.one("SELECT stage, closed_why, payment, paid_minor FROM orders") == (
        "cancelled", "customer", "refunded", 600,
    )  # fmt: skip
    assert await refunds(hub) == [(-600, "late")]
    assert await hub.stock("tea") == before
    assert await hub.one("SELECT COUNT(*) FROM trouble") == 0
    await agrees(hub)


@pytest.mark.parametrize(
    ("told", "outcome", "order_named"),
    [
        (Captured("sandbox", "nothing", "p1", 600, "CNY"), "unknown", False),
        (Captured("elsewhere", "", "p1", 600, "CNY"), "unknown", False),
        (Captured("sandbox", "", "p1", 599, "CNY"), "mismatch", True),
        (Captured("sandbox", "", "p1", 600, "EUR"), "mismatch", True),
    ],
)
async def test_money_that_nobody_can_place_is_kept_for_a_person_and_guesses_nothing(
    hub: SmallHub, store: Ledger, told: Captured, outcome: str, *, order_named: bool
) -> None:
    order = await placed(hub)
    told = Captured(told.provider, told.payment or order["payment"], "p1", told.minor, told.currency)
    for _ in range(2):
        assert (await run(hub, TakeCapture(hub.kernel, told))).outcome == outcome
    assert await hub.one("SELECT stage, payment, paid_minor FROM orders") == ("unpaid", "pending", 0)
    assert await hub.one("SELECT state FROM payment") == "pending"
    assert await hub.one("SELECT kind, state, times FROM trouble") == ("payment_unknown", "open", 2)
    facts = json.loads(await hub.one("SELECT facts FROM trouble"))
    assert (facts["ref"], facts["minor"], "order" in facts) == ("p1", told.minor, order_named)
    found = (await verify(hub.kernel.reader)).findings
    assert [(one.check, one.made) for one in found] == [("capture", str(told.minor))]


async def test_a_second_capture_of_a_paid_order_goes_back_by_itself_and_hq_sees_both(
    hub: SmallHub, store: Ledger
) -> None:
    order = await placed(hub)
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    assert (await run(hub, PayAsked(hub.kernel, order["payment"], "p2"))).outcome == "surplus"
    assert await refunds(hub) == [(-600, "surplus")]
    assert await hub.one("SELECT payment, paid_minor FROM orders") == ("paid", 1200)
    assert await hub.one("SELECT kind, state FROM trouble") == ("double_paid", "resolved")
    await agrees(hub)


async def prepaying(hub: SmallHub, store: Ledger, qty: int = 2) -> dict[str, str]:
    """A counter order that its store knows, and the payment that its customer asked for."""
    order = await placed(hub, pay="counter", qty=qty)
    await exchange(hub, store)
    return {**order, "payment": await run(hub, AskPayment(hub.kernel, order["token"]))}


async def test_a_counter_order_paid_online_is_granted_by_its_store_and_asks_no_money(
    hub: SmallHub, store: Ledger
) -> None:
    order = await prepaying(hub, store)
    assert (await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))).outcome == "asked"
    assert await hub.one("SELECT payment, prepaid_minor, prepaid_at FROM orders") == ("paid", 600, None)
    await exchange(hub, store)
    hold = store.book.hold(order["id"])
    assert hold is not None
    assert hold.prepaid_minor == 600
    assert await hub.one("SELECT prepaid_minor, prepaid_at FROM orders") == (600, AT)
    store.hand_over(order["id"])
    await exchange(hub, store)
    assert await hub.one("SELECT stage, payment, paid_minor FROM orders") == ("collected", "paid", 600)
    assert await hub.one("SELECT COUNT(*) FROM payment") == 1
    await agrees(hub)


async def test_money_that_comes_after_a_hand_over_at_the_till_goes_back_and_is_told(
    hub: SmallHub, store: Ledger
) -> None:
    order = await prepaying(hub, store)
    store.hand_over(order["id"])
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    await exchange(hub, store)
    assert await refunds(hub) == [(-600, "double_paid")]
    assert await hub.one("SELECT stage, payment, loss_minor FROM orders") == ("collected", "paid", 0)
    assert await hub.one("SELECT kind, state, action FROM trouble") == (
        "double_paid", "resolved", "given_back",
    )  # fmt: skip
    await agrees(hub)


async def test_money_that_is_told_after_the_hand_over_was_heard_goes_back_too(
    hub: SmallHub, store: Ledger
) -> None:
    order = await prepaying(hub, store)
    store.hand_over(order["id"])
    await exchange(hub, store)
    assert await hub.one("SELECT state FROM payment WHERE provider = 'sandbox'") == "failed"
    assert (await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))).outcome == "refunded"
    assert await refunds(hub) == [(-600, "late")]
    assert await hub.one("SELECT kind, state FROM trouble") == ("double_paid", "resolved")
    await agrees(hub)


@pytest.mark.parametrize(("short", "back"), [(1, [(-333, "refund")]), (2, [(-667, "refund")])])
async def test_a_prepaid_order_that_is_partly_short_gives_its_share_back_rounded_half_up(
    hub: SmallHub, store: Ledger, short: int, back: list[tuple[int, str]]
) -> None:
    def price(transaction: Any) -> None:
        transaction.execute("UPDATE sku SET price_minor = 1000, price_per = 3 WHERE sku = 'tea'")

    await run(hub, price)
    order = await prepaying(hub, store, qty=3)
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    await exchange(hub, store)
    store.short(order["id"], 1, short)
    store.hand_over(order["id"])
    await exchange(hub, store)
    assert await refunds(hub) == back
    assert await hub.one("SELECT stage, payment FROM orders") == ("collected", "refunded")
    await agrees(hub)


async def test_a_prepaid_order_that_its_store_lets_expire_gives_all_back(
    hub: SmallHub, store: Ledger
) -> None:
    order = await prepaying(hub, store)
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    await exchange(hub, store)
    store.release(order["id"], "expired")
    await exchange(hub, store)
    assert await refunds(hub) == [(-600, "refund")]
    assert await hub.one("SELECT stage, payment FROM orders") == ("expired", "refunded")
    await agrees(hub)


async def test_asking_again_gives_the_same_payment_until_the_sum_changes(
    hub: SmallHub, store: Ledger
) -> None:
    order = await prepaying(hub, store)
    assert await run(hub, AskPayment(hub.kernel, order["token"])) == order["payment"]
    store.short(order["id"], 1, 1)
    await exchange(hub, store)
    again = await run(hub, AskPayment(hub.kernel, order["token"]))
    assert again != order["payment"]
    assert await hub.one("SELECT state, minor FROM payment WHERE id = ?", again) == ("pending", 300)
    assert await hub.one("SELECT state FROM payment WHERE id = ?", order["payment"]) == "failed"


async def test_an_order_that_cannot_be_paid_online_says_why(hub: SmallHub, store: Ledger) -> None:
    online = await placed(hub, key="k2", qty=1)
    order = await prepaying(hub, store)
    assert await refused(hub, AskPayment(hub.kernel, "nothing")) == "unknown_order"
    assert await refused(hub, AskPayment(hub.kernel, online["token"])) == "paid_online"
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    assert await refused(hub, AskPayment(hub.kernel, order["token"])) == "paid"
    await run(hub, Cancel(hub.kernel, order["token"]))
    assert await refused(hub, AskPayment(hub.kernel, order["token"])) == "cancelling"
    await exchange(hub, store)
    assert await refused(hub, AskPayment(hub.kernel, order["token"])) == "closed"


async def cancelling(hub: SmallHub, store: Ledger) -> dict[str, str]:
    """A paid order whose store knows it and has not heard that it is to be cancelled."""
    order = await placed(hub)
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    await exchange(hub, store)
    await run(hub, Cancel(hub.kernel, order["token"]))
    return order


async def test_a_forced_refund_is_a_loss_that_frees_no_units_and_ends_when_the_store_releases(
    hub: SmallHub, store: Ledger
) -> None:
    order = await cancelling(hub, store)
    before = await hub.stock("tea")
    assert await run(hub, ForceRefund(hub.kernel, order["id"], "chen", " 门店断网 ")) == 600
    assert await hub.stock("tea") == before
    assert await hub.one("SELECT stage, payment, loss_minor FROM orders") == ("accepted", "refunded", 600)
    assert await hub.one("SELECT minor, at, by, reason FROM forced_refund") == (600, AT, "chen", "门店断网")
    await agrees(hub)
    await exchange(hub, store)
    assert await hub.one("SELECT stage, payment, loss_minor FROM orders") == ("cancelled", "refunded", 0)
    assert await refunds(hub) == [(-600, "forced")]
    assert await hub.one("SELECT COUNT(*) FROM trouble") == 0
    await agrees(hub)


async def test_goods_that_are_handed_over_after_a_forced_refund_stay_a_loss_and_call_a_person(
    hub: SmallHub, store: Ledger
) -> None:
    order = await cancelling(hub, store)
    await run(hub, ForceRefund(hub.kernel, order["id"], "chen", "closed for days"))
    fulfil.hand_over(store.book, order["id"], AT, "clerk", "qr")
    store.book.commit()
    await exchange(hub, store)
    assert await hub.one("SELECT stage, loss_minor FROM orders") == ("collected", 600)
    assert await hub.one("SELECT kind, state FROM trouble") == ("cancelled_but_collected", "open")
    assert await refunds(hub) == [(-600, "forced")]
    await agrees(hub)


async def test_a_refund_is_forced_for_a_cancelled_paid_open_order_alone(hub: SmallHub, store: Ledger) -> None:
    order = await placed(hub)
    force = ForceRefund(hub.kernel, order["id"], "chen", "because")
    assert await refused(hub, ForceRefund(hub.kernel, "nothing", "chen", "because")) == "unknown_order"
    assert await refused(hub, ForceRefund(hub.kernel, order["id"], "chen", " ")) == "no_reason"
    assert await refused(hub, force) == "not_cancelling"
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    await exchange(hub, store)
    await run(hub, Cancel(hub.kernel, order["token"]))
    await run(hub, force)
    assert await refused(hub, force) == "nothing_paid"
    await exchange(hub, store)
    assert await refused(hub, force) == "closed"


async def test_a_hub_that_was_put_back_learns_from_the_log_what_was_paid_and_counts_it_once(
    hub: SmallHub, store: Ledger
) -> None:
    # given a prepaid order whose money this hub has forgotten
    order = await prepaying(hub, store)
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    await exchange(hub, store)

    def forget(transaction: Any) -> None:
        transaction.execute("UPDATE payment SET state = 'pending', reference = '', settled_at = NULL")
        transaction.execute("DELETE FROM capture")
        transaction.execute(
            "UPDATE orders SET payment = 'unpaid', paid_minor = 0, prepaid_minor = 0, prepaid_at = NULL"
        )

    await run(hub, forget)
    # when the store's log tells of it, again and again, and then the provider
    step = HoldStep(order=order["id"], to="prepaid", at=AT, minor=600)
    for _ in range(2):
        await run(hub, lambda transaction: conclude(transaction, "s1", step))
    stands = "SELECT payment, paid_minor, prepaid_minor, prepaid_at FROM orders"
    assert await hub.one(stands) == ("paid", 600, 600, AT)
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    # then it is the same money
    assert await hub.one(stands) == ("paid", 600, 600, AT)
    assert await refunds(hub) == []
    store.hand_over(order["id"])
    await exchange(hub, store)
    assert await hub.one("SELECT stage, payment FROM orders") == ("collected", "paid")
    await agrees(hub)


async def test_a_new_ledger_is_told_what_was_paid_and_grants_it_anew(hub: SmallHub, store: Ledger) -> None:
    order = await prepaying(hub, store)
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    await exchange(hub, store)
    anew = await enrol(hub)
    await exchange(hub, anew)
    hold = anew.book.hold(order["id"])
    assert hold is not None
    assert (hold.unsure, hold.prepaid_minor) == (True, 0)
    fulfil.verify_hold(anew.book, order["id"], AT, "clerk", is_collected=False)
    anew.book.commit()
    hold = anew.book.hold(order["id"])
    assert hold is not None
    assert (hold.prepaid_minor, prepaid.due_minor(hold)) == (600, 0)
    anew.hand_over(order["id"])
    await exchange(hub, anew)
    assert await hub.one("SELECT stage, payment, paid_minor FROM orders") == ("collected", "paid", 600)
    await agrees(hub)


async def test_cancelling_a_prepaid_order_gives_all_back(hub: SmallHub, store: Ledger) -> None:
    order = await prepaying(hub, store)
    await run(hub, PayAsked(hub.kernel, order["payment"], "p1"))
    await run(hub, Cancel(hub.kernel, order["token"]))
    await exchange(hub, store)
    assert await hub.one("SELECT stage, payment FROM orders") == ("cancelled", "refunded")
    assert await refunds(hub) == [(-600, "refund")]
    await agrees(hub)
