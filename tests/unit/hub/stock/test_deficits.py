"""A deficit at a till: HQ is told, it is repaid in order, and the trouble resolves itself."""

import json
from typing import Any

import pytest

from hub.orders.queries import order_by_token
from hub.orders.take_capture import Taken
from sync.rules.store import look_now
from tests.unit.hub.stock.small_chain import AT, Ledger, PayAsked, SmallHub, enrol, exchange, hear


@pytest.fixture
async def store(hub: SmallHub) -> Ledger:
    """A store with ten teas, five of them online."""
    ledger = await enrol(hub)
    ledger.receive("tea", 10)
    await exchange(hub, ledger)
    return ledger


async def troubles(hub: SmallHub) -> list[tuple[Any, ...]]:
    """Kind, state, units and action of each trouble."""
    rows = await hub.kernel.reader.all("SELECT kind, state, facts, action FROM trouble ORDER BY id")
    return [(kind, state, json.loads(facts)["units"], action) for kind, state, facts, action in rows]


async def test_hq_is_told_of_an_override_until_free_units_have_repaid_it(
    hub: SmallHub, store: Ledger
) -> None:
    store.override("tea", 9)
    heard = await hear(hub, store.up())
    assert await troubles(hub) == [("deficit", "open", 4, "")]
    assert json.loads(await hub.one("SELECT facts FROM trouble")) == {"sku": "tea", "units": 4, "since": AT}
    assert "tea" in heard.skus
    await exchange(hub, store)
    assert await troubles(hub) == [("deficit", "resolved", 4, "repaid")]
    assert await hub.one("SELECT resolved_at, resolved_by, note FROM trouble") == (AT, "", "")
    assert await hub.one("SELECT by, state_before, state_after, action FROM trouble_change") == (
        "",
        "open",
        "resolved",
        "repaid",
    )
    assert (store.book.stock("tea").free, (await hub.stock("tea"))["returned"]) == (0, 4)


async def test_a_deeper_deficit_is_the_same_trouble_brought_up_to_date(hub: SmallHub, store: Ledger) -> None:
    for _ in range(2):
        store.override("tea", 4)
        await hear(hub, store.up())
    assert await troubles(hub) == [("deficit", "open", 3, "")]
    store.override("tea", 1)
    await hear(hub, store.up())
    assert await troubles(hub) == [("deficit", "open", 4, "")]


async def test_an_unpaid_order_is_cancelled_politely_and_its_late_money_goes_back(
    hub: SmallHub, store: Ledger
) -> None:
    answer = await hub.place(lines=[("tea", 5)], pay="sandbox")
    store.override("tea", 6)
    heard = await hear(hub, store.up())
    token = str(await hub.one("SELECT token FROM orders"))
    order = await order_by_token(hub.kernel.reader, token)
    assert order is not None
    assert (order.stage, order.closed_why, order.payment) == ("cancelled", "deficit", "unpaid")
    assert heard.tokens == {token}
    late = PayAsked(hub.kernel, answer["pay_url"].rsplit("/", 1)[1], "ref")
    assert await hub.kernel.writer.run(late) == Taken("refunded", token)
    await exchange(hub, store)
    assert (store.book.stock("tea").free, await troubles(hub)) == (0, [("deficit", "resolved", 1, "repaid")])


async def test_a_paid_line_is_looked_for_and_short_repays_the_deficit(hub: SmallHub, store: Ledger) -> None:
    answer = await hub.place(lines=[("tea", 5)])
    await exchange(hub, store)
    store.override("tea", 7)
    await exchange(hub, store)
    hold = store.book.hold(answer["id"])
    assert hold is not None
    assert look_now.sought(hold, hold.lines[0]) == 2
    assert await troubles(hub) == [("deficit", "open", 2, "")]
    look_now.not_found(store.book, answer["id"], 1, AT)
    store.book.commit()
    await exchange(hub, store)
    assert await troubles(hub) == [("deficit", "resolved", 2, "repaid")]
    assert await hub.one("SELECT short, victim FROM hold_line") == (2, 0)


async def test_nothing_left_to_repay_from_is_oversold_until_the_shelf_is_full_again(
    hub: SmallHub, store: Ledger
) -> None:
    answer = await hub.place(lines=[("tea", 5)])
    await exchange(hub, store)
    store.pick_all(answer["id"])
    store.override("tea", 6)
    await exchange(hub, store)
    assert await troubles(hub) == [("deficit", "open", 1, ""), ("oversold", "open", 1, "")]
    store.receive("soap", 1)
    await exchange(hub, store)
    assert [state for _, state, *_ in await troubles(hub)] == ["open", "open"]
    store.receive("tea", 2)
    await exchange(hub, store)
    assert [state for _, state, *_ in await troubles(hub)] == ["resolved", "resolved"]


async def test_more_sold_than_was_ever_received_hurts_no_order(hub: SmallHub, store: Ledger) -> None:
    store.override("tea", 12)
    await exchange(hub, store)
    assert await troubles(hub) == [("deficit", "open", 2, ""), ("negative_stock", "open", 2, "")]
