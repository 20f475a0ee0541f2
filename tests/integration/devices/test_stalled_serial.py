"""A serial line whose far end stops reading: told in time, nothing follows later, no thread stays behind."""

import asyncio
import contextlib
import os
import threading
import tty
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.errors import PortTimeout
from devices.ports.address import port_at
from devices.ports.serial_line import SerialPort, SerialSettings
from devices.printing.document import Document, Text
from devices.printing.job import JobKind, JobState, NewJob
from devices.printing.settings import PrinterConfig
from devices.printing.spool import Spool
from devices.printing.status import STATUS_REQUEST, PrinterState
from tests.unit.devices.test_print_spool import AT, LIMITS, READY, Bench, running

FAR_BUFFER = 4096
"""What the far end's own system had taken in: it is the printer's already."""
MARK_REQUEST = b"\x1dr\x01"
LONG = Document(tuple(Text("农夫山泉 550 ml " * 40) for _ in range(60)))
"""More than every buffer between both ends of a pseudo-terminal."""


class SerialPrinter:
    """A printer at the far end: it answers what it reads, and can stop reading."""

    def __init__(self) -> None:
        self.near, self.far = os.openpty()
        tty.setraw(self.far)
        os.set_blocking(self.near, False)
        self.name = os.ttyname(self.far)
        self.taken = bytearray()
        self.stops_at = len(STATUS_REQUEST)
        self._answered = 0

    def read_on(self) -> None:
        """Read as long as nothing makes it stop."""
        asyncio.get_running_loop().add_reader(self.near, self._read)

    def stop(self) -> None:
        """Read no more."""
        asyncio.get_running_loop().remove_reader(self.near)

    def _read(self) -> None:
        self.taken += os.read(self.near, 4096)
        if len(self.taken) > self.stops_at:
            self.stop()
            return
        asked = self.taken[self._answered :]
        if asked.endswith((STATUS_REQUEST, MARK_REQUEST)):
            os.write(self.near, READY if asked.endswith(STATUS_REQUEST) else b"\0")
            self._answered = len(self.taken)


@pytest.fixture
def printer() -> Iterator[SerialPrinter]:
    there = SerialPrinter()
    yield there
    os.close(there.near)
    os.close(there.far)


def threads_of(peer: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == peer]


async def until_no_thread(peer: str) -> None:
    async with asyncio.timeout(60):
        while threads_of(peer):  # noqa: ASYNC110 - it ends by itself
            await asyncio.sleep(0.01)


async def test_what_a_stalled_line_did_not_take_never_comes_out(printer: SerialPrinter) -> None:
    port = SerialPort(SerialSettings(printer.name))
    await port.open(5.0)
    with pytest.raises(PortTimeout, match=r"took no bytes for 0\.2 s"):
        await port.write(b"old" * 20_000, 0.2)
    await port.close()
    await until_no_thread(port.peer)
    taken = b""
    with contextlib.suppress(BlockingIOError):
        while True:
            taken += os.read(printer.near, 65_536)
    assert len(taken) < FAR_BUFFER
    await port.open(5.0)
    await port.write(b"new", 5.0)
    printer.stops_at = 10**6
    printer.read_on()
    async with asyncio.timeout(60):
        while not printer.taken:  # noqa: ASYNC110 - comes from the system
            await asyncio.sleep(0.005)
    assert printer.taken == b"new"
    await port.close()


async def test_a_printer_that_stops_reading_leaves_its_paper_uncertain_and_the_next_one_waits(
    printer: SerialPrinter, tmp_path: Path
) -> None:
    bench = Bench(tmp_path / "jobs.db", {})
    limits = replace(LIMITS, open_s=30.0, status_s=30.0, write_s=0.3, completion_s=30.0)
    config = PrinterConfig("front", f"serial:{printer.name}?baud=115200")
    bench.spool = Spool(
        [config], bench.journal, bench.statuses.append, limits=limits, open_at=port_at, now=lambda: AT
    )
    printer.read_on()
    async with running(bench):
        for name in "ab":
            await bench.journal.enqueue(NewJob(name, "front", JobKind.RECEIPT, LONG, AT))
        bench.spool.wake("front")
        await bench.until_state("a", JobState.UNCERTAIN)
        await bench.until(lambda: bench.spool.statuses()[0].state is PrinterState.OFFLINE)
        assert "took no bytes" in bench.spool.statuses()[0].reason
        assert bench.states() == {"a": ("uncertain", "port.timeout"), "b": ("queued", "")}
        printer.stops_at = 10**9
        printer.read_on()
        await bench.until_state("b", JobState.CONFIRMED)
        assert bench.spool.statuses()[0].state is PrinterState.ONLINE
        assert bench.states()["a"] == ("uncertain", "port.timeout")
    await until_no_thread(f"serial:{printer.name}")
    printer.stop()
