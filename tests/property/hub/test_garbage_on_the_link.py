"""Any bytes on any topic: the link worker goes on, and the books stay as they are."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.link.worker import LinkWorker
from sync.link.memory_broker import MemoryBroker
from sync.link.memory_link import MemoryLink
from sync.link.port import Message
from sync.messages.codec import encode
from sync.messages.topics import hub_subscriptions, store_topic
from sync.rules.digest import BUCKETS, EMPTY, Digest, Rows
from sync.rules.streams import Ask, Hello, Up
from tests.integration.hub.played_agent import config
from tests.unit.hub.stock.small_chain import AT, enrol, everything, exchange, small_hub

BOOKS = ("stock", "hold_line", "orders", "order_line", "payment", "event", "dead_letter", "idempotency_key")
own_topics = [
    store_topic(store, channel) for store in ("s1", "s2", "s9") for channel in ("up", "presence", "health")
]
topics = st.sampled_from(own_topics) | st.text(max_size=40)
counters = st.integers(0, 2**53)
stores = st.sampled_from(["s1", "s2", "s9"])
strangers = st.one_of(
    st.builds(
        Up,
        store=stores,
        sinc=st.integers(2, 9),
        hinc=counters,
        first=st.integers(1, 10**9),
        chain_before=st.just("0" * 16),
        head=counters,
        dver=counters,
    ),
    st.builds(
        Hello, store=stores, sinc=counters, hinc=st.integers(2, 9), seq=counters, wall_clock=st.just(AT)
    ),
    st.builds(
        Digest,
        store=stores,
        sinc=counters,
        hinc=counters,
        seq=counters,
        chain=st.just("0" * 16),
        buckets=st.just(EMPTY * BUCKETS),
    ),
    st.builds(
        Rows,
        store=stores,
        sinc=counters,
        hinc=counters,
        seq=counters,
        chain=st.just("0" * 16),
        page=st.integers(1, 64),
        pages=st.integers(1, 64),
        buckets=st.just((1, 2)),
    ),
    st.builds(Ask, store=stores, sinc=counters, name=st.sampled_from(["catalog", "store"]), since=counters),
)
payloads = st.one_of(
    st.binary(max_size=60),
    st.binary(max_size=60).map(lambda rest: b"j" + rest),
    st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8), max_size=4).map(
        lambda value: b"j" + str(value).replace("'", '"').encode(errors="replace")
    ),
    strangers.map(encode),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(st.tuples(topics, payloads), min_size=1, max_size=40))
def test_no_bytes_on_any_topic_change_the_books(schema: Path, messages: list[tuple[str, bytes]]) -> None:
    async def play(folder: Path) -> None:
        async with small_hub(folder, schema) as hub:
            store = await enrol(hub)
            store.receive("tea", 5)
            await exchange(hub, store)
            before = books(hub.path)
            broker = MemoryBroker()
            worker = LinkWorker(hub.kernel, MemoryLink(config("hub", hub_subscriptions()), broker), hub.wants)
            task = asyncio.create_task(worker.run())
            async with asyncio.timeout(20):
                for topic, payload in messages:
                    await worker._slots.acquire()
                    await worker._guarded(Message(topic, payload, retained=False), 0)
                await asyncio.sleep(0.01)
            assert not task.done()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert books(hub.path) == before

    def books(path: Path) -> dict[str, list[tuple[Any, ...]]]:
        return {name: rows for name, rows in everything(path).items() if name in BOOKS}

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder)))
