"""The spool against printers that lie and ports that fail as nobody foresaw: no false word, no lost job."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from devices.errors import PortTimeout
from devices.ports.memory import MemoryPort
from devices.printing.job import JobState
from devices.printing.settings import PrinterConfig
from devices.printing.status import STATUS_REQUEST, PrinterState
from tests.unit.devices.test_drawer import PULSE
from tests.unit.devices.test_print_spool import BYTES, READY, Bench, running, working

MARK_REQUEST = bytes.fromhex("1D 72 01")


class FailingPort(MemoryPort):
    """A port whose library raises what its papers do not name."""

    def __init__(self, fails_on: str) -> None:
        super().__init__(working)
        self.fails_on = fails_on

    async def open(self, timeout_s: float) -> None:
        """See `Port.open`."""
        if self.fails_on == "open":
            raise ValueError("nobody foresaw this")
        await super().open(timeout_s)

    async def write(self, data: bytes, timeout_s: float) -> None:
        """See `Port.write`."""
        await super().write(data, timeout_s)
        if data != STATUS_REQUEST and self.fails_on == "write":
            raise ZeroDivisionError

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """See `Port.read`."""
        data = await super().read(limit, timeout_s)
        if data != READY and self.fails_on == "read":
            raise IndexError
        return data


@pytest.mark.parametrize("moment", ["write", "read"])
async def test_what_nobody_foresaw_leaves_the_job_uncertain_and_the_next_one_prints(
    tmp_path: Path, moment: str
) -> None:
    port = FailingPort(moment)
    bench = Bench(tmp_path / "jobs.db", {"front": port})
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
        port.fails_on = ""
        await bench.print("b")
        await bench.until_state("b", JobState.CONFIRMED)
    assert bench.states() == {"a": ("uncertain", "interrupted"), "b": ("confirmed", "")}
    assert bench.papers() == [BYTES, BYTES]
    assert [one.state for one in bench.statuses] == [
        PrinterState.ONLINE,
        PrinterState.UNKNOWN,
        PrinterState.ONLINE,
    ]
    tally = bench.spool.statuses()[0].tally
    assert (tally.uncertain, tally.jobs, tally.last_error) == (1, 1, "unforeseen")


async def test_a_port_that_always_fails_is_logged_once_and_keeps_its_jobs(tmp_path: Path) -> None:
    port = FailingPort("open")
    bench = Bench(tmp_path / "jobs.db", {"front": port})
    with capture_logs() as logs:
        async with running(bench):
            await bench.print("a")
            for _ in range(3):
                assert not await asyncio.wait_for(bench.spool.open_drawer("front"), 60)
            assert bench.states() == {"a": ("queued", "")}
            port.fails_on = ""
            await bench.until_state("a", JobState.CONFIRMED)
    assert [log["event"] for log in logs].count("printer.round_failed") == 1
    assert bench.papers() == [BYTES]


async def test_a_drawer_that_is_wished_open_while_the_spool_stops_is_told_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "jobs.db", {"front": MemoryPort(working)})
    async with running(bench):
        await bench.until(lambda: bool(bench.statuses))
        bench.spool.stop()
        pulse = bench.spool.open_drawer("front")
        assert not await asyncio.wait_for(pulse, 60)
    assert PULSE not in bench.papers()


async def test_the_late_mark_of_one_paper_is_never_the_next_ones(tmp_path: Path) -> None:
    """A serial printer that is slow: what it says of the first paper comes while the second is on its way."""
    port = MemoryPort()
    bench = Bench(tmp_path / "jobs.db", {"front": port})
    owed = 0

    def slow(data: bytes) -> bytes:
        nonlocal owed
        if data == STATUS_REQUEST:
            return READY
        owed += 1
        if data != MARK_REQUEST:
            return b""
        answers, owed = b"\0" * owed, 0
        return answers

    port._answer = slow
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
        await bench.print("b")
        await bench.until_state("b", JobState.UNCERTAIN)
        port._answer = working
        await bench.print("c")
        await bench.until_state("c", JobState.CONFIRMED)
    assert bench.papers() == [BYTES, MARK_REQUEST, BYTES, MARK_REQUEST, BYTES]


async def test_a_printer_that_owes_a_mark_and_stays_mute_never_confirms_anything(tmp_path: Path) -> None:
    port = MemoryPort(lambda data: READY if data == STATUS_REQUEST else b"")
    bench = Bench(tmp_path / "jobs.db", {"front": port})
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
        # silent when it is asked, and a mark right behind the paper: it may well be the older one
        port._answer = lambda data: {STATUS_REQUEST: READY, MARK_REQUEST: b""}.get(data, b"\0")
        await bench.print("b")
        await bench.until_state("b", JobState.UNCERTAIN)
    assert bench.states()["b"] == ("uncertain", "no_completion_mark")


async def test_a_paper_that_the_line_took_too_slowly_may_still_be_told_of_late(tmp_path: Path) -> None:
    class Stalling(MemoryPort):
        async def write(self, data: bytes, timeout_s: float) -> None:
            await super().write(data, timeout_s)
            if data == BYTES and len(self.written) < 3:
                raise PortTimeout("took no bytes")

    port = Stalling(working)
    bench = Bench(tmp_path / "jobs.db", {"front": port})
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
        await bench.print("b")
        await bench.until_state("b", JobState.CONFIRMED)
    assert bench.states()["a"] == ("uncertain", "port.timeout")
    assert bench.papers() == [BYTES, MARK_REQUEST, BYTES]


@pytest.mark.parametrize(
    ("profile", "lies"),
    [
        ("epson-tm-t82", "37 22 30 30 30 30 00"),  # another job's name
        ("epson-tm-t82", "00 00 00"),  # the answer to a question of another kind
        ("epson-tm-t82", "37 22 FF FF FF FF 00 14 00 00 0F"),
        ("generic-80", "37 22 30 30 30 30 00"),
        ("generic-80", "01 02 40 7F"),
        ("generic-80", "11 13 12 12 12"),
    ],
)
async def test_no_lie_confirms_a_paper(tmp_path: Path, profile: str, lies: str) -> None:
    said = bytes.fromhex(lies)
    port = MemoryPort(lambda data: READY if data == STATUS_REQUEST else said)
    bench = Bench(tmp_path / "jobs.db", {"front": port})
    bench.spool.reconfigure([PrinterConfig("front", "front", profile)])
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
    assert bench.states() == {"a": ("uncertain", "no_completion_mark")}
