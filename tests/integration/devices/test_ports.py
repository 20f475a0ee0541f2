"""Ports over real lines: what they promise of a device that stalls, goes away, or was never there."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from devices.errors import PortAbsent, PortTimeout
from devices.ports.tcp import TcpPort

RECEIPT = bytes(60_000)
SMALL_BUFFER = 4096


@asynccontextmanager
async def stalled_printer() -> AsyncIterator[tuple[TcpPort, Callable[[], bytes]]]:
    """A port to a printer that reads nothing, and what it would read in the end."""
    with contextlib.ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        port = TcpPort("127.0.0.1", listener.getsockname()[1])
        await port.open(5.0)
        line = open_sockets.enter_context(listener.accept()[0])
        line.settimeout(5.0)

        def read_all() -> bytes:
            taken = b""
            with contextlib.suppress(ConnectionResetError):
                while data := line.recv(65_536):
                    taken += data
            return taken

        yield port, read_all
        await port.close()


@pytest.fixture
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel takes a few kilobytes from this side, as from a machine with many open lines."""
    connect = asyncio.open_connection

    async def connect_small(host: str, port: int) -> object:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (host, port))
        return await connect(sock=sock)

    monkeypatch.setattr(asyncio, "open_connection", connect_small)


@pytest.mark.usefixtures("small_buffers")
async def test_a_receipt_that_the_kernel_did_not_take_is_not_called_written() -> None:
    async with stalled_printer() as (port, _read_all):
        with pytest.raises(PortTimeout, match="took no bytes"):
            await port.write(RECEIPT, 0.2)


@pytest.mark.usefixtures("small_buffers")
async def test_nothing_of_a_write_that_timed_out_leaves_after_the_port_is_closed() -> None:
    async with stalled_printer() as (port, read_all):
        with pytest.raises(PortTimeout):
            await port.write(RECEIPT, 0.2)
        await port.close()
        taken = await asyncio.to_thread(read_all)
    assert len(taken) < len(RECEIPT)


async def test_a_name_that_nobody_can_look_up_is_an_absent_device() -> None:
    with pytest.raises(PortAbsent, match="no name of a machine"):
        await TcpPort("till..local", 9100).open(1.0)
