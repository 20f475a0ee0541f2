"""The link worker: serves the streams of all stores over one connection to the broker."""

import asyncio
import json
from collections import Counter
from typing import Final

from hub.catalogue import queries as catalogue
from hub.kernel import Kernel
from hub.link import versions
from hub.link.compare_desk import CompareDesk
from hub.link.hear import HearUp, ReadDown
from hub.link.page_desk import ALL, PageDesk
from hub.link.read_state import is_live, is_of, read_object
from hub.link.sender import Sender
from hub.link.watch import Watch
from hub.monitor.keep_health import KeepHealth
from hub.monitor.keep_health import Said as SaidState
from hub.stock.news import tell_shelves
from hub.stock.want_desk import WantDesk
from hub.stores import queries as stores
from hub.trace.keep_hops import HopKeeper
from hub.trace.rules import Arrival
from sync.link.port import Connected, Disconnected, Link, Message
from sync.messages.codec import decode, encode
from sync.messages.errors import NewerVersion, Undecodable
from sync.messages.topics import HUB_PRESENCE, StoreTopic, parse_topic, store_topic
from sync.rules.books import HubPosition
from sync.rules.central.make_down import acknowledgement
from sync.rules.digest import Digest, Rows
from sync.rules.streams import Ask, Down, Hello, Page, Up, UpVerdict
from sync.rules.streams import Message as Said
from sync.runtime.logging import get_logger
from sync.storage.errors import StorageError

TICK_S: Final = 0.25
HELLO_S: Final = 60.0
AT_ONCE: Final = 64
"""Messages in work at the same time: enough to fill the writer's groups."""

log = get_logger(__name__)


