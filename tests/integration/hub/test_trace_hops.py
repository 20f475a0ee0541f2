"""The link worker keeps hops with agents that run the real rules: lost, sent again, heard by a greeting."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.link import sender
from hub.trace.find import Target, find
from hub.trace.queries import Trace, read_trace
from sync.link.memory_broker import MemoryBroker
from sync.rules.streams import Sending
from sync.values.clock import to_instant
from tests.integration.hub.played_agent import playing, serving, until
from tests.unit.hub.stock.small_chain import SmallHub, enrol, exchange, small_hub


@pytest.fixture
async def live(tmp_path: Path, schema: Path) -> AsyncIterator[SmallHub]:
    """A hub whose clock runs."""
    async with small_hub(tmp_path / "hub", schema) as hub:
        yield hub


async def trace(hub: SmallHub, name: str) -> Trace:
    found = await find(hub.kernel.reader, name)
    assert isinstance(found, Target), found
    return await read_trace(hub.kernel.reader, found, hub.kernel.clock.now())


async def until_kept(hub: SmallHub, name: str) -> Trace:
    """Wait until every hop is in the database, as the worker writes them."""
    async with asyncio.timeout(10):
        while True:
            found = await trace(hub, name)
            if all(leg.kept == "kept" for leg in found.legs):
                return found
            await asyncio.sleep(0.05)


async def test_what_a_silent_store_is_sent_again_ends_with_its_answer(
    live: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "RESEND_FIRST_S", 0.05)
    store, broker = await enrol(live), MemoryBroker()
    store.receive("tea", 10)
    await exchange(live, store)
    async with serving(live, broker) as worker, playing(store, broker) as agent:
        await until(lambda: live.kernel.directory.is_in_reach("s1"))
        agent.answers = False
        order = (await live.place())["id"]
        await until(lambda: worker.hops._under_way.get("s1") is not None)
        await until(lambda: next(iter(worker.hops._under_way["s1"].values())).times > 2)
        agent.answers = True
        legs = (await until_kept(live, order)).legs
    (down,) = [leg for leg in legs if leg.way == "down"]

    assert [hop.name for hop in down.hops] == ["given", "item_first_sent", "item_sent", "answered"]
    assert (down.hops[1].note or 0) > 2
    assert not any(hop.is_apart for hop in down.hops)
    assert [leg.what for leg in legs if leg.way == "up"] == ["received"]


async def test_a_greeting_counts_as_an_answer(live: SmallHub) -> None:
    store, broker = await enrol(live), MemoryBroker()
    store.receive("tea", 10)
    await exchange(live, store)
    async with serving(live, broker) as worker, playing(store, broker) as agent:
        await until(lambda: live.kernel.directory.is_in_reach("s1"))
        agent.answers = False
        order = (await live.place())["id"]
        await until(lambda: any(getattr(message, "items", ()) for message in agent.heard))
        store.take(next(message for message in agent.heard if getattr(message, "items", ())))  # type: ignore[arg-type]
        agent.hello()
        await until(lambda: not worker.hops._under_way)
        await worker.hops.flush()
        (down,) = (await trace(live, order)).legs

    assert (down.kept, down.hops[-1].name) == ("kept", "answered")


async def test_an_agent_that_says_nothing_of_its_sending_is_followed_as_far_as_is_known(
    live: SmallHub,
) -> None:
    store, broker = await enrol(live), MemoryBroker()
    store.receive("tea", 10)
    async with serving(live, broker), playing(store, broker) as agent:
        await until(lambda: store.position.heard == store.position.seq)
        silent = await until_kept(live, "s1/1")
        before = store.position.seq
        store.receive("tea", 1)
        at = to_instant(live.kernel.clock.now())
        agent.say(replace(store.up(before), sending=Sending(at=at, skew_ms=0)))
        await until(lambda: store.position.heard == store.position.seq)
        telling = await until_kept(live, f"s1/{store.position.seq}")

    assert [hop.name for hop in silent.legs[0].hops] == ["made", "heard", "applied", "told"]
    assert [hop.name for hop in telling.legs[0].hops] == ["made", "sent", "heard", "applied", "told"]


async def test_a_worker_that_is_stopped_writes_what_it_has(live: SmallHub) -> None:
    store, broker = await enrol(live), MemoryBroker()
    store.receive("tea", 10)
    async with serving(live, broker), playing(store, broker):
        await until(lambda: store.position.heard == store.position.seq)
    assert (await trace(live, "s1/1")).legs[0].kept == "kept"
