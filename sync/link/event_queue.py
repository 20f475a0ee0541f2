"""The bounded queue between a link and its consumer.

Messages beyond the limit are dropped, newest first, because the protocol resends; news of the connection
itself always gets in, in the place of the newest entry if need be.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from sync.link.port import EVENT_LIMIT, LinkEvent, Message


class EventQueue:
    """Events of one link, for one consumer in the same event loop."""

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        self._limit = limit
        self._waiting: deque[LinkEvent] = deque()
        self._filled = asyncio.Event()
        self._ended = False
        self.dropped = 0

    def put(self, event: LinkEvent) -> None:
        """Append an event without waiting; after ``end`` nothing is taken."""
        if self._ended:
            return
        if len(self._waiting) >= self._limit:
            self.dropped += 1
            if isinstance(event, Message):
                return
            self._waiting.pop()
        self._waiting.append(event)
        self._filled.set()

    def end(self) -> None:
        """Let the consumer finish what waits, then stop."""
        self._ended = True
        self._filled.set()

    async def events(self) -> AsyncIterator[LinkEvent]:
        """Yield events in order until ``end``."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._ended:
                return
            self._filled.clear()
            await self._filled.wait()
