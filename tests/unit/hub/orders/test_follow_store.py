"""What the hub concludes from a store's facts: stages forward only, money given back once."""

import json

import pytest

from hub.stock.verify import verify
from sync.rules.books import record
from sync.rules.facts import Payment
from tests.unit.hub.stock.small_chain import AT, Ledger, PayAsked, SmallHub, enrol, exchange


@pytest.fixture
async def store(hub: SmallHub) -> Ledger:
    ledger = await enrol(hub)
    ledger.receive("tea", 10)
    ledger.receive("soap", 10)
    await exchange(hub, ledger)
    return ledger


async def ordered(hub: SmallHub, store: Ledger, *, is_paid: bool = False) -> str:
    """An order of 2 teas and 1 soap (1050) that the store knows."""
    answer = await hub.place(lines=[("tea", 2), ("soap", 1)], pay="sandbox" if is_paid else "counter")
    if is_paid:
        payment = answer["pay_url"].rsplit("/", 1)[1]
        await hub.kernel.writer.run(PayAsked(hub.kernel, payment, "ref"))
    await exchange(hub, store)
    return str(answer["id"])


def take(store: Ledger, order: str, minor: int, ref: str, tender: str = "cash") -> None:
    """The till takes money (or gives it back) for an order."""
    fact = Payment(ref=ref, tender=tender, minor=minor, currency="CNY", at=AT, order=order)  # type: ignore[arg-type]
    record(store.book, fact)
    store.book.commit()


async def stage(hub: SmallHub) -> str:
    return str(await hub.one("SELECT stage FROM orders"))


async def test_each_step_of_the_store_moves_the_order_on(hub: SmallHub, store: Ledger) -> None:
    order = await ordered(hub, store)
    seen = [await stage(hub)]
    store.pick_all(order)
    await exchange(hub, store)
    seen.append(await stage(hub))
    store.hand_over(order)
    await exchange(hub, store)
    seen.append(await stage(hub))

    assert seen == ["accepted", "ready", "collected"]
    assert await hub.one("SELECT accepted_at, ready_at, closed_at FROM orders") == (AT, AT, AT)
    assert await hub.stock("tea") == {
        "floor": 8,
        "staged": 0,
        "granted": 5,
        "settled": 2,
        "returned": 0,
        "promised": 2,
    }
    assert (await verify(hub.kernel.reader)).findings == ()


async def test_a_settled_order_leaves_the_outbox(hub: SmallHub, store: Ledger) -> None:
    order = await ordered(hub, store)
    assert await hub.one("SELECT COUNT(*) FROM request WHERE item = ?", order) == 1
    store.hand_over(order)
    await exchange(hub, store)
    assert await hub.one("SELECT COUNT(*) FROM request WHERE item = ?", order) == 0


@pytest.mark.parametrize(("why", "closing"), [("expired", "expired"), ("cancelled", "cancelled")])
async def test_a_released_order_frees_its_units_and_gives_the_money_back(
    hub: SmallHub, store: Ledger, why: str, closing: str
) -> None:
    order = await ordered(hub, store, is_paid=True)
    store.release(order, why)
    await exchange(hub, store)

    assert await hub.one("SELECT stage, payment, paid_minor FROM orders") == (closing, "refunded", 1050)
    assert await hub.one("SELECT minor FROM payment WHERE state = 'refunded'") == -1050
    assert (await hub.stock("tea"))["promised"] == 0
    assert (await verify(hub.kernel.reader)).findings == ()


async def test_a_short_unit_of_a_paid_order_gives_its_share_back_when_the_rest_is_collected(
    hub: SmallHub, store: Ledger
) -> None:
    order = await ordered(hub, store, is_paid=True)
    store.short(order, 1, 1)
    await exchange(hub, store)
    assert await stage(hub) == "accepted"
    assert await hub.one("SELECT COUNT(*) FROM payment WHERE state = 'refunded'") == 0
    store.hand_over(order)
    await exchange(hub, store)

    assert await hub.one("SELECT stage, payment FROM orders") == ("collected", "refunded")
    assert await hub.one("SELECT minor FROM payment WHERE state = 'refunded'") == -300
    assert (await verify(hub.kernel.reader)).findings == ()


