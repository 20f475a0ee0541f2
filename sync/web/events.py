"""Pushes events to open pages (server-sent events, HTML standard section 9.2).

A page listens on named channels; what is published while it does not listen is lost on purpose, because a
page is a view: it reads the state when it (re)connects, and events only tell that something changed. A
listener that does not keep up is dropped and its browser connects again. Everything is bounded: listeners,
and events waiting per listener.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import StreamingResponse

from sync.web.errors import N_, Problem

HEARTBEAT_S = 15.0
WAITING_MAX = 64
LISTENERS_MAX = 2000
RETRY_MS = 2000
_CLOSED = b""


class _Listener:
    def __init__(self, channels: frozenset[str]) -> None:
        self.channels = channels
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

    Attributes:
        dropped: How many listeners were dropped because they did not keep up.
    """

    def __init__(self, *, listeners_max: int = LISTENERS_MAX, heartbeat_s: float = HEARTBEAT_S) -> None:
        self.listeners_max = listeners_max
        self.heartbeat_s = heartbeat_s
        self.dropped = 0
        self._by_channel: defaultdict[str, set[_Listener]] = defaultdict(set)
        self._listeners: set[_Listener] = set()
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

    def response(self, request: Request, channels: Iterable[str]) -> StreamingResponse:
        """Return the endless response for a page that listens on `channels`.

        Raises:
            Problem: 503 when too many listen, or when the program is stopping.
        """
        del request
        if self._closed or len(self._listeners) >= self.listeners_max:
            raise Problem(503, "events.busy", TITLE_BUSY, DETAIL_BUSY, headers={"Retry-After": "5"})
        listener = _Listener(frozenset(channels))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no", "content-encoding": "identity"}
        return StreamingResponse(self._frames(listener), headers=headers, media_type="text/event-stream")

    async def _frames(self, listener: _Listener) -> AsyncIterator[bytes]:
        if self._closed:
            return
        # joined here, not in response(): a browser that left before the first byte leaves nothing
        self._listeners.add(listener)
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

    def _remove(self, listener: _Listener) -> None:
        self._listeners.discard(listener)
        for channel in listener.channels:
            group = self._by_channel.get(channel)
            if group is not None:
                group.discard(listener)
                if not group:
                    del self._by_channel[channel]

    def close(self) -> None:
        """End every stream and take no new ones; call before the server waits for its connections."""
        self._closed = True
        for listener in list(self._listeners):
            self._remove(listener)
            listener.close()


def frame(event: str, data: bytes) -> bytes:
    """Return one event on the wire; line breaks in `data` become several data lines."""
    assert "\n" not in event
    assert "\r" not in event
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    body = b"".join(b"data: " + line + b"\n" for line in lines)
    return b"event: " + event.encode() + b"\n" + body + b"\n"


TITLE_BUSY = N_("Live updates are busy")
DETAIL_BUSY = N_("The page stays usable; it connects again by itself.")
