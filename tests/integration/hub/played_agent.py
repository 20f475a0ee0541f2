"""An agent played over the in-memory link: the stores' real rules, a scripted connection."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hub.link.worker import LinkWorker
from sync.link.memory_broker import MemoryBroker
from sync.link.memory_link import MemoryLink
from sync.link.port import Connected, LinkConfig, Message
from sync.messages.codec import decode, encode
from sync.messages.topics import agent_subscriptions, hub_subscriptions, store_topic
from sync.rules.digest import Compare, Digest, Rows, fingerprint, rows_in
from sync.rules.streams import Ask, Down, Hello, Page
from sync.rules.streams import Message as Said
from sync.simulator.digests import rows_of_store
from tests.unit.hub.stock.small_chain import AT, Ledger, SmallHub

LIMIT_S = 10.0


def config(user: str, subscriptions: tuple[str, ...]) -> LinkConfig:
    """A connection that comes back at once."""
    return LinkConfig(
        url="mqtt://memory:1",
        user=user,
        secret="s",
        client_id=user,
        subscriptions=subscriptions,
        retry_min_s=0.01,
        retry_max_s=0.02,
    )


@asynccontextmanager
async def serving(hub: SmallHub, broker: MemoryBroker) -> AsyncIterator[LinkWorker]:
    """The hub's link worker on a broker in memory."""
    link = MemoryLink(config("hub", hub_subscriptions()), broker)
    worker = LinkWorker(hub.kernel, link, hub.wants)
    task = asyncio.create_task(worker.run())
    await until(lambda: worker.is_connected)
    try:
        yield worker
    finally:
        assert not task.done(), task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(is_so: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(limit_s):
        while not is_so():  # noqa: ASYNC110  # what is awaited has no event
            await asyncio.sleep(0.002)


@dataclass
class PlayedAgent:
    """An agent: answers DOWNs as the rules say, while `answers` is set."""

    ledger: Ledger
    link: MemoryLink
    answers: bool = True
    heard: list[Said] = field(default_factory=list)
    catalog: int = 0
    settings: int = 0

    @property
    def store(self) -> str:
        """Its store."""
        return self.ledger.position.store

    def say(self, message: Said) -> None:
        """Send a message up."""
        self.link.publish(store_topic(self.store, "up"), encode(message))

    def hello(self, protocol: tuple[int, int] = (1, 1)) -> None:
        """Say where it stands, and which versions it speaks."""
        position = self.ledger.position
        self.say(
            Hello(
                store=position.store,
                sinc=position.sinc,
                hinc=position.hinc,
                seq=position.seq,
                chain=position.chain,
                dver=position.dver,
                catalog=self.catalog,
                settings=self.settings,
                protocol_min=protocol[0],
                protocol_max=protocol[1],
                wall_clock=AT,
            )
        )

    def send_up(self) -> None:
        """Send what the hub was not heard to have."""
        self.say(self.ledger.up())

    def ask(self, name: str, since: int) -> None:
        """Ask for pages."""
        position = self.ledger.position
        self.say(Ask(store=position.store, sinc=position.sinc, name=name, since=since))  # type: ignore[arg-type]

    def digest(self) -> Digest:
        """Its balances as a digest."""
        position, rows = self.ledger.position, rows_of_store(self.ledger.book)
        return Digest(
            store=position.store,
            sinc=position.sinc,
            hinc=position.hinc,
            seq=position.seq,
            chain=position.chain,
            buckets=fingerprint(rows[sku] for sku in sorted(rows)),
        )

    def rows(self, buckets: tuple[int, ...]) -> Rows:
        """Its rows of some buckets, on one page."""
        position, rows = self.ledger.position, rows_of_store(self.ledger.book)
        return Rows(
            store=position.store,
            sinc=position.sinc,
            hinc=position.hinc,
            seq=position.seq,
            chain=position.chain,
            page=1,
            pages=1,
            buckets=buckets,
            rows=tuple(rows_in((rows[sku] for sku in sorted(rows)), buckets)),
        )

    def said(self, kind: type[Said]) -> list[Said]:
        """What was heard of one kind."""
        return [message for message in self.heard if isinstance(message, kind)]

    async def run(self) -> None:
        """Follow the link."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.link.run())
            async for event in self.link.events():
                if isinstance(event, Connected):
                    self.hello()
                    self.send_up()
                elif isinstance(event, Message) and event.topic != "omo/1/hub/presence":
                    self._hear(decode(event.payload))

    def _hear(self, message: Said) -> None:
        self.heard.append(message)
        match message:
            case Down() if self.answers:
                answer = self.ledger.take(message).answer
                position = self.ledger.position
                # a late report may have put back what the hub heard last: it is told again, items or not
                is_behind = message.base < position.dver
                if answer or is_behind or position.heard < position.seq:
                    self.send_up()
            case Compare() if self.answers and message.buckets:
                self.say(self.rows(message.buckets))
            case Compare() if self.answers:
                self.say(self.digest())
            case Page(name="catalog") if message.since <= self.catalog < message.to:
                self.catalog = message.to
            case Page(name="store") if message.since <= self.settings < message.to:
                self.settings = message.to
            case _:
                return

    def presence(self, state: str, sinc: int | None = None) -> None:
        """Say whether it is there."""
        said = {"state": state, "sinc": self.ledger.position.sinc if sinc is None else sinc, "at": AT}
        self.link.publish(store_topic(self.store, "presence"), json.dumps(said).encode(), retain=True)

    def health(self, at: str, sinc: int | None = None) -> None:
        """Say how the store is, as each half minute."""
        said = {"sinc": self.ledger.position.sinc if sinc is None else sinc, "at": at, "unsent": 0}
        self.link.publish(store_topic(self.store, "health"), json.dumps(said).encode(), retain=True)


@asynccontextmanager
async def playing(ledger: Ledger, broker: MemoryBroker) -> AsyncIterator[PlayedAgent]:
    """An agent that is connected and has said hello."""
    store = ledger.position.store
    agent = PlayedAgent(ledger, MemoryLink(config(store, agent_subscriptions(store)), broker))
    task = asyncio.create_task(agent.run())
    await until(lambda: agent.link.connected)
    try:
        yield agent
    finally:
        assert not task.done(), task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
