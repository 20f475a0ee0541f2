"""A network scanner that connects to us. One at a time: who comes later takes the place of who came before.

Whoever reaches the address can scan, so it belongs in the store's own device network.
"""

import asyncio

from devices.errors import PortAbsent, PortLost, PortTimeout

_Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_MOST_BUFFERED = 16_384


class ListenPort:
    """Listens from its first opening until ``stop``; between two openings a scanner may already come in.

    Args:
        host: address of this machine to listen on.
        port: TCP port.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._line: _Line | None = None
        self._newcomer: _Line | None = None
        self._came = asyncio.Event()

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return f"listen://{self._host}:{self._port}"

    async def open(self, timeout_s: float) -> None:
        """Wait for a scanner to connect; see ``Port.open``."""
        await self.close()
        await self._listen()
        try:
            async with asyncio.timeout(timeout_s):
                while self._newcomer is None:
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError as error:
            raise PortAbsent(f"{self.peer}: no scanner has connected", "not_connected") from error
        self._line, self._newcomer = self._newcomer, None

    async def _listen(self) -> None:
        if self._server is not None:
            return
        try:
            self._server = await asyncio.start_server(
                self._on_line, self._host, self._port, limit=_MOST_BUFFERED
            )
        except (OSError, UnicodeError) as error:
            raise PortAbsent(f"{self.peer} cannot be listened on: {error}") from error

    def _on_line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The newest line counts: a scanner that lost power never closed its old one."""
        for old in (self._line, self._newcomer):
            if old is not None:
                old[1].transport.abort()
        writer.transport.set_write_buffer_limits(0)  # else what only waits in a buffer would be called sent
        self._newcomer = (reader, writer)
        self._came.set()

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Send to the scanner; see ``Port.write``."""
        if self._line is None:
            raise PortLost(f"{self.peer} is not open")
        writer = self._line[1]
        try:
            async with asyncio.timeout(timeout_s):
                writer.write(data)
                await writer.drain()
        except TimeoutError as error:
            raise PortTimeout(f"{self.peer} took no bytes for {timeout_s:g} s") from error
        except OSError as error:
            raise PortLost(f"{self.peer} broke off: {error.strerror or error}") from error

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """Receive; see ``Port.read``."""
        if self._line is None:
            raise PortLost(f"{self.peer} is not open")
        try:
            async with asyncio.timeout(timeout_s):
                data = await self._line[0].read(limit)
        except TimeoutError as error:
            raise PortTimeout(f"{self.peer} said nothing for {timeout_s:g} s") from error
        except OSError as error:
            raise PortLost(f"{self.peer} broke off: {error.strerror or error}") from error
        if not data:
            raise PortLost(f"{self.peer}: the scanner closed the connection")
        return data

    async def close(self) -> None:
        """End the scanner's connection; the next may come in."""
        line, self._line = self._line, None
        if line is not None:
            line[1].transport.abort()

    async def stop(self) -> None:
        """Listen no more."""
        await self.close()
        if self._newcomer is not None:
            self._newcomer[1].transport.abort()
        server, self._server = self._server, None
        if server is not None:
            server.close()
