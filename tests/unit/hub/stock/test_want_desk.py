"""The want desk: one question at a time, answers in order, nothing left behind."""

import asyncio
import json
from typing import Any

import pytest

from hub.stock import want_desk
from hub.stock.queries import Shelf
from hub.stock.want_desk import ANOTHERS
from sync.rules.items import WantItem
from sync.storage.writer import Transaction
from tests.unit.hub.stock.small_chain import SmallHub, enrol, exchange


async def wants(hub: SmallHub) -> list[tuple[int, int]]:
    """Questions in the store's stream: (version, units)."""
    rows = await hub.kernel.reader.all("SELECT ver, raw FROM request WHERE kind = 'want' ORDER BY ver")
    return [(row[0], json.loads(row[1])["qty"]) for row in rows]


async def asked(hub: SmallHub) -> int:
    """Wait until a question is committed; returns its version."""
    async with asyncio.timeout(5):
        while not hub.woken:  # noqa: ASYNC110  # the wake-up is a plain call
            await asyncio.sleep(0.002)
    hub.woken.clear()
    return (await wants(hub))[-1][0]


def asking(hub: SmallHub, qty: int, wait_s: float = 5) -> "asyncio.Task[int | None]":
    return asyncio.create_task(hub.wants.ask("s1", "tea", qty, wait_s))


async def test_a_question_is_answered_when_the_store_has_heard_it_and_all_its_events_are_booked(
    hub: SmallHub,
) -> None:
    waiter = asking(hub, 3)
    ver = await asked(hub)
    assert await wants(hub) == [(ver, 3)]
    hub.wants.heard("s1", ver - 1, is_whole=True)
    hub.wants.heard("s1", ver, is_whole=False)
    hub.wants.heard("s2", ver, is_whole=True)
    await asyncio.sleep(0.01)
    assert not waiter.done()
    hub.wants.heard("s1", ver, is_whole=True)
    assert await waiter == 0
    assert hub.wants.queues == 0


async def test_who_comes_later_waits_for_the_next_question_that_names_them_all(hub: SmallHub) -> None:
    order: list[int] = []

    async def wait(number: int, qty: int) -> None:
        await hub.wants.ask("s1", "tea", qty, 5)
        order.append(number)

    tasks = [asyncio.create_task(wait(0, 1))]
    first = await asked(hub)
    tasks += [asyncio.create_task(wait(number, 2)) for number in (1, 2, 3)]
    await asyncio.sleep(0.01)
    assert hub.wants.is_queued("s1", "tea")
    hub.wants.heard("s1", first, is_whole=True)
    second = await asked(hub)
    assert (order, await wants(hub)) == ([0], [(second, 6)])
    hub.wants.heard("s1", second, is_whole=True)
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3]
    assert not hub.wants.is_queued("s1", "tea")


async def test_only_who_asked_draws_the_conclusion(hub: SmallHub) -> None:
    store = await enrol(hub)
    store.receive("tea", 10)
    await exchange(hub, store)
    hub.woken.clear()
    first = asking(hub, 1)
    ver = await asked(hub)
    others = [asking(hub, 1), asking(hub, 1)]
    await asyncio.sleep(0.01)
    hub.wants.heard("s1", ver, is_whole=True)
    ver = await asked(hub)
    hub.wants.heard("s1", ver, is_whole=True)
    assert await first == 5
    assert await asyncio.gather(*others) == [5, ANOTHERS]


async def test_without_an_answer_in_time_nothing_is_left_behind(hub: SmallHub) -> None:
    results = await asyncio.gather(*[hub.wants.ask("s1", "tea", 1, 0.05) for _ in range(20)])
    assert results == [None] * 20
    assert hub.wants.queues == 0


async def test_no_time_means_no_question_and_no_queue(hub: SmallHub) -> None:
    assert await hub.wants.ask("s1", "tea", 1, 0) is None
    assert hub.wants.queues == 0
    assert await wants(hub) == []


async def test_one_waiter_more_than_the_limit_is_answered_at_once(
    hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(want_desk, "MOST_WAITERS", 2)
    waiting = [asking(hub, 1), asking(hub, 1)]
    await asked(hub)
    assert await hub.wants.ask("s1", "tea", 1, 5) is None
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert hub.wants.queues == 0


async def test_when_the_one_who_asks_goes_the_next_one_asks(hub: SmallHub) -> None:
    gate = asyncio.get_running_loop().create_future()
    real = hub.kernel.writer.run

    async def slow(command: Any) -> Any:
        await gate
        return await real(command)

    hub.kernel.writer.run = slow  # type: ignore[method-assign]
    first, second = asking(hub, 1), asking(hub, 2)
    await asyncio.sleep(0.01)
    hub.kernel.writer.run = real  # type: ignore[method-assign]
    first.cancel()
    ver = await asked(hub)
    assert (await wants(hub))[-1] == (ver, 2)
    hub.wants.heard("s1", ver, is_whole=True)
    assert await second == 0
    assert hub.wants.queues == 0


async def test_a_question_that_cannot_be_written_is_everybodys_trouble_in_turn(hub: SmallHub) -> None:
    real = hub.kernel.writer.run

    async def broken(_: Any) -> Any:
        raise LookupError("no")

    hub.kernel.writer.run = broken  # type: ignore[method-assign,assignment]
    results = await asyncio.gather(*[asking(hub, 1) for _ in range(3)], return_exceptions=True)
    hub.kernel.writer.run = real  # type: ignore[method-assign]
    assert [type(result) for result in results] == [LookupError] * 3
    assert hub.wants.queues == 0


def test_a_no_is_remembered_until_the_floor_rises_or_something_is_granted(hub: SmallHub) -> None:
    shelf = Shelf("s1", "tea", available=0, floor=2, granted=5)
    assert hub.wants.may_grant(shelf)
    hub.wants.said_no(shelf)
    assert not hub.wants.may_grant(shelf)
    assert not hub.wants.may_grant(Shelf("s1", "tea", 0, 1, 5))
    assert hub.wants.may_grant(Shelf("s2", "tea", 0, 2, 5))
    assert hub.wants.may_grant(Shelf("s1", "tea", 0, 3, 5))
    hub.wants.said_no(shelf)
    assert hub.wants.may_grant(Shelf("s1", "tea", 0, 2, 6))
    assert not hub.wants.may_grant(Shelf("s1", "tea", 0, 0, 6))


def test_remembered_answers_are_limited(hub: SmallHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(want_desk, "MOST_REFUSALS", 2)
    for sku in ("a", "b", "c"):
        hub.wants.said_no(Shelf("s1", sku, 0, 1, 0))
    assert hub.wants.may_grant(Shelf("s1", "a", 0, 1, 0))
    assert not hub.wants.may_grant(Shelf("s1", "c", 0, 1, 0))


async def test_the_question_is_sent_although_nobody_waits_any_more(hub: SmallHub) -> None:
    question = hub.wants._question("s1", WantItem(id="w", sku="tea", qty=1))

    def act(transaction: Transaction) -> tuple[int, int]:
        return question(transaction)

    assert await hub.kernel.writer.run(act) == (1, 0)
    assert hub.woken == ["s1"]
