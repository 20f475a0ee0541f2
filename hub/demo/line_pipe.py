"""One relayed connection of the demo's line: bytes both ways, late, slow or swallowed as its weather says."""

import asyncio
import contextlib
from typing import Any

from hub.demo.line_weather import Weather

CHUNK_BYTES = 65_536
CHUNKS_ON_THE_WAY = 64
CONNECT_LIMIT_S = 5.0


class Pipe:
    """Joins an accepted connection with one to the far end.

    Args:
        reader: The near end.
        writer: The near end.
        weather: The state of the line.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, weather: Weather) -> None:
        self.swallowed = False
        self._near = (reader, writer)
        self._weather = weather
        self._writers = [writer]
        self._aborted = asyncio.Event()

    async def run(self, host: str, port: int) -> None:
        """Connect to the far end and carry until either side ends or ``abort``."""
        far = await self._reach(host, port)
        if far is None:
            self.abort()
            return
        self._writers.append(far[1])
        carrying = asyncio.gather(self._carry(self._near[0], far[1]), self._carry(far[0], self._near[1]))
        aborted = asyncio.create_task(self._aborted.wait())
        ends: list[asyncio.Future[Any]] = [carrying, aborted]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            self.abort()

    def abort(self) -> None:
        """Drop both ends at once."""
        self._aborted.set()
        for writer in self._writers:
            writer.transport.abort()

    async def _reach(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        while self._weather.swallows():
            self.swallowed = True
            if await self._aborted_within(0.05):
                return None
        try:
            async with asyncio.timeout(CONNECT_LIMIT_S):
                return await asyncio.open_connection(host, port)
        except (OSError, TimeoutError):
            return None

    async def _aborted_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._aborted.wait()
        return self._aborted.is_set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one way; the queue lets a delay pass without making each piece wait for the one before."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(CHUNKS_ON_THE_WAY)
        sending = asyncio.create_task(self._send(on_the_way, writer))
        loop = asyncio.get_running_loop()
        try:
            data = b"-"
            while data:
                data = await reader.read(CHUNK_BYTES)
                if self._weather.swallows():
                    self.swallowed = True
                    continue
                await on_the_way.put((loop.time() + self._weather.delay_s(), data))
            if not self.swallowed:
                await sending
            else:
                await self._aborted.wait()
        except OSError:
            self.abort()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(
        self, on_the_way: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due_s, data = await on_the_way.get()
            if due_s > loop.time():
                await asyncio.sleep(due_s - loop.time())
            if self._weather.swallows():
                self.swallowed = True
                continue
            try:
                if not data:
                    writer.write_eof()
                    return
                await self._write(data, writer)
            except (OSError, RuntimeError):
                self.abort()
                return

    async def _write(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        """Write one piece of data, at the pace of the line."""
        while data:
            if self._weather.swallows():
                self.swallowed = True
                return
            size = self._weather.piece_bytes() or len(data)
            piece, data = data[:size], data[size:]
            writer.write(piece)
            await writer.drain()
            pause_s = self._weather.pace_s(len(piece))
            if pause_s:
                await asyncio.sleep(pause_s)
