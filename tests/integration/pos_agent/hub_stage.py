"""A hub for tests of the line: the real rules over the simulator's books, on an in-memory link."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random

from sync.link.memory_broker import MemoryBroker
from sync.link.memory_link import MemoryLink
from sync.link.port import LinkConfig, Message
from sync.messages.codec import decode, encode, parse_fact
from sync.messages.topics import CATALOG, hub_subscriptions, store_topic
from sync.rules.books import HubPosition
from sync.rules.central.apply_up import apply_up
from sync.rules.central.make_down import make_down
from sync.rules.central.promise import dispatch, hold_units
from sync.rules.digest import Compare, Digest, Rows
from sync.rules.holds import HubLine
from sync.rules.items import HoldItem
from sync.rules.streams import Ask, Hello, Page, Up
from sync.simulator.books import HubDictionary


@dataclass(slots=True)
class HubStage:
    """One store's end at the hub."""

    broker: MemoryBroker
    store: str
    skus: list[str]
    book: HubDictionary = field(init=False)
    link: MemoryLink = field(init=False)
    pages: dict[str, list[Page]] = field(default_factory=dict)
    hellos: list[Hello] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    ups: list[Up] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)
    presence: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = HubDictionary(HubPosition(store=self.store, sinc=1, hinc=1), self.skus)
        config = LinkConfig(
            url="mqtt://127.0.0.1:1",
            user="hub",
            secret="s",
            client_id="hub",
            subscriptions=hub_subscriptions(),
            retry_min_s=0.01,
            retry_max_s=0.02,
        )
        self.link = MemoryLink(config, self.broker, random=Random(1))

    async def serve(self) -> None:
        """Answer what arrives until cancelled."""
        async for event in self.link.events():
            if isinstance(event, Message):
                self._take(event)

    def _take(self, message: Message) -> None:
        if message.topic.endswith("/presence"):
            self.presence.append(message.payload)
        if not message.topic.endswith("/up"):
            return
        decoded = decode(message.payload)
        match decoded:
            case Hello():
                self.hellos.append(decoded)
                self.say_hello()
                self._send_pages(decoded)
                self.send_down()
            case Up():
                self.ups.append(decoded)
                apply_up(self.book, decoded, parse_fact)
                self.book.commit()
                self.send_down()
            case Digest():
                self.digests.append(decoded)
            case Rows():
                self.rows.append(decoded)
            case Ask():
                self.asks.append(decoded)
                for page in self.pages.get(decoded.name, []):
                    if page.to > decoded.since:
                        self.publish(page)

    def say_hello(self, protocol: tuple[int, int] = (1, 1)) -> None:
        """Say where the hub stands, and which versions it speaks."""
        position = self.book.position()
        hello = Hello(
            store=self.store,
            sinc=position.sinc,
            hinc=position.hinc,
            protocol_min=protocol[0],
            protocol_max=protocol[1],
            wall_clock="2026-05-01T04:00:00.000Z",
        )
        self.publish(hello)

    def _send_pages(self, hello: Hello) -> None:
        for name, known in (("catalog", hello.catalog), ("store", hello.settings)):
            for page in self.pages.get(name, []):
                if page.to > known:
                    self.publish(page)

    def publish(self, message: Page | Hello | Compare) -> None:
        """Say something on the store's topic."""
        self.link.publish(store_topic(self.store, "down"), encode(message))

    def publish_to_all(self, page: Page) -> None:
        """Say a catalogue delta to every store."""
        self.link.publish(CATALOG, encode(page))

    def raw(self, payload: bytes) -> None:
        """Say any bytes on the store's topic."""
        self.link.publish(store_topic(self.store, "down"), payload)

    def send_down(self) -> None:
        """Tell what changed."""
        self.link.publish(store_topic(self.store, "down"), encode(make_down(self.book)))

    def order(self, item: HoldItem) -> None:
        """Place and dispatch an order."""
        lines = [HubLine(order=item.order, line=line.line, sku=line.sku, qty=line.qty) for line in item.lines]
        hold_units(self.book, lines)
        dispatch(self.book, item)
        self.book.commit()
        self.send_down()

    def restore(self) -> None:
        """Come back from a backup: a higher incarnation."""
        position = self.book.position()
        self.book.put_position(replace(position, hinc=position.hinc + 1, heard=0))
        self.book.commit()


@asynccontextmanager
async def running(hub: HubStage) -> AsyncIterator[HubStage]:
    """A hub that serves."""
    async with asyncio.TaskGroup() as group:
        serving = [group.create_task(hub.link.run()), group.create_task(hub.serve())]
        try:
            yield hub
        finally:
            await hub.link.close()
            for task in serving:
                task.cancel()


async def until(true: object, limit_s: float = 5.0) -> None:
    """Wait until `true()` holds."""
    assert callable(true)
    async with asyncio.timeout(limit_s):
        while not true():  # noqa: ASYNC110  # what is waited for has no event to tell it
            await asyncio.sleep(0.005)