async def test_an_order_of_which_nothing_was_found_is_short(hub: SmallHub, store: Ledger) -> None:
    order = await ordered(hub, store)
    store.short(order, 1, 2)
    store.short(order, 2, 1)
    await exchange(hub, store)
    assert await hub.one("SELECT stage, payment FROM orders") == ("short", "unpaid")
    assert await hub.one("SELECT COUNT(*) FROM payment") == 0


@pytest.mark.parametrize("why", ["cancelled", "expired"])
async def test_an_order_short_of_some_that_its_buyer_left_is_not_called_short(
    hub: SmallHub, store: Ledger, why: str
) -> None:
    order = await ordered(hub, store)
    store.short(order, 2, 1)
    store.release(order, why)
    await exchange(hub, store)
    assert await hub.one("SELECT stage, payment FROM orders") == (why, "unpaid")


async def test_money_at_the_counter_in_two_tenders_is_two_payments_and_no_trouble(
    hub: SmallHub, store: Ledger
) -> None:
    order = await ordered(hub, store)
    store.hand_over(order, pays=False)
    take(store, order, 1000, "r1", "cash")
    take(store, order, 50, "r1", "card")
    await exchange(hub, store)

    assert await hub.one("SELECT payment, paid_minor FROM orders") == ("paid", 1050)
    assert await hub.kernel.reader.all("SELECT provider, minor, state FROM payment ORDER BY minor") == [
        ("till-card", 50, "captured"),
        ("till-cash", 1000, "captured"),
    ]
    assert await hub.one("SELECT COUNT(*) FROM trouble") == 0
    assert (await verify(hub.kernel.reader)).findings == ()


async def test_an_order_paid_online_and_at_the_till_gives_the_online_money_back_and_tells_both(
    hub: SmallHub, store: Ledger
) -> None:
    order = await ordered(hub, store, is_paid=True)
    take(store, order, 1050, "r1")
    await exchange(hub, store)

    assert await hub.one("SELECT payment, paid_minor FROM orders") == ("paid", 2100)
    assert await hub.one("SELECT minor FROM payment WHERE state = 'refunded'") == -1050
    assert await hub.one("SELECT kind, store, state, resolved_by, action FROM trouble") == (
        "double_paid",
        "s1",
        "resolved",
        "",
        "given_back",
    )
    facts = {"order": order, "ref": "r1", "minor": 1050, "online_minor": 1050, "refunded_minor": 1050}
    assert json.loads(await hub.one("SELECT facts FROM trouble")) == facts
    assert (await verify(hub.kernel.reader)).findings == ()


async def test_money_beyond_the_total_that_the_till_took_is_a_matter_for_a_person(
    hub: SmallHub, store: Ledger
) -> None:
    order = await ordered(hub, store)
    take(store, order, 1051, "r1")
    await exchange(hub, store)

    assert await hub.one("SELECT kind, store, state FROM trouble") == ("double_paid", "s1", "open")
    assert await hub.one("SELECT COUNT(*) FROM payment WHERE state = 'refunded'") == 0


async def test_money_given_back_at_the_till_is_a_refund(hub: SmallHub, store: Ledger) -> None:
    order = await ordered(hub, store)
    take(store, order, 1050, "r1")
    take(store, order, -1050, "r1")
    await exchange(hub, store)
    assert await hub.one("SELECT payment, paid_minor FROM orders") == ("refunded", 1050)
    assert await hub.one("SELECT minor FROM payment WHERE state = 'refunded'") == -1050
    assert (await verify(hub.kernel.reader)).findings == ()


async def test_facts_about_another_stores_order_touch_it_not(hub: SmallHub, store: Ledger) -> None:
    order = await ordered(hub, store)
    other = await enrol(hub, "s2")
    take(other, order, 1, "r1")
    await exchange(hub, other)
    assert await hub.one("SELECT stage, payment, paid_minor FROM orders") == ("accepted", "unpaid", 0)
    assert await hub.one("SELECT COUNT(*) FROM payment") == 0
