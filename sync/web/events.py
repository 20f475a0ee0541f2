"""Pushes events to open pages (server-sent events, HTML standard section 9.2).

A page listens on named channels; what is published while it does not listen is lost on purpose, because a
page is a view: it reads the state when it (re)connects, and events only tell that something changed. A
listener that does not keep up is dropped and its browser connects again. Everything is bounded: listeners,
and events waiting per listener. Whoever is not signed in shares: an address has its part of the places, and
some are kept for people at work, so that no visitor can switch live updates off for everybody.
"""

import asyncio
import ipaddress
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import StreamingResponse

from sync.web.errors import N_, Problem
from sync.web.routes import identity_of

HEARTBEAT_S = 15.0
WAITING_MAX = 64
LISTENERS_MAX = 2000
ADDRESS_MAX = 250
"""Pages that listen from one address without being signed in: a crowd behind one router still fits."""
RESERVED = 200
"""Places for people who are signed in."""
PREFIX_6 = 64
"""Bits of an IPv6 address that one line holds; the rest it chooses freely."""
RETRY_MS = 2000
_CLOSED = b""


class _Listener:
    def __init__(self, channels: frozenset[str], visitor: str | None, owner: str) -> None:
        self.owner = owner
        self.channels = channels
        self.visitor = visitor
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(WAITING_MAX)
        self.closed = False

    def offer(self, frame: bytes) -> bool:
        """Queue a frame; False when the listener is too far behind."""
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            return False
        return True

    def close(self) -> None:
        self.closed = True
        if self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(_CLOSED)


class EventHub:
    """The listeners of one process. Use it from the event loop's thread only.

    Args:
        listeners_max: Pages that may listen.
        address_max: Pages of one address whose reader is not signed in.
        reserved: Places out of `listeners_max` that only signed-in readers take.
        heartbeat_s: Seconds after which a quiet line beats.

    Attributes:
        dropped: How many listeners were dropped because they did not keep up.
    """

    def __init__(
        self,
        *,
        listeners_max: int = LISTENERS_MAX,
        address_max: int = ADDRESS_MAX,
        reserved: int = RESERVED,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.listeners_max = listeners_max
        self.address_max = address_max
        self.visitors_max = max(1, listeners_max - reserved)
        self.heartbeat_s = heartbeat_s
        self.dropped = 0
        self._by_channel: defaultdict[str, set[_Listener]] = defaultdict(set)
        self._listeners: set[_Listener] = set()
        self._visitors: Counter[str] = Counter()
        self._closed = False

    @property
    def listeners(self) -> int:
        """How many pages listen now."""
        return len(self._listeners)

    def publish(self, channel: str, event: str, data: Any = None) -> int:
        """Send an event to all pages on a channel.

        Args:
            channel: Name of the channel, `store/s1` say.
            event: Name of the event, without line breaks.
            data: Anything pydantic can write as JSON; a `str` is sent as JSON text too. For htmx
                fragments use `publish_html`.

        Returns:
            The number of pages reached.
        """
        return self._send(channel, frame(event, to_json(data)))

    def publish_html(self, channel: str, event: str, html: str) -> int:
        """Send rendered HTML to all pages on a channel (htmx swaps it in as it is)."""
        return self._send(channel, frame(event, html.encode()))

    def _send(self, channel: str, content: bytes) -> int:
        slow = [one for one in self._by_channel.get(channel, ()) if not one.offer(content)]
        for listener in slow:
            self.dropped += 1
            self._remove(listener)
            listener.close()
        return len(self._by_channel.get(channel, ()))

    def response(self, request: Request, channels: Iterable[str], *, owner: str = "") -> StreamingResponse:
        """Return the endless response for a page that listens on `channels`.

        Args:
            request: Of the page.
            channels: What it listens on.
            owner: What `end` calls the streams by.

        Raises:
            Problem: 503 when too many listen, or too many from the caller's address, or when the program is
                stopping.
        """
        listener = _Listener(frozenset(channels), _visitor(request), owner)
        if not self._has_room(listener):
            raise Problem(503, "events.busy", TITLE_BUSY, DETAIL_BUSY, headers={"Retry-After": "5"})
        headers = {"cache-control": "no-store", "x-accel-buffering": "no", "content-encoding": "identity"}
        return StreamingResponse(self._frames(listener), headers=headers, media_type="text/event-stream")

    async def _frames(self, listener: _Listener) -> AsyncIterator[bytes]:
        # joined here, not in response(): a browser that left before the first byte leaves nothing
        if not self._has_room(listener):
            return
        self._listeners.add(listener)
        if listener.visitor is not None:
            self._visitors[listener.visitor] += 1
        for channel in listener.channels:
            self._by_channel[channel].add(listener)
        try:
            yield b"retry: %d\n\n" % RETRY_MS
            while not listener.closed:
                try:
                    async with asyncio.timeout(self.heartbeat_s):
                        content = await listener.queue.get()
                except TimeoutError:
                    content = b": still here\n\n"
                if content == _CLOSED:
                    return
                yield content
        finally:
            self._remove(listener)

    def _has_room(self, listener: _Listener) -> bool:
        """Whether one more may listen; False once the program is stopping."""
        if self._closed or len(self._listeners) >= self.listeners_max:
            return False
        if listener.visitor is None:
            return True
        is_crowded = self._visitors[listener.visitor] >= self.address_max
        return not is_crowded and self._visitors.total() < self.visitors_max

    def _remove(self, listener: _Listener) -> None:
        if listener not in self._listeners:
            return
        self._listeners.discard(listener)
        if listener.visitor is not None:
            self._visitors[listener.visitor] -= 1
            if not self._visitors[listener.visitor]:
                del self._visitors[listener.visitor]
        for channel in listener.channels:
            group = self._by_channel.get(channel)
            if group is not None:
                group.discard(listener)
                if not group:
                    del self._by_channel[channel]

    def end(self, owner: str) -> None:
        """End the streams of one owner: what it may see was taken from it."""
        assert owner
        for listener in [one for one in self._listeners if one.owner == owner]:
            self._remove(listener)
            listener.close()

    def close(self) -> None:
        """End every stream and take no new ones; call before the server waits for its connections."""
        self._closed = True
        for listener in list(self._listeners):
            self._remove(listener)
            listener.close()


def _visitor(request: Request) -> str | None:
    """The line a reader comes by, for sharing; None for somebody who is signed in."""
    if identity_of(request).known:
        return None
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), PREFIX_6), strict=False))


def frame(event: str, data: bytes) -> bytes:
    """Return one event on the wire; line breaks in `data` become several data lines."""
    assert "\n" not in event
    assert "\r" not in event
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    body = b"".join(b"data: " + line + b"\n" for line in lines)
    return b"event: " + event.encode() + b"\n" + body + b"\n"


TITLE_BUSY = N_("Live updates are busy")
DETAIL_BUSY = N_("The page stays usable; it connects again by itself.")
