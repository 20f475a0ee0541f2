"""Two agents under fire, each on a link in memory: a witness, whose ledger must not change; a scapegoat."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prometheus_client import Counter

from pos_agent.agent import Agent
from pos_agent.db.migrate import migrate
from pos_agent.enrolment import SECRET_NAME, Broker, Enrolment
from pos_agent.fuzz.played_hub import SKUS, PlayedHub
from pos_agent.ledger.receive_stock import Delivery, receive_stock
from pos_agent.ledger.store_book import SqliteStoreBook
from pos_agent.link.compose import compose_up
from pos_agent.settings import AgentSettings
from sync.link.memory_broker import MemoryBroker
from sync.link.memory_link import MemoryLink
from sync.link.port import Link, LinkConfig, Message
from sync.rules.facts import Move, MoveLine
from sync.rules.store import fulfil, ledger
from sync.runtime.ids import new_id
from sync.runtime.supervision import Lifetime
from sync.simulator.fuzz.shots import Recorded
from sync.storage.incarnations import Incarnations
from sync.values.parts import part_of

WITNESS: Final = "north"
GOAT: Final = "goat"
"""Whom the enemy addresses with the hub's own credentials: its ledger may change."""
SINC: Final = 2
HINC: Final = 2
STEP_S: Final = 0.001
LIMIT_S: Final = 60.0
UNREAD: Final = ("undecodable", "newer_version", "failed")
"""Reasons of drops before a message's kind is known; what is dropped later was counted as received, too."""


def total(counter: Counter, only: tuple[str, ...] = ()) -> int:
    """A counter's sum over its labels, or over some of them."""
    samples = (sample for metric in counter.collect() for sample in metric.samples)
    return int(
        sum(
            sample.value
            for sample in samples
            if sample.name.endswith("_total") and (not only or set(sample.labels.values()) & set(only))
        )
    )


@dataclass(slots=True)
class FuzzedAgent:
    """One agent and the hub that was played for it."""

    agent: Agent
    link: MemoryLink
    hub: PlayedHub
    sent: int = 0
    heard: list[bytes] = field(default_factory=list)

    @property
    def counted(self) -> int:
        """Messages of which the agent's own counters tell."""
        metrics = self.agent.desk.metrics
        return total(metrics.received) + total(metrics.dropped, UNREAD) + self.link.dropped

    def fire(self, message: Message) -> None:
        """Let a message arrive."""
        self.sent += 1
        self.link.take(message)

    async def hear(self, *said: Recorded) -> None:
        """Let messages arrive, and wait until they were dealt with."""
        for one in said:
            self.fire(Message(one.topic, one.payload, retained=False))
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until every message was dealt with.

        Raises:
            TimeoutError: one never was.
        """
        async with asyncio.timeout(LIMIT_S):
            while self.counted < self.sent or self.agent.writer.waiting:  # noqa: ASYNC110  # no event tells
                await asyncio.sleep(STEP_S)

    async def exchange(self) -> None:
        """Carry messages to and fro until the hub that is played knows all, and the agent too."""
        for _ in range(50):
            packed = await self.agent.desk.ledger.run(
                lambda book: compose_up(book, self.hub.book.position().app, {}, None)
            )
            self.hub.hear(packed.payload)
            await self.hear(self.hub.down())
            at = await self.agent.desk.ledger.run(lambda book: book.position())
            there = self.hub.book.position()
            if (at.seq, at.heard, at.dver) == (there.app, there.app, there.ver) and there.heard == there.ver:
                return
        msg = f"hub and {self.hub.store} do not come to rest"
        raise RuntimeError(msg)


@asynccontextmanager
async def fuzzed_agents(folder: Path) -> AsyncIterator[dict[str, FuzzedAgent]]:
    """Witness and scapegoat, after a morning's trade."""
    async with AsyncExitStack() as stack:
        agents = {
            name: await stack.enter_async_context(_running(folder / name, name)) for name in (WITNESS, GOAT)
        }
        for one in agents.values():
            await _trade(one)
        yield agents


@asynccontextmanager
async def _running(folder: Path, store: str) -> AsyncIterator[FuzzedAgent]:
    """One agent's ledger and link; no pages, no devices."""
    settings = _furnished(folder, store)
    links: list[MemoryLink] = []

    def make_link(config: LinkConfig) -> Link:
        links.append(MemoryLink(config, MemoryBroker()))
        return links[0]

    broker = Broker(url="mqtt://memory:1", user=store)
    # Incarnations above 1, so that there is an earlier life of both sides to speak for.
    enrolment = Enrolment(store=store, part=part_of(store), sinc=SINC, hinc=HINC, broker=broker)
    agent = Agent(settings, enrolment, make_link=make_link)
    await agent.start()
    lifetime = Lifetime()
    serving = asyncio.create_task(agent.link.run(lifetime))
    try:
        while not links[0].connected:  # noqa: ASYNC110  # the connection has no event
            await asyncio.sleep(STEP_S)
        yield FuzzedAgent(agent, links[0], PlayedHub(store, is_goat=store == GOAT))
    finally:
        lifetime.stopping.set()
        await serving
        await agent.close()


def _furnished(folder: Path, store: str) -> AgentSettings:
    """An enrolled machine's folder."""
    folder.mkdir(parents=True)
    settings = AgentSettings(data_dir=folder)
    migrate(settings.database)
    secret = folder / SECRET_NAME
    secret.touch(0o600)
    secret.write_text("correct-horse-battery", "utf-8")
    Incarnations(folder).raise_to(store, SINC)
    return settings


async def _trade(one: FuzzedAgent) -> None:
    """Goods, sales, orders; what the hub said meanwhile is kept."""
    await one.hear(*one.hub.opening())
    desk = one.agent.desk
    goods = [(sku, 40) for sku in SKUS]
    delivery = Delivery(ref=new_id(), reason="opening", lines=goods, at=desk.at)
    await desk.ledger.run(lambda book: receive_stock(book, delivery))
    await one.exchange()
    for number in range(6):
        one.hub.order(number)
        if number % 2:
            await one.exchange()
    await desk.ledger.run(
        lambda book: fulfil.hand_over(book, f"{one.hub.store}-order-0", desk.at, "lin", "qr")
    )
    for number in range(6):
        await desk.ledger.run(lambda book, sku=SKUS[number % 4]: sell(book, sku, desk.at))  # type: ignore[misc]
        await one.exchange()


def sell(book: SqliteStoreBook, sku: str, at: str) -> None:
    """The till sells one."""
    line = MoveLine(sku=sku, qty=1, source="floor")
    ledger.book_move(book, Move(reason="sale", lines=(line,), at=at))
