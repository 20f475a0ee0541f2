"""What every port promises, on every kind of port, over real lines; ``memory:`` is held to the same."""

import asyncio
import os
import pty
import select
import socket
import tty
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from devices.errors import PortAbsent, PortLost, PortTimeout
from devices.ports.file_path import FilePort
from devices.ports.memory import MemoryPort
from devices.ports.port import Port
from devices.ports.pty_end import PtyPort
from devices.ports.serial_line import SerialPort, SerialSettings
from devices.ports.tcp import TcpPort
from devices.scanning.listen_port import ListenPort

OPEN_S = 3.0
KINDS = ("memory", "tcp", "listen", "serial", "file", "pty")


class FarEnd:
    """The other end of a port: a device that can be plugged out and in again under the same name."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self._name = folder / "device"
        self._line: socket.socket | None = None
        self._server: socket.socket | None = None
        self._near = -1
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._number = free.getsockname()[1]
        self.port = self._make_port()

    def _make_port(self) -> Port:
        if self.kind == "memory":
            return MemoryPort()
        if self.kind == "tcp":
            return TcpPort("127.0.0.1", self._number)
        if self.kind == "listen":
            return ListenPort("127.0.0.1", self._number)
        if self.kind == "serial":
            return SerialPort(SerialSettings(str(self._name)))
        return FilePort(str(self._name)) if self.kind == "file" else PtyPort(str(self._name))

    def plug(self) -> None:
        """Be there before the port opens."""
        if self.kind == "memory":
            assert isinstance(self.port, MemoryPort)
            self.port.absent = False
        elif self.kind == "tcp":
            self._server = socket.create_server(("127.0.0.1", self._number))
        elif self.kind in {"serial", "file"}:
            self._near, far = pty.openpty()
            tty.setraw(far)
            self._name.symlink_to(os.ttyname(far))
            os.close(far)

    async def open(self) -> None:
        """Open the port, with the device coming in where it is the one that comes."""
        opening = asyncio.create_task(self.port.open(OPEN_S))
        if self.kind == "listen":
            while self._line is None:
                with suppress(ConnectionRefusedError):
                    self._line = await asyncio.to_thread(
                        socket.create_connection, ("127.0.0.1", self._number), OPEN_S
                    )
                await asyncio.sleep(0)
        await opening
        if self._server is not None:
            self._line = self._server.accept()[0]
        if self.kind == "pty":
            self._near = os.open(self._name, os.O_RDWR | os.O_NOCTTY)

    def say(self, data: bytes) -> None:
        """Let the device send."""
        if isinstance(self.port, MemoryPort):
            self.port.say(data)
        elif self._line is not None:
            self._line.sendall(data)
        else:
            os.write(self._near, data)

    def heard(self, count: int) -> bytes:
        """What the device received."""
        if isinstance(self.port, MemoryPort):
            return b"".join(self.port.written)[-count:]
        if self._line is not None:
            return self._line.recv(count, socket.MSG_WAITALL)
        got = b""
        while len(got) < count and select.select([self._near], [], [], OPEN_S)[0]:
            got += os.read(self._near, count - len(got))
        return got

    def unplug(self) -> None:
        """Be gone."""
        if isinstance(self.port, MemoryPort):
            self.port.absent = True
        for line in (self._line, self._server):
            if line is not None:
                line.close()
        self._line = self._server = None
        if self._near >= 0:
            os.close(self._near)
            self._near = -1
            if self.kind != "pty":
                self._name.unlink()


@pytest_asyncio.fixture(params=KINDS)
async def far(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FarEnd]:
    """A device of each kind, plugged in."""
    end = FarEnd(request.param, tmp_path)
    end.plug()
    yield end
    await end.port.close()
    if isinstance(end.port, ListenPort):
        await end.port.stop()
    end.unplug()


async def test_bytes_go_both_ways_and_silence_is_told_in_time(far: FarEnd) -> None:
    await far.open()
    data = bytes(range(256))
    await far.port.write(data, OPEN_S)
    assert await asyncio.to_thread(far.heard, len(data)) == data
    with pytest.raises(PortTimeout, match="said nothing"):
        await far.port.read(16, 0.05)
    far.say(data)
    got = b""
    while len(got) < len(data):
        piece = await far.port.read(100, OPEN_S)
        assert 1 <= len(piece) <= 100
        got += piece
    assert got == data


async def test_a_port_that_is_not_open_is_lost_and_closing_it_twice_is_allowed(far: FarEnd) -> None:
    name = far.port.peer
    for _ in range(2):
        with pytest.raises(PortLost, match="not open"):
            await far.port.write(b"x", 0.1)
        with pytest.raises(PortLost, match="not open"):
            await far.port.read(1, 0.1)
        await far.open()
        await far.port.close()
        await far.port.close()
        far.unplug()
        far.plug()
    assert far.port.peer == name


async def test_a_device_that_goes_away_is_lost_then_absent_then_back_under_its_name(far: FarEnd) -> None:
    if far.kind in {"memory", "pty"}:
        pytest.skip("nobody's leaving ends this line while it is open")
    await far.open()
    far.unplug()
    for _ in range(2):
        with pytest.raises(PortLost):
            await far.port.read(16, 1.0)
    with pytest.raises(PortAbsent):
        await far.port.open(0.2)
    far.plug()
    await far.open()
    far.say(b"back")
    assert await far.port.read(16, OPEN_S) == b"back"


async def test_a_pseudo_terminal_that_nobody_reads_takes_no_more_in_time(tmp_path: Path) -> None:
    port = PtyPort(str(tmp_path / "pole"))
    await port.open(OPEN_S)
    with pytest.raises(PortTimeout, match="took no bytes"):
        await port.write(bytes(1_000_000), 0.1)
    await port.close()
    assert not (tmp_path / "pole").is_symlink()


async def test_a_pseudo_terminal_replaces_no_file(tmp_path: Path) -> None:
    (tmp_path / "pole").write_text("mine")
    with pytest.raises(PortAbsent, match="something else has this name"):
        await PtyPort(str(tmp_path / "pole")).open(OPEN_S)
    assert (tmp_path / "pole").read_text() == "mine"


async def test_waiting_for_a_device_never_holds_up_the_loop(far: FarEnd) -> None:
    """What the loop does meanwhile is what the port waits for."""
    await far.open()
    reading = asyncio.create_task(far.port.read(16, 60.0))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not reading.done()
    far.say(b"at last")
    assert await reading == b"at last"


async def test_a_device_that_takes_no_bytes_is_told_in_time(far: FarEnd) -> None:
    await far.open()
    if isinstance(far.port, MemoryPort):
        far.port.stalls = True
    with pytest.raises(PortTimeout, match=r"took no bytes for 0\.1 s"):
        await far.port.write(bytes(20_000_000), 0.1)
