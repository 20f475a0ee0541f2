"""Codes on standard input: pipes, files and terminals, and what the end of input means."""

import asyncio
import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.backoff import Backoff
from devices.errors import AddressError, PortAbsent, PortLost, PortTimeout
from devices.scanning.address import scanner_port_at
from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from devices.scanning.stdin_port import StdinPort
from devices.supervisor import DeviceState, DeviceStatus


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe; a test may close the far one."""
    near, far = os.pipe()
    yield near, far
    for end in (near, far):
        try:
            os.close(end)
        except OSError:
            continue


async def test_a_pipe_is_read_from_what_waits_in_it_to_its_end(pipe: tuple[int, int]) -> None:
    near, far = pipe
    os.write(far, b"690\n69")
    port = StdinPort(near)
    await port.open(1)
    assert await port.read(4096, 1) == b"690\n69"
    with pytest.raises(PortTimeout, match="said nothing"):
        await port.read(4096, 0.01)
    os.close(far)
    assert await port.read(4096, 1) == b"\n"  # the end of input ends the last line
    with pytest.raises(PortLost, match="has ended; start the program again"):
        await port.read(4096, 1)
    await port.close()
    with pytest.raises(PortAbsent, match="has ended"):
        await port.open(1)


async def test_it_is_read_only_and_only_while_open(pipe: tuple[int, int]) -> None:
    port = StdinPort(pipe[0])
    with pytest.raises(PortLost, match="not open"):
        await port.read(1, 1)
    await port.open(1)
    with pytest.raises(PortLost, match="only be read"):
        await port.write(b"x", 1)
    await port.close()
    await port.close()
    with pytest.raises(PortLost, match="not open"):
        await port.read(1, 1)


async def test_a_descriptor_that_is_closed_is_absent(tmp_path: Path) -> None:
    fd = os.open(tmp_path, os.O_RDONLY)
    os.close(fd)
    with pytest.raises(PortAbsent, match="cannot be read: Bad file descriptor"):
        await StdinPort(fd).open(1)


async def test_a_terminal_that_is_not_in_front_is_left_alone() -> None:
    near, far = pty.openpty()
    try:
        with pytest.raises(PortAbsent, match="cannot be read"):
            await StdinPort(far).open(1)
    finally:
        os.close(near)
        os.close(far)


async def test_a_terminal_in_front_loses_what_was_typed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = pty.openpty()
    monkeypatch.setattr(os, "tcgetpgrp", lambda _fd: os.getpgrp())
    try:
        os.write(near, b"stale\n")
        port = StdinPort(far)
        await port.open(1)
        os.write(near, b"fresh\n")
        assert await port.read(4096, 1) == b"fresh\n"
    finally:
        os.close(near)
        os.close(far)


async def test_a_file_of_codes_is_scanned_once_and_then_the_scanner_is_gone(tmp_path: Path) -> None:
    """The end is told as an absent scanner; nothing is read twice and the loop does not spin."""
    codes = tmp_path / "codes"
    codes.write_bytes(b"6901\r\n]E06902\n6903")
    fd = os.open(codes, os.O_RDONLY)
    scans: list[Scan] = []
    states: list[DeviceStatus] = []
    absent = asyncio.Event()

    def on_status(status: DeviceStatus) -> None:
        states.append(status)
        if status.state is DeviceState.ABSENT:
            absent.set()

    source = ScannerSource(
        ScannerConfig("in", "stdin:"), lambda _uri: StdinPort(fd), backoff=Backoff(0.01, 0.01)
    )
    task = asyncio.create_task(source.run(scans.append, on_status))
    try:
        async with asyncio.timeout(60):
            await absent.wait()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        os.close(fd)
    assert [scan.code for scan in scans] == ["6901", "6902", "6903"]
    assert "has ended" in states[-1].reason


def test_its_address_has_nothing_behind_it() -> None:
    assert scanner_port_at("stdin:").peer == "stdin:"
    with pytest.raises(AddressError, match="nothing behind it"):
        scanner_port_at("stdin:/dev/tty")
