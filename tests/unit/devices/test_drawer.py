"""The drawer's pulse: its bytes, and that it leaves once, now or never."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from devices.errors import ConfigurationError
from devices.ports.memory import MemoryPort
from devices.printing.drawer import drawer_pulse
from devices.printing.job import JobState
from devices.printing.settings import PrinterConfig
from devices.printing.spool import Spool
from devices.printing.status import STATUS_REQUEST, PrinterState
from devices.printing.thread_journal import ThreadJournal
from devices.profiles import load_profile
from tests.unit.devices.test_print_spool import LIMITS, READY, Bench, running, working

PROFILE = load_profile("generic-80")
PULSE = bytes.fromhex("1B 70 00 32 FF")


@pytest.mark.parametrize(
    ("pin", "pulse_ms", "state", "pulse"),
    [
        (2, 100, PrinterState.ONLINE, "1B 70 00 32 FF"),
        (5, 510, PrinterState.UNKNOWN, "1B 70 01 FF FF"),
        (2, 100, PrinterState.PAPER_OUT, "10 14 01 00 01"),
        (5, 510, PrinterState.COVER_OPEN, "10 14 01 01 05"),
        (0, 100, PrinterState.ONLINE, ""),
    ],
)
def test_a_pulse_is_these_bytes(pin: int, pulse_ms: int, state: PrinterState, pulse: str) -> None:
    profile = replace(PROFILE, drawer_pin=pin, drawer_pulse_ms=pulse_ms)
    assert drawer_pulse(profile, state) == bytes.fromhex(pulse)


async def test_the_drawer_opens_once_and_beside_the_jobs(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "jobs.db", {"front": MemoryPort(working)})
    async with running(bench):
        pulse = bench.spool.open_drawer("front")
        assert bench.spool.open_drawer("front") is pulse
        assert await asyncio.wait_for(pulse, 60)
        await bench.print("a")
        await bench.until_state("a", "confirmed")  # type: ignore[arg-type]
    assert [data for data in bench.papers() if data == PULSE] == [PULSE]
    assert not any(PULSE in data for data in bench.papers() if data != PULSE)


async def test_a_printer_without_paper_opens_the_drawer_in_real_time(tmp_path: Path) -> None:
    out = b"\x1a\x32\x12\x7e"
    port = MemoryPort(lambda data: out if data == STATUS_REQUEST else b"")
    bench = Bench(tmp_path / "jobs.db", {"front": port})
    async with running(bench):
        assert await asyncio.wait_for(bench.spool.open_drawer("front"), 60)
    assert bytes.fromhex("10 14 01 00 01") in bench.papers()


async def test_a_pulse_that_cannot_leave_never_leaves_later(tmp_path: Path) -> None:
    port = MemoryPort(working)
    port.absent = True
    bench = Bench(tmp_path / "jobs.db", {"front": port})
    async with running(bench):
        assert not await asyncio.wait_for(bench.spool.open_drawer("front"), 60)
        port.absent = False
        await bench.print("a")
        await bench.until_state("a", "confirmed")  # type: ignore[arg-type]
    assert PULSE not in bench.papers()


def test_a_printer_that_is_not_there_has_no_drawer(tmp_path: Path) -> None:
    journal = ThreadJournal(tmp_path / "jobs.db")
    spool = Spool([PrinterConfig("a", "tcp://h")], journal, lambda _status: None, limits=LIMITS)
    with pytest.raises(ConfigurationError, match="no drawer"):
        spool.open_drawer("b")


async def test_a_pulse_wished_for_while_a_paper_is_awaited_never_leaves_later(tmp_path: Path) -> None:
    pulses: list[asyncio.Future[bool]] = []

    def answer(data: bytes) -> bytes:
        if data != STATUS_REQUEST and not pulses:
            pulses.append(bench.spool.open_drawer("front"))
        return READY if data == STATUS_REQUEST else b""

    limits = replace(LIMITS, completion_s=0.3, pulse_s=0.2)
    bench = Bench(tmp_path / "jobs.db", {"front": MemoryPort(answer)}, limits)
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
        assert not await asyncio.wait_for(pulses[0], 60)
        await bench.print("b")
        await bench.until_state("b", JobState.UNCERTAIN)
    assert PULSE not in bench.papers()


async def test_a_pulse_for_a_printer_that_answers_too_late_is_not_sent(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "jobs.db", {"front": MemoryPort(lambda _: b"")}, replace(LIMITS, pulse_s=0.01))
    async with running(bench):
        assert not await asyncio.wait_for(bench.spool.open_drawer("front"), 60)
    assert bench.papers() == []
