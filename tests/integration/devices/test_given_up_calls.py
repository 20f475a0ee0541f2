"""What was given up stays given up: no late byte, no foreign file, no program that cannot end."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from devices.errors import PortAbsent, PortTimeout
from devices.ports.file_path import FilePort
from devices.ports.pty_end import PtyPort
from devices.ports.serial_line import SerialPort, SerialSettings

STUCK = """
import asyncio, threading
from devices.errors import PortTimeout
from devices.ports.owned_thread import OwnedThread

async def main():
    try:
        await OwnedThread("printer").call(threading.Event().wait, 0.05)
    except PortTimeout:
        print("given up")

asyncio.run(main())
"""


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """The printer's end of a line that takes little, and the name of the other end."""
    near, far = os.openpty()
    tty.setraw(far)
    os.set_blocking(near, False)
    yield near, os.ttyname(far)
    os.close(far)
    os.close(near)


def taken(near: int, most: int = 65_536) -> bytes:
    """What has arrived."""
    with contextlib.suppress(BlockingIOError):
        return os.read(near, most)
    return b""


async def drained(near: int) -> bytes:
    """All that arrives until nothing has come for a while."""
    found, quiet = b"", 0
    while quiet < 8:
        more = taken(near)
        found, quiet = found + more, 0 if more else quiet + 1
        await asyncio.sleep(0.02)
    return found


async def test_the_rest_of_a_paper_that_was_given_up_never_follows_the_next_opening(
    line: tuple[int, str],
) -> None:
    near, name = line
    port = FilePort(name)
    await port.open(1.0)
    writing = asyncio.create_task(port.write(b"old" * 20_000, 30.0))
    while not taken(near, 64):  # noqa: ASYNC110 - the thread is in the middle of it
        await asyncio.sleep(0.01)
    await port.close()
    await port.open(1.0)
    await drained(near)
    await port.write(b"new", 1.0)
    assert await drained(near) == b"new"
    with pytest.raises(Exception, match="was closed"):
        await writing
    await port.close()


async def test_a_line_for_programs_gives_up_the_same_way(tmp_path: Path) -> None:
    port = PtyPort(str(tmp_path / "line"))
    await port.open(1.0)
    with pytest.raises(PortTimeout):
        await port.write(b"old" * 20_000, 0.1)
    await port.close()
    assert not (tmp_path / "line").exists()
    await port.open(1.0)
    other = os.open(tmp_path / "line", os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    await port.write(b"new", 1.0)
    assert os.read(other, 100) == b"new"
    os.close(other)
    await port.close()


async def test_a_name_below_dev_never_leads_into_a_file_of_this_program(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    ledger.write_bytes(b"books")
    with ledger.open("rb+") as file, pytest.raises(PortAbsent, match="no device"):
        await FilePort(f"/dev/fd/{file.fileno()}").open(1.0)
    assert ledger.read_bytes() == b"books"


async def test_a_drain_that_never_ends_is_ended_by_the_closing(
    line: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    thrown_away = threading.Event()
    monkeypatch.setattr(serial.Serial, "flush", lambda _: thrown_away.wait())
    monkeypatch.setattr(serial.Serial, "reset_output_buffer", lambda _: thrown_away.set())
    monkeypatch.setattr("devices.ports.serial_line._GRACE_S", 0.1)
    port = SerialPort(SerialSettings(line[1]))
    await port.open(1.0)
    with pytest.raises(PortTimeout, match="stuck"):
        await port.write(b"paper", 0.1)
    await port.close()
    await port.open(1.0)
    await port.close()


def test_a_program_ends_although_a_device_is_stuck() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=20, check=True
    )
    assert ended.stdout == "given up\n"
