"""The link over a real broker: paho-mqtt 2 driven by asyncio, MQTT 3.1.1, QoS 1, clean sessions.

This part keeps a connection alive and reports; one connection's life is in ``paho_session``.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from random import Random

import structlog

from sync.link.backoff import Backoff
from sync.link.errors import LinkLostError
from sync.link.event_queue import EventQueue
from sync.link.paho_session import PahoSession
from sync.link.port import Connected, Disconnected, LinkConfig, LinkEvent, LossReason
from sync.link.requirements import require_config, require_size
from sync.link.topics import require_topic

log = structlog.get_logger(__name__)


class PahoLink:
    """A ``Link`` to an MQTT 3.1.1 broker; see ``port.Link`` for each method.

    Args:
        config: Where to connect and as whom.
        random: Source of the jitter; a seeded one makes pauses repeat.

    Raises:
        BadAddressError: The URL cannot be read.
        BadTopicError: A subscription or the will's topic is malformed.
    """

    def __init__(self, config: LinkConfig, *, random: Random | None = None) -> None:
        require_config(config)
        self._config = config
        self._queue = EventQueue()
        self._backoff = Backoff(config, random or Random())
        self._session: PahoSession | None = None
        self._wake = asyncio.Event()
        self._closing = False
        self._running = False
        self._returned = asyncio.Event()
        self._last_loss: LossReason | None = None
        self._untaken = 0

    @property
    def connected(self) -> bool:
        """True between ``Connected`` and ``Disconnected``."""
        return self._session is not None

    @property
    def dropped(self) -> int:
        """Messages that arrived and could not be taken."""
        untaken_now = self._session.untaken if self._session else 0
        return self._queue.dropped + self._untaken + untaken_now

    async def run(self) -> None:
        """Keep the line up until ``close``."""
        self._running = True
        try:
            while not self._closing:
                await self._connect_once()
        finally:
            self._queue.end()
            self._returned.set()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send at QoS 1 without waiting; False when it cannot leave now."""
        require_topic(topic)
        require_size(topic, payload, self._config.max_packet_bytes)
        if self._session is None:
            return False
        return self._session.publish(topic, payload, retain=retain)

    def events(self) -> AsyncIterator[LinkEvent]:
        """Yield what happens, in order, for one consumer; ends after ``close``."""
        return self._queue.events()

    def reconnect_now(self) -> None:
        """Cut a running pause short."""
        self._backoff.reset()
        self._wake.set()

    async def close(self) -> None:
        """Say goodbye and let ``run`` return."""
        if self._closing:
            return
        self._closing = True
        self._wake.set()
        if self._session is not None:
            await self._session.say_goodbye()
        if self._running:
            limit_s = self._config.connect_timeout_s + 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limit_s):
                    await self._returned.wait()

    async def _connect_once(self) -> None:
        session = PahoSession(self._config, self._queue.put)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            loss = await self._hold(session)
        except LinkLostError as error:
            loss, began_s = error, loop.time()
        finally:
            self._session = None
            self._untaken += session.untaken
            session.drop(LossReason.CLOSED)
        self._report(loss)
        if not self._closing:
            await self._pause(self._backoff.pause_s(loss.reason, loop.time() - began_s))

    async def _hold(self, session: PahoSession) -> LinkLostError:
        await session.open()
        if self._closing:
            await session.say_goodbye()
            return await session.ended()
        self._session = session
        self._last_loss = None
        log.info("link.connected", url=self._config.url, user=self._config.user)
        self._queue.put(Connected())
        session.begin()
        return await session.ended()

    def _report(self, loss: LinkLostError) -> None:
        """Tell a loss once, and again only when its kind changes, not at each attempt."""
        if loss.reason is self._last_loss:
            return
        self._last_loss = loss.reason
        self._queue.put(Disconnected(loss.reason, loss.detail))
        level = log.info if loss.reason is LossReason.CLOSED else log.warning
        level("link.disconnected", reason=str(loss.reason), detail=loss.detail, user=self._config.user)

    async def _pause(self, seconds: float) -> None:
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
