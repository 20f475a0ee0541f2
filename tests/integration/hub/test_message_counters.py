"""Every message of a store is counted by what became of it, and garbage is logged ever more rarely."""

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from hub.metrics import hub_registry
from sync.link.memory_broker import MemoryBroker
from sync.messages.codec import encode
from sync.messages.topics import store_topic
from sync.rules.streams import Hello
from tests.integration.hub.played_agent import playing, serving, until
from tests.unit.hub.stock.small_chain import AT, SmallHub, enrol


async def test_what_became_of_each_message_stands_at_metrics(hub: SmallHub) -> None:
    broker, ledger = MemoryBroker(), await enrol(hub)
    async with serving(hub, broker) as worker, playing(ledger, broker) as agent:
        await until(lambda: sum(worker.outcomes.values()) == 2)  # its greeting and its first UP
        stranger = encode(Hello(store="s2", sinc=1, hinc=1, wall_clock=AT))
        for payload in (b"", b"jx", b"z\x00", stranger, b'j{"kind":"up","v":2}'):
            agent.link.publish(store_topic("s1", "up"), payload)
        agent.link.publish(store_topic("s1", "health"), b"[]")
        agent.presence("offline", sinc=0)
        await until(lambda: sum(worker.outcomes.values()) == 9)
        told = generate_latest(hub_registry(hub.kernel, worker)).decode()
    assert 'omo_hub_messages_total{outcome="undecodable"} 5.0' in told
    assert 'omo_hub_messages_total{outcome="newer"} 1.0' in told
    assert 'omo_hub_messages_total{outcome="presence_former"} 1.0' in told
    assert 'omo_hub_messages_total{outcome="hello"} 1.0' in told
    assert 'omo_hub_messages_total{outcome="up_known"} 1.0' in told
    assert "omo_hub_messages_overflowed_total 0.0" in told
    assert "omo_hub_messages_undecodable_total 5.0" in told


@pytest.mark.parametrize(("sent", "lines"), [(1, 1), (100, 7), (1_000, 10)])
async def test_garbage_is_logged_ever_more_rarely(hub: SmallHub, sent: int, lines: int) -> None:
    broker, ledger = MemoryBroker(), await enrol(hub)
    with capture_logs() as logs:
        async with serving(hub, broker) as worker, playing(ledger, broker) as agent:
            for _ in range(sent):
                agent.link.publish(store_topic("s1", "up"), b"garbage")
            await until(lambda: worker.undecodable == sent)
    assert len([line for line in logs if line["event"] == "link.undecodable"]) == lines
