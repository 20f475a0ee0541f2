"""The link without a network: the same contract as over a real broker, inside one process.

Shipped, not only for tests: it lets a hub and its agents run in one process for trials and exhibitions.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from random import Random

from sync.link.backoff import Backoff
from sync.link.errors import LinkLostError
from sync.link.event_queue import EventQueue
from sync.link.memory_broker import MemoryBroker
from sync.link.port import Connected, Disconnected, LinkConfig, LinkEvent, LossReason, Message
from sync.link.requirements import require_config, require_size
from sync.link.topics import require_topic


class MemoryLink:
    """A ``Link`` to a ``MemoryBroker`` of the same event loop; see ``port.Link`` for each method.

    Args:
        config: As for a real broker; the address is read but not used.
        broker: The broker to attach to.
        random: Source of the jitter.
    """

    def __init__(self, config: LinkConfig, broker: MemoryBroker, *, random: Random | None = None) -> None:
        require_config(config)
        self.config = config
        self._broker = broker
        self._queue = EventQueue()
        self._backoff = Backoff(config, random or Random(0))
        self._wake = asyncio.Event()
        self._returned = asyncio.Event()
        self._loss: asyncio.Future[LinkLostError] | None = None
        self._last_loss: LossReason | None = None
        self._closing = False
        self._running = False
        self._oversized = 0

    @property
    def connected(self) -> bool:
        """True between ``Connected`` and ``Disconnected``."""
        return self._loss is not None and not self._loss.done()

    @property
    def dropped(self) -> int:
        """Messages that arrived and could not be taken."""
        return self._queue.dropped + self._oversized

    async def run(self) -> None:
        """Keep attached until ``close``."""
        self._running = True
        try:
            while not self._closing:
                await self._attach_once()
        finally:
            self._broker.abandon(self)
            self._queue.end()
            self._returned.set()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Hand a message to the broker; False when not attached."""
        require_topic(topic)
        require_size(topic, payload, self.config.max_packet_bytes)
        if not self.connected:
            return False
        self._broker.publish(self.config.user, topic, payload, retain=retain)
        return True

    def events(self) -> AsyncIterator[LinkEvent]:
        """Yield what happens, in order, for one consumer; ends after ``close``."""
        return self._queue.events()

    def reconnect_now(self) -> None:
        """Cut a running pause short."""
        self._backoff.reset()
        self._wake.set()

    async def close(self) -> None:
        """Publish the will, leave the broker and let ``run`` return."""
        if self._closing:
            return
        self._closing = True
        self._wake.set()
        if self.connected:
            self._broker.abandon(self)
            self.lose(LossReason.CLOSED)
        if self._running:
            await self._returned.wait()

    def take(self, message: Message) -> None:
        """Receive a message from the broker."""
        if len(message.payload) > self.config.max_packet_bytes:
            self._oversized += 1
        else:
            self._queue.put(message)

    def lose(self, reason: LossReason) -> None:
        """Learn from the broker that the connection ended."""
        if self._loss is not None and not self._loss.done():
            self._loss.set_result(LinkLostError(reason))

    async def _attach_once(self) -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            self._broker.attach(self)
            self._loss = loop.create_future()
            self._last_loss = None
            self._queue.put(Connected())  # before the retained messages: those arrive in the loop's next turn
            loss = await self._loss
        except LinkLostError as error:
            loss, began_s = error, loop.time()
        finally:
            self._loss = None
        if loss.reason is not self._last_loss:
            self._last_loss = loss.reason
            self._queue.put(Disconnected(loss.reason, loss.detail))
        if not self._closing:
            await self._pause(self._backoff.pause_s(loss.reason, loop.time() - began_s))

    async def _pause(self, seconds: float) -> None:
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
