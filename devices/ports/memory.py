"""A port without a device: records what is written and says what it was told to say."""

import asyncio
from collections.abc import Callable

from devices.errors import PortAbsent, PortLost, PortTimeout

Answer = Callable[[bytes], bytes]


class MemoryPort:
    """A port for tests and previews.

    ``answer`` is called with each write and returns what the device says to it (may be empty).
    ``absent`` makes the next openings fail; ``breaks_after`` ends the line after that many bytes; ``stalls``
    makes it take no bytes.
    """

    def __init__(self, answer: Answer | None = None) -> None:
        self.written: list[bytes] = []
        self.openings = 0
        self.absent = False
        self.stalls = False
        self.breaks_after: int | None = None
        self._answer = answer or (lambda _data: b"")
        self._is_open = False
        self._input = bytearray()
        self._arrived = asyncio.Event()

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return "memory:"

    async def open(self, timeout_s: float) -> None:  # noqa: ARG002 - nothing to wait for
        """Open, unless told to be absent; see ``Port.open``."""
        if self.absent:
            raise PortAbsent("memory: is switched off")
        self.openings += 1
        self._is_open = True
        self._input.clear()

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Record, then let the device answer; see ``Port.write``."""
        self._check_open()
        if self.stalls:
            await asyncio.sleep(timeout_s)
            raise PortTimeout(f"memory: took no bytes for {timeout_s:g} s")
        if self.breaks_after is not None and len(data) > self.breaks_after:
            self.written.append(data[: self.breaks_after])
            raise PortLost("memory: broke off")
        self.written.append(data)
        self.say(self._answer(data))

    def say(self, data: bytes) -> None:
        """Let the device send ``data``."""
        if data:
            self._input += data
            self._arrived.set()

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """What the device said; see ``Port.read``."""
        self._check_open()
        if not self._input:
            self._arrived.clear()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._arrived.wait()
            except TimeoutError as error:
                raise PortTimeout(f"memory: said nothing for {timeout_s:g} s") from error
        data = bytes(self._input[:limit])
        del self._input[:limit]
        return data

    async def close(self) -> None:
        """Close; see ``Port.close``."""
        self._is_open = False

    def _check_open(self) -> None:
        if not self._is_open:
            raise PortLost("memory: is not open")
