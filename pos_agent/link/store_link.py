"""The agent's end of the line: says HELLO, sends the log, applies what comes, and catches up by itself.

Nothing here is the truth: positions are read from the ledger at each connection, so a message that
was lost, doubled or late changes nothing but when.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Final, Literal

from pos_agent.desk import Desk
from pos_agent.link import compose
from pos_agent.link.asking import Asking
from pos_agent.link.digest_teller import DigestTeller
from pos_agent.link.inbox import take_down, take_page
from pos_agent.link.rest_keeper import RestKeeper
from pos_agent.link.send_log import SendLog
from pos_agent.link.window import SendWindow
from sync.link.port import Connected, Disconnected, Link, LinkEvent, Message
from sync.messages.codec import decode, encode
from sync.messages.errors import NewerVersion, Undecodable
from sync.messages.topics import store_topic
from sync.rules.digest import Compare
from sync.rules.errors import RuleError
from sync.rules.streams import Down, Hello, Page, too_old
from sync.runtime.logging import get_logger
from sync.runtime.supervision import Lifetime
from sync.storage.errors import StorageError
from sync.values.clock import from_instant

log = get_logger(__name__)

COALESCE_S: Final = 0.002
"""Events of a burst wait this long for their neighbours."""
_WHOSE: Final[dict[str, Literal["hub", "store"]]] = {"ours": "store", "theirs": "hub"}
HELLO_EVERY_S: Final = 60.0
HEALTH_EVERY_S: Final = 30.0
TICK_S: Final = 0.5
SILENT_AFTER_S: Final = 150.0
"""A hub that was not heard for so long does not count as online, whatever the broker says."""


class StoreLink:
    """One store's line to the hub.

    Args:
        desk: the agent.
        link: the connection to the broker.
        random: source of the jitter.
    """

    def __init__(self, desk: Desk, link: Link, random: Random | None = None) -> None:
        self._desk = desk
        self._link = link
        random = random or Random()
        self._window = SendWindow(random)
        self._send_log = SendLog()
        self._asking = Asking()
        self._rests = RestKeeper(desk, self.want)
        self._wake = asyncio.Event()
        self._health_due = asyncio.Event()
        self._wants: dict[str, int] = {}
        self._has_to_answer = False
        self._heard_at_s = 0.0
        store = desk.enrolment.store
        self._up, self._presence, self._health = (
            store_topic(store, channel) for channel in ("up", "presence", "health")
        )
        self._digests = DigestTeller(desk, lambda payload: link.publish(self._up, payload), random)
        desk.line.want = self.want
        desk.board.changed = self._health_due.set
        desk.metrics.overflowed.set_function(lambda: link.dropped)
        self._drops: Counter[str] = Counter()

    def grown(self) -> None:
        """The log has news; called after each commit."""
        self._wake.set()

    def want(self, wants: Mapping[str, int]) -> None:
        """Ask the hub for units back to the floor with the next UP."""
        for sku, qty in wants.items():
            self._wants[sku] = max(qty, self._wants.get(sku, 0))
        self._wake.set()

    async def run(self, lifetime: Lifetime) -> None:
        """Keep the line until asked to stop."""
        with contextlib.suppress(StorageError):
            self._send_log.began(await self._desk.ledger.run(lambda book: book.position().seq))
        lifetime.ready()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._link.run(), name="link")
            loops = (self._receive, self._send, self._tick, self._tell_health, self._digests.run)
            working = [group.create_task(work(), name=work.__name__) for work in loops]
            await lifetime.until_stopping()
            await self._link.close()
            for task in working:
                task.cancel()

    async def _receive(self) -> None:
        async for event in self._link.events():
            try:
                await self._take(event)
            except StorageError as error:
                # Nothing was applied; the hub sends it again, so nothing is lost.
                self._drop("busy" if error.is_retryable else "disk", error)
            except Exception as error:  # the guard of the link's loop: no message may stop it
                log.exception("message.failed")
                self._drop("failed", error)

    async def _take(self, event: LinkEvent) -> None:
        match event:
            case Connected():
                await self._connected()
            case Disconnected():
                self._online(now=False)
            case Message():
                await self._message(event)

    async def _connected(self) -> None:
        """Subscribed anew: say who and where we are, and send everything the hub has not said it has."""
        sinc, at = self._desk.enrolment.sinc, self._desk.at
        self._link.publish(self._presence, compose.presence_payload("online", sinc, at), retain=True)
        self._asking.forget()
        self._digests.connected()
        await self._say_hello()
        heard = await self._desk.ledger.run(lambda book: book.position().heard)
        self._window.restart(heard)
        self._wake.set()
        self._health_due.set()

    async def _say_hello(self) -> None:
        at = self._desk.at
        hello = await self._desk.ledger.run(lambda book: compose.compose_hello(book, at))
        self._link.publish(self._up, encode(hello))

    async def _message(self, message: Message) -> None:
        if message.topic.endswith("/presence"):
            self._desk.metrics.received.labels("presence").inc()
            return
        try:
            decoded = decode(message.payload)
        except NewerVersion as error:
            self._drop("newer_version", error)
            return
        except Undecodable as error:
            self._drop("undecodable", error)
            return
        self._desk.metrics.received.labels(decoded.kind).inc()
        match decoded:
            case Down():
                await self._down(decoded)
            case Page():
                await self._page(decoded)
            case Hello() if decoded.store == self._desk.enrolment.store:
                self._hello(decoded)
            case Compare():
                self._digests.asked(decoded)
            case _:
                self._drop("foreign", None)

    async def _down(self, down: Down) -> None:
        self._heard()
        try:
            taken = await take_down(self._desk, down)
        except RuleError as error:
            self._drop(error.code, error)
            return
        now_s = self._desk.clock.monotonic()
        if taken.received.verdict == "new_hub":
            self._window.restart(taken.position.heard)
        else:
            self._window.was_heard(taken.position.heard, now_s)
        self._send_log.heard(taken.position.heard)
        self._has_to_answer = self._has_to_answer or taken.answer
        self._wake.set()

    async def _page(self, page: Page) -> None:
        self._heard()
        result = await take_page(self._desk, page)
        now_s = self._desk.clock.monotonic()
        if result.ask_since is None:
            self._asking.moved(page.name, now_s)
        else:
            self._asking.gap(page.name, result.ask_since, now_s)
        self._ask_due()

    def _hello(self, hello: Hello) -> None:
        """The hub says where it stands: how far our clocks are apart, and that somebody is there."""
        self._heard()
        apart = self._desk.clock.now() - from_instant(hello.wall_clock)
        self._desk.line.skew_ms = round(apart.total_seconds() * 1000)
        self._versions(hello)
        if self._window.greeted(self._desk.clock.monotonic()):
            self._wake.set()

    def _versions(self, hello: Hello) -> None:
        """Whether we share a version of the protocol; if not, whose program must be updated."""
        line, side = self._desk.line, too_old(hello)
        older = _WHOSE[side] if side else None
        if older == line.older:
            return
        line.older = older
        if older:
            log.error("hub.versions_differ", older=older, app_version=hello.app_version)
        self._desk.screens.publish("status", "line", {"online": line.is_online, "since": line.since})

    def _heard(self) -> None:
        self._heard_at_s = self._desk.clock.monotonic()
        self._online(now=True)

    def _online(self, *, now: bool) -> None:
        """Keep and tell whether the hub is there; once per change."""
        line = self._desk.line
        if line.is_online == now and line.since is not None:
            return
        line.is_online, line.since = now, self._desk.at
        self._desk.metrics.online.set(int(now))
        self._desk.screens.publish("status", "line", {"online": now, "since": line.since})

    async def _send(self) -> None:
        """Send what is new; wait for the next commit, or for a resend to be due."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._window.due_in_s(self._desk.clock.monotonic())):
                    await self._wake.wait()
            await asyncio.sleep(COALESCE_S)
            self._wake.clear()
            if not self._link.connected:
                await self._wake.wait()
                continue
            try:
                await self._send_news()
            except StorageError as error:
                log.warning("up.delayed", problem=str(error))
                await asyncio.sleep(TICK_S)
                self._wake.set()

    async def _send_news(self) -> None:
        now_s = self._desk.clock.monotonic()
        if self._window.resend(now_s):
            self._desk.metrics.resends.inc()
        while self._window.is_open or self._has_to_answer or self._wants:
            wants, self._wants = self._wants, {}
            must_go, self._has_to_answer = self._has_to_answer or bool(wants), False
            after = self._window.sent
            departure = self._send_log.departure(self._desk.at, self._desk.line.skew_ms)
            command = partial(compose.compose_up, after=after, wants=wants, departure=departure)
            packed = await self._desk.ledger.run(command)
            if not packed.count and not must_go:
                return
            if not self._link.publish(self._up, packed.payload):
                self._has_to_answer = must_go
                return
            self._desk.metrics.sent.inc(packed.count)
            self._send_log.went_out(after + 1, packed.last, departure.at)
            self._window.went_out(packed.last, self._desk.clock.monotonic())

    async def _tick(self) -> None:
        """What happens by the clock: HELLO each minute, questions that are due, a silent hub."""
        said_at_s = self._desk.clock.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            now_s = self._desk.clock.monotonic()
            with contextlib.suppress(StorageError):
                await self._rests.tick()
            if not self._link.connected:
                continue
            self._ask_due()
            if now_s - self._heard_at_s > SILENT_AFTER_S:
                self._online(now=False)
            if now_s - said_at_s >= HELLO_EVERY_S:
                said_at_s = now_s
                with contextlib.suppress(StorageError):
                    await self._say_hello()

    def _ask_due(self) -> None:
        for name, since in self._asking.due(self._desk.clock.monotonic()):
            self._link.publish(self._up, compose.compose_ask(self._desk, name, since))

    async def _tell_health(self) -> None:
        """Say how this store is, every half minute and when a device changes."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HEALTH_EVERY_S):
                    await self._health_due.wait()
            self._health_due.clear()
            self._desk.screens.publish("status", "devices", None)
            with contextlib.suppress(StorageError):
                payload = await compose.health_payload(self._desk)
                self._link.publish(self._health, payload, retain=True)
            await asyncio.sleep(TICK_S)

    def _drop(self, reason: str, error: BaseException | None) -> None:
        """Count a message that changes nothing; the text goes to the log ever more rarely, bytes never."""
        self._desk.metrics.dropped.labels(reason).inc()
        self._drops[reason] += 1
        if self._drops[reason].bit_count() == 1:
            problem = str(error)[:200] if error else ""
            log.warning("message.dropped", reason=reason, problem=problem, dropped=self._drops[reason])
