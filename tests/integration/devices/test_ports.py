"""Ports over real lines: what they promise of a device that stalls, goes away, or was never there."""

import asyncio
import contextlib
import os
import pty
import socket
import termios
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
import serial

from devices.errors import PortAbsent, PortLost, PortTimeout
from devices.ports.serial_line import SerialPort, SerialSettings
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


@pytest.fixture
def pty_path() -> Iterator[str]:
    """A serial device that is there."""
    near, far = pty.openpty()
    yield os.ttyname(far)
    os.close(near)
    os.close(far)


@pytest.mark.parametrize("call", ["tcdrain", "tcflush"])
async def test_a_serial_device_that_goes_away_is_told_whatever_call_notices_it(
    pty_path: str, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def gone(*_arguments: object) -> None:
        raise termios.error(5, "Input/output error")

    monkeypatch.setattr(termios, call, gone)
    port = SerialPort(SerialSettings(pty_path))

    async def print_a_line() -> None:
        await port.open(5.0)
        await port.write(b"x", 5.0)

    with pytest.raises((PortAbsent, PortLost), match="Input/output error"):
        await print_a_line()
    await port.close()


async def test_a_serial_line_is_free_once_it_is_closed(
    pty_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = serial.Serial.close

    def close_late(line: serial.Serial) -> None:
        time.sleep(0.1)  # noqa: TID251  # in the port's own thread: a device that takes its time
        close(line)

    monkeypatch.setattr(serial.Serial, "close", close_late)
    first, second = SerialPort(SerialSettings(pty_path)), SerialPort(SerialSettings(pty_path))
    await first.open(5.0)
    await first.close()
    await second.open(5.0)
    await second.write(b"x", 5.0)
    await second.close()
