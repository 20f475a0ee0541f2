"""Paid online, lapsed, cancelled: whoever comes first wins, the other changes nothing."""

import asyncio

import pytest

from hub.orders.change_order import Cancel, LapseUnpaid
from hub.orders.sweep import KEY_LIFE, lapse, sweep
from hub.orders.take_capture import Taken
from hub.stock.book import SqliteHubBook
from sync.rules.books import tell
from sync.rules.errors import Refused
from sync.rules.items import RejectedItem
from sync.storage.writer import Transaction
from tests.unit.hub.stock.small_chain import (
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
    hub.woken.clear()
    return ledger


async def placed(hub: SmallHub, pay: str = "sandbox", key: str = "k1") -> tuple[str, str, str]:
    """A placed order: its id, token and payment."""
    answer = await hub.place(key, pay=pay)
    return answer["id"], answer["url"].rsplit("/", 1)[1], (answer["pay_url"] or "").rsplit("/", 1)[-1]


async def run_refused(hub: SmallHub, command: Cancel) -> Refused:
    before = everything(hub.path)
    with pytest.raises(Refused) as refused:
        await hub.kernel.writer.run(command)
    assert everything(hub.path) == before
    return refused.value


async def test_money_taken_dispatches_the_order_once(hub: SmallHub, store: Ledger) -> None:
    order, token, payment = await placed(hub)
    pay = PayAsked(hub.kernel, payment, "ref-1")
    assert await hub.kernel.writer.run(pay) == Taken("paid", token)
    once = everything(hub.path)
    assert await hub.kernel.writer.run(pay) == Taken("known", token)
    assert everything(hub.path) == once
    assert hub.woken == ["s1"]
    assert await hub.one("SELECT stage, payment, paid_minor, lapses_at FROM orders") == (
        "pending_store",
        "paid",
        300,
        None,
    )
    assert await hub.one("SELECT state, reference FROM payment") == ("captured", "ref-1")
    await exchange(hub, store)
    assert store.book.hold(order) is not None


async def test_an_unpaid_order_lapses_and_frees_its_units(
    hub: SmallHub, store: Ledger, clock: SetClock
) -> None:
    _, token, _ = await placed(hub)
    clock.move(minutes=15)
    assert await lapse(hub.kernel) == []
    clock.move(seconds=1)
    assert await lapse(hub.kernel) == [token]

    assert await hub.one("SELECT stage, payment FROM orders") == ("expired", "unpaid")
    assert await hub.one("SELECT state FROM payment") == "failed"
    assert (await hub.stock("tea"))["promised"] == 0
    assert await hub.one("SELECT COUNT(*) FROM hold_line") == 0
    assert (await run_refused(hub, Cancel(hub.kernel, token))).code == "closed"
    assert hub.woken == []


async def test_an_order_at_the_counter_never_lapses(hub: SmallHub, store: Ledger, clock: SetClock) -> None:
    await placed(hub, pay="counter")
    clock.move(days=30)
    assert await lapse(hub.kernel) == []


async def test_an_order_that_cannot_be_dropped_keeps_no_others_units(
    hub: SmallHub, store: Ledger, clock: SetClock
) -> None:
    (bad, _, _), (_, token, _) = await placed(hub), await placed(hub, key="k2")

    def damage(transaction: Transaction) -> None:
        transaction.execute("UPDATE hold_line SET store = 's2' WHERE order_id = ?", (bad,))
        transaction.execute("UPDATE orders SET store = 's2' WHERE id = ?", (bad,))

    await hub.kernel.writer.run(damage)
    clock.move(minutes=16)

    assert await lapse(hub.kernel) == [token]
    assert await hub.one("SELECT stage FROM orders WHERE id = ?", bad) == "unpaid"
    assert (await hub.stock("tea"))["promised"] == 1


@pytest.mark.parametrize("pays_first", [True, False])
async def test_paying_and_lapsing_at_once_have_one_winner(
    hub: SmallHub, store: Ledger, clock: SetClock, *, pays_first: bool
) -> None:
    order, token, payment = await placed(hub)
    clock.move(minutes=16)
    pay, drop = PayAsked(hub.kernel, payment, "r"), LapseUnpaid(hub.kernel, order)
    run = hub.kernel.writer.run
    acts = (run(pay), run(drop)) if pays_first else (run(drop), run(pay))
    first, second = await asyncio.gather(*acts, return_exceptions=True)

    if pays_first:
        assert (first, second) == (Taken("paid", token), None)
        assert (await hub.stock("tea"))["promised"] == 1
    else:
        assert (first, second) == (token, Taken("held_again", token))
        assert (await hub.stock("tea"))["promised"] == 1


async def test_cancelling_an_unpaid_order_frees_it_at_once(hub: SmallHub, store: Ledger) -> None:
    _, token, _ = await placed(hub)
    assert await hub.kernel.writer.run(Cancel(hub.kernel, token)) == "cancelled"
    assert (await hub.stock("tea"))["promised"] == 0
    assert await hub.one("SELECT COUNT(*) FROM request WHERE kind = 'order'") == 0


async def test_cancelling_a_dispatched_order_asks_the_store_once(hub: SmallHub, store: Ledger) -> None:
    order, token, _ = await placed(hub, pay="counter")
    await exchange(hub, store)
    assert await hub.kernel.writer.run(Cancel(hub.kernel, token)) == "accepted"
    asked = everything(hub.path)
    assert await hub.kernel.writer.run(Cancel(hub.kernel, token)) == "accepted"
    assert everything(hub.path) == asked
    assert (await hub.stock("tea"))["promised"] == 1

    await exchange(hub, store)
    hold = store.book.hold(order)
    assert hold is not None
    assert not hold.is_open
    assert await hub.one("SELECT stage FROM orders") == "cancelled"
    assert (await hub.stock("tea"))["promised"] == 0


async def test_a_hand_over_before_the_cancellation_arrives_wins(hub: SmallHub, store: Ledger) -> None:
    order, token, _ = await placed(hub, pay="counter")
    await exchange(hub, store)
    store.hand_over(order)
    await hub.kernel.writer.run(Cancel(hub.kernel, token))
    await exchange(hub, store)
    assert await hub.one("SELECT stage FROM orders") == "collected"
    assert (await hub.stock("tea"))["settled"] == 1


async def test_an_unknown_order_is_not_cancelled(hub: SmallHub, store: Ledger) -> None:
    assert (await run_refused(hub, Cancel(hub.kernel, "nothing"))).code == "unknown_order"


async def test_a_sweep_drops_more_than_one_batch_and_forgets_old_answers(
    hub: SmallHub, store: Ledger, clock: SetClock
) -> None:
    store.receive("tea", 500)
    await exchange(hub, store)
    for number in range(120):
        await placed(hub, key=f"k{number}")
    clock.move(minutes=16)
    assert await sweep(hub.kernel) == 120
    assert await hub.one("SELECT COUNT(*) FROM idempotency_key") == 120
    clock.move(seconds=KEY_LIFE.total_seconds())
    assert await sweep(hub.kernel) == 0
    assert await hub.one("SELECT COUNT(*) FROM idempotency_key") == 0


async def test_a_sweep_forgets_rejections_that_the_store_has_heard(hub: SmallHub, store: Ledger) -> None:
    def reject(transaction: Transaction) -> None:
        book = SqliteHubBook(transaction, "s1", 1, "at")
        tell(book, RejectedItem(seq=1, code="bad_event"), "1")
        book.finish()

    await hub.kernel.writer.run(reject)
    await sweep(hub.kernel)
    assert await hub.one("SELECT COUNT(*) FROM request WHERE kind = 'rejected'") == 1
    await exchange(hub, store)
    await sweep(hub.kernel)
    assert await hub.one("SELECT COUNT(*) FROM request WHERE kind = 'rejected'") == 0
    assert store.book.tables["rejected"] == {1: "bad_event"}