class LinkWorker:
    """Serves all stores.

    Args:
        kernel: the hub.
        link: the connection to the broker.
        wants: hears which questions the stores have answered.
    """

    def __init__(self, kernel: Kernel, link: Link, wants: WantDesk) -> None:
        self._kernel = kernel
        self._link = link
        self._wants = wants
        self._senders: dict[str, Sender] = {}
        self._dirty: set[str] = set()
        self._has_news = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self.pages = PageDesk(kernel, link)
        self.watch = Watch(kernel, self.pages)
        self.comparing = CompareDesk(kernel, link)
        self.hops = HopKeeper(kernel)
        self.undecodable = 0
        self.newer = 0
        self.events_applied = 0
        self.outcomes: Counter[str] = Counter()
        kernel.wake = self.wake

    @property
    def is_connected(self) -> bool:
        """Whether the broker is there."""
        return self._link.connected

    @property
    def overflowed(self) -> int:
        """Messages that nobody read: the queue was full, or they were too large."""
        return self._link.dropped

    def wake(self, store: str) -> None:
        """A store has news to hear; one that would misread it has none."""
        if self._kernel.directory.older(store):
            return
        sender = self._sender(store)
        if sender.is_busy:
            sender.is_dirty = True
            return
        self._dirty.add(store)
        self._has_news.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._link.run())
            group.create_task(self._send_news())
            group.create_task(self._tick())
            group.create_task(self.pages.run())
            group.create_task(self.watch.run())
            group.create_task(self.comparing.run())
            group.create_task(self.hops.run())
            async for event in self._link.events():
                match event:
                    case Connected():
                        self._on_connected()
                    case Disconnected():
                        log.warning("link.lost", reason=event.reason, detail=event.detail)
                    case Message():
                        at_ms = self.hops.now_ms()
                        await self._slots.acquire()
                        group.create_task(self._guarded(event, at_ms))

    def _on_connected(self) -> None:
        """Say that a hub serves, and send every store what it lacks."""
        log.info("link.connected")
        said = {"state": "online", "hinc": self._kernel.hinc, "at": self._kernel.instant()}
        self._link.publish(HUB_PRESENCE, json.dumps(said).encode(), retain=True)
        for store in self._kernel.directory.all():
            self._sender(store.id).reset()
            if store.sinc:
                self._publish(store.id, self._hello(store.id, store.sinc))
                self.wake(store.id)

    async def _guarded(self, message: Message, at_ms: int) -> None:
        """Handle one message, which came at `at_ms`, and count what became of it; the loop goes on."""
        outcome = "failed"
        try:
            outcome = await self._hear(message, at_ms)
        except StorageError as error:
            outcome = "not_kept"
            log.warning("link.not_kept", topic=message.topic, code=error.code)
        except Exception:
            log.exception("link.message_failed", topic=message.topic)
        finally:
            self.outcomes[outcome] += 1
            self._slots.release()

    async def _hear(self, message: Message, at_ms: int) -> str:
        """Sort a message by topic and kind; returns what became of it."""
        topic = parse_topic(message.topic)
        if topic is None or self._kernel.directory.get(topic.store) is None:
            return self._drop("link.misplaced", store="", why="no store's topic")
        if topic.channel in {"presence", "health"}:
            return await self._hear_state(topic, message)
        try:
            said = decode(message.payload)
        except NewerVersion as error:
            self.newer += 1
            if self.newer.bit_count() == 1:
                log.warning("link.newer_version", store=topic.store, why=str(error), dropped=self.newer)
            return "newer"
        except Undecodable as error:
            return self._drop("link.undecodable", store=topic.store, why=str(error)[:200])
        return await self._hear_said(topic.store, said, at_ms)

    async def _hear_said(self, store: str, said: Said, at_ms: int) -> str:
        """Do what a message asks, if the store whose topic it came on says it of itself."""
        match said:
            case Up() if said.store == store:
                return f"up_{await self._hear_up(said, at_ms)}"
            case Hello() if said.store == store:
                await self._hear_hello(said, at_ms)
            case Ask() if said.store == store:
                self.pages.want(said.store, said.name, said.since)
            case Digest() | Rows() if said.store == store:
                self.comparing.take(said)
            case _:
                return self._drop("link.misplaced", store=store, why=said.kind)
        return said.kind

    def _drop(self, event: str, *, store: str, why: str) -> str:
        """Count garbage, and log it ever more rarely: a broken store must not fill the disk with lines."""
        self.undecodable += 1
        if self.undecodable.bit_count() == 1:
            log.warning(event, store=store, why=why, dropped=self.undecodable)
        return "undecodable"

    async def _hear_up(self, up: Up, at_ms: int) -> UpVerdict:
        """Apply an UP, answer it, and tell who waits."""
        heard = await self._kernel.writer.run(HearUp(self._kernel, up))
        applied_ms = self.hops.now_ms()
        position, verdict = heard.position, heard.applied.verdict
        self.events_applied += heard.applied.events
        if verdict == "split":
            log.error("link.chain_split", store=up.store, app=position.app, first=up.first)
            return verdict
        sender = self._sender(up.store)
        if verdict in {"apply", "known", "gap"}:
            self._kernel.directory.heard(up.store)
            sender.heard(up.dver)
            self.hops.heard(up.store, up.dver, at_ms)
            self._wants.heard(up.store, up.dver, is_whole=position.app >= up.head)
        may_tell = sender.may_send(self._kernel.clock.monotonic()) and not self._kernel.directory.older(
            up.store
        )
        if position.ver > position.heard and may_tell:
            await self._send_down(up.store)
        elif up.events or verdict != "known":
            self._publish(up.store, acknowledgement(position))
        pages = tell_shelves(self._kernel.events, up.store, heard.skus)
        for token in heard.tokens:
            pages += self._kernel.events.publish(f"order:{token}", "order", {})
        arrival = Arrival(at_ms, applied_ms, self.hops.now_ms(), pages)
        self.hops.applied(up, position.app, heard.applied.events, arrival)
        return verdict

    async def _hear_hello(self, hello: Hello, at_ms: int) -> None:
        """A store says where it stands: greet it, send items and pages that it lacks."""
        heard = await self._kernel.writer.run(HearUp(self._kernel, as_up(hello)))
        if heard.applied.verdict == "split":
            log.error("link.chain_split", store=hello.store, app=heard.position.app, first=hello.seq + 1)
            return
        if heard.position.sinc != hello.sinc:
            self._publish(hello.store, acknowledgement(heard.position))
            return
        if await versions.differ(self._kernel, hello):
            self._publish(hello.store, self._hello(hello.store, heard.position.sinc))
            self._publish(hello.store, acknowledgement(heard.position))
            return
        self.comparing.greeted(hello.store)
        if hello.hinc == self._kernel.hinc:
            self.hops.heard(hello.store, hello.dver, at_ms)
        self._kernel.directory.heard(hello.store)
        self._wants.heard(hello.store, hello.dver, is_whole=heard.position.app >= hello.seq)
        self._sender(hello.store).reset()
        self._publish(hello.store, self._hello(hello.store, heard.position.sinc))
        await self._send_down(hello.store)
        same_hub = hello.hinc == self._kernel.hinc
        settings, catalog = (hello.settings, hello.catalog) if same_hub else (0, 0)
        if settings < await stores.newest_entry(self._kernel.reader, hello.store):
            self.pages.want(hello.store, "store", settings)
        if catalog < await catalogue.newest_version(self._kernel.reader):
            self.pages.want(hello.store, "catalog", catalog)

    def _hello(self, store: str, sinc: int) -> Hello:
        """The hub's own greeting."""
        return Hello(store=store, sinc=sinc, hinc=self._kernel.hinc, wall_clock=self._kernel.instant())

    async def announce_catalogue(self, since: int) -> None:
        """Tell all stores at once what changed in the catalogue above `since`."""
        self.pages.announce(ALL, "catalog", since)

    async def announce_store(self, store: str, since: int) -> None:
        """Tell a store what changed in its entries above `since`."""
        self.pages.announce(store, "store", since)

    async def _send_news(self) -> None:
        """Send DOWNs to stores that have news, as soon as they may have one."""
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            dirty, self._dirty = sorted(self._dirty), set()
            now = self._kernel.clock.monotonic()
            due = [store for store in dirty if self._link.connected and self._sender(store).may_send(now)]
            for start in range(0, len(due), AT_ONCE):
                await asyncio.gather(*[self._send_down(store) for store in due[start : start + AT_ONCE]])

    async def _send_down(self, store: str) -> None:
        """Send a store what it has not heard; what fails is tried again by the watch."""
        sender = self._sender(store)
        if sender.is_busy:
            sender.is_dirty = True
            return
        sender.is_busy = True
        try:
            read = ReadDown(self._kernel, store)
            down, position = await self._kernel.writer.run(read)
            if self._say_down(store, down, position):
                self.hops.sent(store, read.items)
        except StorageError as error:
            log.warning("link.not_read", store=store, code=error.code)
        except Exception:  # the loop guard: one store's trouble must not silence the others
            log.exception("link.down_failed", store=store)
        finally:
            sender.is_busy = False
        if sender.is_dirty:
            sender.is_dirty = False
            self.wake(store)

    def _say_down(self, store: str, down: Down, position: HubPosition) -> bool:
        """Send a DOWN, and remember it when it holds items; returns whether it is on its way."""
        if down.ver > position.heard:
            self._sender(store).sent(down.ver, self._kernel.clock.monotonic())
        return self._publish(store, down)

    async def _tick(self) -> None:
        """Resend what was not acknowledged, and greet now and then."""
        greeted = self._kernel.clock.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            now = self._kernel.clock.monotonic()
            for store, sender in self._senders.items():
                if sender.is_due(now) and self._link.connected:
                    self.wake(store)
            if now - greeted >= HELLO_S:
                greeted = now
                for facts in self._kernel.directory.all():
                    if facts.sinc:
                        self._publish(facts.id, self._hello(facts.id, facts.sinc))

    async def _hear_state(self, topic: StoreTopic, message: Message) -> str:
        """Keep presence and health as the store told them; returns what became of it."""
        said = read_object(message.payload)
        if said is None:
            return self._drop("link.undecodable", store=topic.store, why=topic.channel)
        facts = self._kernel.directory.get(topic.store)
        if facts is not None and not is_of(said, facts.sinc):
            return f"{topic.channel}_former"
        if topic.channel == "presence" and said.get("state") == "offline":
            self._kernel.directory.lost(topic.store)
        elif topic.channel == "health" and facts is not None and is_live(said, facts.sinc, message):
            self._kernel.directory.heard(topic.store)
        await self._kernel.writer.run(
            KeepHealth(topic.store, topic.channel, SaidState(said), self._kernel.instant())
        )
        self._kernel.events.publish("board", "store", {"store": topic.store})
        return topic.channel

    def _publish(self, store: str, message: Down | Hello | Page) -> bool:
        """Send a message down to a store; what is lost is sent again by the protocol."""
        return self._link.publish(store_topic(store, "down"), encode(message))

    def _sender(self, store: str) -> Sender:
        """What is remembered of a store's downward stream."""
        if store not in self._senders:
            self._senders[store] = Sender()  # each seeds its own jitter: not for every message
        return self._senders[store]


def as_up(hello: Hello) -> Up:
    """A greeting as an UP without events: it tells how far the store is in both streams, and its chain."""
    return Up(
        store=hello.store,
        sinc=hello.sinc,
        hinc=hello.hinc,
        first=hello.seq + 1,
        chain_before=hello.chain,
        head=hello.seq,
        dver=hello.dver,
    )
