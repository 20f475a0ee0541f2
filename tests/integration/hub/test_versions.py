"""A store that shares no version with the hub: one trouble, no items, its facts still count."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.link import watch
from hub.monitor.lag_book import LagBook
from hub.monitor.queries import signs_of_all
from hub.monitor.rules import State, tile_of
from sync.link.memory_broker import MemoryBroker
from sync.messages.topics import store_topic
from sync.rules.streams import Down, Hello, Page
from tests.integration.hub.played_agent import playing, serving, until
from tests.unit.hub.stock.small_chain import SmallHub, enrol, small_hub


@pytest.fixture
async def live(tmp_path: Path, schema: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmallHub]:
    """A hub whose clock runs, and which looks for news often."""
    monkeypatch.setattr(watch, "EVERY_S", 0.02)
    async with small_hub(tmp_path / "hub", schema) as hub:
        yield hub


async def until_app(hub: SmallHub, seq: int) -> None:
    """Wait until the store's events are applied."""
    async with asyncio.timeout(10):
        while await hub.one("SELECT app FROM store_stream WHERE store = 's1'") != seq:  # noqa: ASYNC110  # another's write has no event
            await asyncio.sleep(0.01)


async def test_a_store_without_a_common_version_hears_no_items_and_calls_a_person_once(
    live: SmallHub,
) -> None:
    broker = MemoryBroker()
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await until_app(live, 2)
        # the pages that its first greeting asked for are on their way until they are heard
        await until(lambda: {said.name for said in agent.heard if isinstance(said, Page)} >= {"catalog"})
        agent.hello((2, 3))
        await until(lambda: live.kernel.directory.older("s1") == "hub")
        agent.heard.clear()
        agent.hello((2, 3))
        await live.place()
        ledger.receive("soap", 3)
        agent.send_up()
        await until_app(live, 4)
        await until(lambda: bool(agent.said(Hello)))
        await asyncio.sleep(0.2)
        downs = [message for message in agent.said(Down) if isinstance(message, Down)]
        assert downs
        assert [down.items for down in downs if down.items] == []
        assert len(downs) <= 4
        assert agent.said(Page) == []
        assert not live.kernel.directory.is_in_reach("s1")

        assert await live.one("SELECT kind, state, times FROM trouble") == ("protocol_mismatch", "open", 1)
        facts = json.loads(await live.one("SELECT facts FROM trouble"))
        assert facts == {"older": "hub", "ours": "1", "theirs": "2 - 3"}

        agent.presence("online")
        async with asyncio.timeout(10):
            while True:
                (signs, _) = await signs_of_all(live.kernel, LagBook())
                tile = tile_of(signs, live.kernel.clock.now())
                if tile.state is State.VERSION:
                    break
                await asyncio.sleep(0.01)
        assert (tile.tone, tile.older) == ("bad", "hub")

        agent.hello((1, 3))
        await until(lambda: any(isinstance(said, Down) and said.items for said in agent.heard))
        assert live.kernel.directory.older("s1") is None
        assert live.kernel.directory.is_in_reach("s1")
    assert await live.one("SELECT COUNT(*) FROM trouble") == 1


async def test_a_message_of_a_newer_version_is_counted_apart_from_garbage(live: SmallHub) -> None:
    broker = MemoryBroker()
    ledger = await enrol(live)
    async with serving(live, broker) as worker, playing(ledger, broker) as agent:
        topic = store_topic("s1", "up")
        for payload in (b'j{"kind":"up","v":2}', b'j{"v":7}', b'j{"kind":"up","v":1}'):
            agent.link.publish(topic, payload)
        await until(lambda: worker.undecodable == 1)
        assert worker.newer == 2
