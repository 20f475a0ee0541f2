"""Faults of the in-memory broker: seeded, counted, and switchable at any time."""

import asyncio
from dataclasses import dataclass, field

import pytest

from sync.link.errors import LinkLostError
from sync.link.memory_broker import Faults, MemoryBroker
from sync.link.port import LinkConfig, LossReason, Message


@dataclass
class Ear:
    """A client that only listens."""

    config: LinkConfig
    heard: list[bytes] = field(default_factory=list)
    lost: list[LossReason] = field(default_factory=list)

    def take(self, message: Message) -> None:
        """Remember a message."""
        self.heard.append(message.payload)

    def lose(self, reason: LossReason) -> None:
        """Remember a loss."""
        self.lost.append(reason)


def ear(name: str = "ear") -> Ear:
    return Ear(LinkConfig("mqtt://memory", name, "s", name, ("#",)))


async def told(broker: MemoryBroker, count: int, wait_s: float = 0.1) -> list[int]:
    client = ear()
    broker.attach(client)
    for number in range(count):
        broker.publish("u", "t", str(number).encode(), retain=False)
    await asyncio.sleep(wait_s)
    return [int(payload) for payload in client.heard]


async def test_without_faults_everything_comes_once_and_in_order() -> None:
    assert await told(MemoryBroker(), 100) == list(range(100))


async def test_loss_loses_about_its_share_and_counts_it() -> None:
    broker = MemoryBroker(seed=3, faults=Faults(loss=0.3))
    heard = await told(broker, 1000)
    assert 620 <= len(heard) <= 780
    assert broker.lost == 1000 - len(heard)
    assert heard == sorted(set(heard))


async def test_duplicates_come_twice() -> None:
    broker = MemoryBroker(seed=3, faults=Faults(duplicate=0.5))
    heard = await told(broker, 100)
    assert sorted(set(heard)) == list(range(100))
    assert len(heard) == 100 + broker.duplicated > 120


async def test_reordering_loses_nothing_and_changes_the_order() -> None:
    heard = await told(MemoryBroker(seed=3, faults=Faults(reorder=0.3)), 100)
    assert sorted(heard) == list(range(100))
    assert heard != list(range(100))


async def test_delays_let_messages_overtake() -> None:
    heard = await told(MemoryBroker(seed=3, faults=Faults(delay_s=(0.0, 0.02))), 50)
    assert sorted(heard) == list(range(50))
    assert heard != list(range(50))


async def test_equal_seeds_give_equal_faults() -> None:
    faults = Faults(loss=0.2, duplicate=0.2, reorder=0.2)
    first = await told(MemoryBroker(seed=7, faults=faults), 200)
    second = await told(MemoryBroker(seed=7, faults=faults), 200)
    other = await told(MemoryBroker(seed=8, faults=faults), 200)
    assert first == second != other


async def test_a_cut_drops_one_user_refuses_it_and_spares_the_others() -> None:
    # given
    broker, one, two = MemoryBroker(), ear("one"), ear("two")
    broker.attach(one)
    broker.attach(two)

    # when
    broker.cut("one")

    # then
    assert (one.lost, two.lost) == ([LossReason.LOST], [])
    with pytest.raises(LinkLostError) as caught:
        broker.attach(one)
    assert caught.value.reason is LossReason.UNREACHABLE

    # when
    broker.restore("one")
    broker.attach(one)
    broker.publish("u", "t", b"1", retain=False)
    await asyncio.sleep(0)

    # then
    assert (one.heard, two.heard) == ([b"1"], [b"1"])


async def test_a_message_under_way_does_not_reach_a_connection_that_ended() -> None:
    # given
    broker, one = MemoryBroker(faults=Faults(delay_s=(0.01, 0.01))), ear("one")
    broker.attach(one)
    broker.publish("u", "t", b"late", retain=False)

    # when
    broker.cut()
    broker.restore()
    broker.attach(one)
    await asyncio.sleep(0.05)

    # then
    assert one.heard == []


async def test_a_second_connection_with_one_client_id_ends_the_first() -> None:
    # given
    broker, first, second = MemoryBroker(), ear("same"), ear("same")
    broker.attach(first)

    # when
    broker.attach(second)

    # then
    assert (first.lost, second.lost) == ([LossReason.LOST], [])
