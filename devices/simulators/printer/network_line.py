"""The printer on the network: one client at a time, as real ones serve port 9100."""

import asyncio
import contextlib
import socket
import struct

from devices.simulators.control import port_of
from devices.simulators.printer.device import PrinterDevice

_LOOPBACK = "127.0.0.1"
_BUFFERED = 65_536
# A client that says nothing for so long makes room for one that waits.
_IDLE_S = 3.0


class NetworkLine:
    """Listens on this machine.

    Args:
        device: the printer.
        port: 0 takes a free one, kept over ``unplug`` and ``plug``.
    """

    def __init__(self, device: PrinterDevice, port: int) -> None:
        self.port = port
        self._device = device
        self._server: asyncio.Server | None = None
        self._turn = asyncio.Lock()
        self._clients: set[asyncio.StreamWriter] = set()

    @property
    def is_plugged(self) -> bool:
        """Whether it listens."""
        return self._server is not None

    @property
    def uri(self) -> str:
        """Its address."""
        return f"tcp://{_LOOPBACK}:{self.port}"

    async def plug(self) -> None:
        """Listen, again on the same port."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, _LOOPBACK, self.port, limit=_BUFFERED)
            self.port = port_of(self._server)

    async def unplug(self) -> None:
        """Refuse connections and drop those there are."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self.power_off()
        await asyncio.sleep(0)

    def power_off(self) -> None:
        """Clients are cut off."""
        for client in list(self._clients):
            client.transport.abort()

    def break_off(self) -> None:
        """End every connection with a TCP reset instead of an orderly close."""
        for client in list(self._clients):
            line: socket.socket = client.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            async with self._turn:
                with contextlib.suppress(OSError):
                    await self._print_from(reader, writer)
                self._device.end()
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _print_from(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def speak(answers: bytes) -> None:
            if not writer.is_closing():
                writer.write(answers)

        self._device.begin(speak)
        while data := await self._next(reader):
            if not self._device.take(data):
                self.break_off()
                return
            await writer.drain()

    async def _next(self, reader: asyncio.StreamReader) -> bytes:
        """The client's next bytes; none once it is gone, or silent while another waits."""
        await self._device.room()
        while True:
            try:
                async with asyncio.timeout(_IDLE_S):
                    return await reader.read(self._device.chunk)
            except TimeoutError:
                if len(self._clients) > 1:
                    return b""
