"""One listening port of the demo's line and where it leads; it can refuse connections and accept again."""

import argparse
import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

BACKLOG = 128
LOOPBACK = "127.0.0.1"

Carry = Callable[[asyncio.StreamReader, asyncio.StreamWriter, str, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """``LISTEN:HOST:PORT``; LISTEN 0 takes a free port."""

    listen: int
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "RouteSpec":
        """Read a route from the command line.

        Raises:
            argparse.ArgumentTypeError: The text is not ``LISTEN:HOST:PORT``.
        """
        listen, _, rest = text.partition(":")
        host, _, port = rest.rpartition(":")
        try:
            spec = cls(int(listen), host.strip("[]"), int(port))
        except ValueError:
            spec = cls(-1, "", 0)
        if not (0 <= spec.listen <= 65_535 and spec.host and 0 < spec.port <= 65_535):
            raise argparse.ArgumentTypeError(f"{text!r} is no route; write LISTEN:HOST:PORT")
        return spec


class Route:
    """A port on loopback. While refusing it stays bound, so that nobody else takes it.

    Args:
        spec: Where to listen and where it leads.
        carry: What to do with an accepted connection.
    """

    def __init__(self, spec: RouteSpec, carry: Carry) -> None:
        self._spec = spec
        self._carry = carry
        self._socket = socket.socket()
        self._accepting: asyncio.Task[None] | None = None
        self._carried: set[asyncio.Task[None]] = set()

    def listen(self) -> int:
        """Begin to accept; give the real port.

        Raises:
            OSError: The port is taken.
        """
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.setblocking(False)
        try:
            # A port that the system chose at bind would be given up when listening stops: bind it by number.
            self._socket.bind((LOOPBACK, self._spec.listen or free_port()))
            self._socket.listen(BACKLOG)
        except OSError:
            self._socket.close()
            raise
        self._accepting = asyncio.create_task(self._accept_forever())
        port: int = self._socket.getsockname()[1]
        return port

    async def refuse(self) -> None:
        """Refuse new connections as a machine does where nothing listens."""
        if await self._stop_accepting():
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)  # on Linux: stops listening, stays bound

    async def accept(self) -> None:
        """Accept again after ``refuse``."""
        if self._accepting is None:
            self._socket.listen(BACKLOG)
            self._accepting = asyncio.create_task(self._accept_forever())

    async def close(self) -> None:
        """Stop for good."""
        await self._stop_accepting()
        self._socket.close()
        for task in list(self._carried):
            task.cancel()
        await asyncio.gather(*self._carried, return_exceptions=True)

    async def _stop_accepting(self) -> bool:
        if self._accepting is None:
            return False
        self._accepting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._accepting
        self._accepting = None
        return True

    async def _accept_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _peer = await loop.sock_accept(self._socket)
            except OSError:
                await asyncio.sleep(0.05)  # out of descriptors, or a peer that left at once
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = asyncio.create_task(self._take(connection))
            self._carried.add(task)
            task.add_done_callback(self._carried.discard)

    async def _take(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=connection)
        try:
            await self._carry(reader, writer, self._spec.host, self._spec.port)
        finally:
            writer.transport.abort()


def free_port() -> int:
    """Ask the system for a loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
