"""The scanner on the network: one that waits for the till, and one that connects to it.

Each knows one reader at a time, as such scanners do. What it reads while nobody is connected is refused.
"""

import asyncio
import contextlib

from devices.simulators.control import Refused, port_of
from devices.simulators.scanner.device import UNPLUGGED, UNREAD

_LOOPBACK = "127.0.0.1"
_RETRY_S = 0.2
_CONNECT_S = 5.0
_MOST_UNREAD = 65_536


class _Reader:
    """The connection to whoever reads, if there is one."""

    def __init__(self) -> None:
        self._writer: asyncio.StreamWriter | None = None

    async def stay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep a connection until it ends; the newest counts. What it says is thrown away."""
        self.drop()
        self._writer = writer
        with contextlib.suppress(OSError):
            while await reader.read(4096):
                pass
        writer.close()
        if self._writer is writer:
            self._writer = None

    def drop(self) -> None:
        """Break the connection."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.transport.abort()

    def write(self, data: bytes) -> None:
        """Send.

        Raises:
            Refused: nobody is connected, or who is takes nothing.
        """
        writer = self._writer
        if writer is None or writer.is_closing():
            raise Refused(UNREAD)
        if writer.transport.get_write_buffer_size() > _MOST_UNREAD:
            raise Refused(UNREAD)
        writer.write(data)


class WaitingScanner:
    """Listens, as a scanner with an address of its own; the till's ``tcp://``.

    Args:
        port: 0 takes a free one, kept over ``unplug`` and ``plug``.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._reader = _Reader()

    @property
    def is_plugged(self) -> bool:
        """Whether it listens."""
        return self._server is not None

    @property
    def uri(self) -> str:
        """Its address."""
        return f"tcp://{_LOOPBACK}:{self._port}"

    @property
    def path(self) -> str:
        """Its address too: a network has no other name for it."""
        return self.uri

    async def plug(self) -> None:
        """See ``ScannerLine.plug``."""
        if self._server is None:
            self._server = await asyncio.start_server(self._reader.stay, _LOOPBACK, self._port)
            self._port = port_of(self._server)

    async def unplug(self) -> None:
        """See ``ScannerLine.unplug``."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._reader.drop()

    def write(self, data: bytes) -> None:
        """See ``ScannerLine.write``."""
        if not self.is_plugged:
            raise Refused(UNPLUGGED)
        self._reader.write(data)


class CallingScanner:
    """Connects to the till and, whenever the line breaks, again; the till's ``listen://``.

    Args:
        host: where the till listens.
        port: its port.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._calling: asyncio.Task[None] | None = None
        self._reader = _Reader()

    @property
    def is_plugged(self) -> bool:
        """Whether it has its cable; the till may still be away."""
        return self._calling is not None

    @property
    def uri(self) -> str:
        """The address at which the till waits for it."""
        return f"listen://{self._host}:{self._port}"

    @property
    def path(self) -> str:
        """The same: the network has no other name for it."""
        return self.uri

    async def plug(self) -> None:
        """See ``ScannerLine.plug``."""
        if self._calling is None:
            self._calling = asyncio.create_task(self._call())

    async def unplug(self) -> None:
        """See ``ScannerLine.unplug``."""
        calling, self._calling = self._calling, None
        self._reader.drop()
        if calling is not None:
            calling.cancel()
            await asyncio.wait({calling})

    async def _call(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                async with asyncio.timeout(_CONNECT_S):
                    streams = await asyncio.open_connection(self._host, self._port)
                await self._reader.stay(*streams)
            await asyncio.sleep(_RETRY_S)

    def write(self, data: bytes) -> None:
        """See ``ScannerLine.write``."""
        if not self.is_plugged:
            raise Refused(UNPLUGGED)
        self._reader.write(data)
