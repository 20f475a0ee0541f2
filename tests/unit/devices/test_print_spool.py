"""The spool against ports that misbehave: nothing is lost silently, nothing is printed twice by itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.errors import ConfigurationError
from devices.ports.memory import MemoryPort
from devices.printing.delivery import completion_request
from devices.printing.document import Document, Text
from devices.printing.encode import encode
from devices.printing.job import JobKind, JobState, NewJob
from devices.printing.settings import PrinterConfig, SpoolLimits
from devices.printing.spool import Spool
from devices.printing.status import STATUS_REQUEST, PrinterState, PrinterStatus, read_real_time
from devices.printing.thread_journal import ThreadJournal
from devices.profiles import load_profile

AT = datetime(2025, 11, 23, 10, 0, tzinfo=UTC)
PAPER = Document((Text("好"),))
POISON = Document((Text("x"),))
BYTES = encode(PAPER, load_profile("generic-80")) + completion_request("gs_r", b"")
READY = b"\x12" * 4
LIMITS = SpoolLimits(
    open_s=0.2,
    status_s=0.1,
    write_s=0.2,
    completion_s=0.2,
    health_s=60.0,
    not_ready_s=0.05,
    backoff_first_s=0.02,
    backoff_limit_s=0.05,
)


def working(data: bytes) -> bytes:
    """A printer in good health."""
    return READY if data == STATUS_REQUEST else b"\x00"


class Bench:
    """A spool over memory ports and a journal file."""

    def __init__(self, path: Path, ports: dict[str, MemoryPort], limits: SpoolLimits | None = None) -> None:
        self.path = path
        self.ports = ports
        self.journal = ThreadJournal(path)
        self.statuses: list[PrinterStatus] = []
        self.spool = Spool(
            [PrinterConfig(name, name) for name in ports],
            self.journal,
            self.statuses.append,
            limits=limits or LIMITS,
            open_at=ports.__getitem__,
            now=lambda: AT,
        )

    async def print(self, identity: str, printer: str = "front", expires: datetime | None = None) -> None:
        """Enqueue a job and wake its printer."""
        await self.journal.enqueue(NewJob(identity, printer, JobKind.RECEIPT, PAPER, AT, expires_at=expires))
        self.spool.wake(printer)

    def states(self) -> dict[str, tuple[str, str]]:
        """State and reason of each job, read from the file."""
        with sqlite3.connect(self.path) as connection:
            found = connection.execute("SELECT id, state, reason FROM print_job ORDER BY seq").fetchall()
        connection.close()
        return {identity: (state, reason) for identity, state, reason in found}

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition, at most a minute."""
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - the state sits in a file
                await asyncio.sleep(0.005)

    async def until_state(self, identity: str, state: JobState) -> None:
        """Wait for a job's state."""
        await self.until(lambda: self.states().get(identity, ("",))[0] == state)

    def papers(self, printer: str = "front") -> list[bytes]:
        """What was written beside status requests."""
        return [data for data in self.ports[printer].written if data != STATUS_REQUEST]


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(bench.spool.run())
    try:
        yield
    finally:
        bench.spool.stop()
        async with asyncio.timeout(60):
            await task
        await bench.journal.close()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "jobs.db", {"front": MemoryPort(working)})


async def test_a_job_is_written_once_and_confirmed(bench: Bench) -> None:
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.CONFIRMED)
    assert bench.papers() == [BYTES]
    assert [status.state for status in bench.statuses] == [PrinterState.ONLINE]


async def test_the_row_says_sending_before_the_first_byte(bench: Bench) -> None:
    seen: list[tuple[str, str]] = []

    def look(data: bytes) -> bytes:
        if data != STATUS_REQUEST:
            seen.append(bench.states()["a"])
        return working(data)

    bench.ports["front"]._answer = look
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.CONFIRMED)
    assert seen == [("sending", "")]


async def test_jobs_print_in_order(bench: Bench) -> None:
    async with running(bench):
        for identity in "abcde":
            await bench.print(identity)
        await bench.until_state("e", JobState.CONFIRMED)
    assert set(bench.states().values()) == {("confirmed", "")}
    assert bench.papers() == [BYTES] * 5


async def test_a_printer_that_is_away_keeps_its_jobs_queued_and_prints_them_on_return(bench: Bench) -> None:
    port = bench.ports["front"]
    port.absent = True
    async with running(bench):
        await bench.print("a")
        await bench.until(lambda: any(status.state is PrinterState.OFFLINE for status in bench.statuses))
        assert bench.states() == {"a": ("queued", "")}
        port.absent = False
        await bench.until_state("a", JobState.CONFIRMED)
    assert bench.papers() == [BYTES]
    assert [status.state for status in bench.statuses] == [PrinterState.OFFLINE, PrinterState.ONLINE]


async def test_a_printer_without_paper_is_not_sent_anything(bench: Bench) -> None:
    port = bench.ports["front"]
    port._answer = lambda data: b"\x1a\x32\x12\x7e" if data == STATUS_REQUEST else b""
    async with running(bench):
        await bench.print("a")
        await bench.until(lambda: bool(bench.statuses))
        assert bench.spool.statuses()[0].state is PrinterState.PAPER_OUT
        assert bench.states() == {"a": ("queued", "")}
        assert bench.papers() == []
        port._answer = working
        await bench.until_state("a", JobState.CONFIRMED)
    assert bench.papers() == [BYTES]


async def test_no_completion_mark_is_uncertain_and_never_sent_again(bench: Bench) -> None:
    bench.ports["front"]._answer = lambda data: READY if data == STATUS_REQUEST else b""
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
        await asyncio.sleep(0.2)
    assert bench.states() == {"a": ("uncertain", "no_completion_mark")}
    assert bench.papers() == [BYTES]


async def test_a_mute_printer_prints_and_stays_unknown(bench: Bench) -> None:
    bench.ports["front"]._answer = lambda _data: b""
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
    assert bench.papers() == [BYTES]
    assert {status.state for status in bench.statuses} == {PrinterState.UNKNOWN}


async def test_a_late_status_byte_is_not_taken_for_the_mark(bench: Bench) -> None:
    bench.ports["front"]._answer = lambda data: b"\x12" if data == STATUS_REQUEST else b"\x12\x12"
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
    assert bench.states() == {"a": ("uncertain", "no_completion_mark")}


async def test_a_line_that_breaks_in_the_middle_is_uncertain_and_never_sent_again(bench: Bench) -> None:
    port = bench.ports["front"]
    port.breaks_after = len(STATUS_REQUEST)
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.UNCERTAIN)
        port.breaks_after = None
        await bench.print("b")
        await bench.until_state("b", JobState.CONFIRMED)
    assert bench.states()["a"] == ("uncertain", "port.lost")
    assert bench.papers() == [BYTES[: len(STATUS_REQUEST)], BYTES]


async def test_a_dead_printer_never_blocks_another(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "jobs.db", {"front": MemoryPort(working), "back": MemoryPort(working)})
    bench.ports["back"].absent = True
    async with running(bench):
        await bench.print("b", "back")
        await bench.print("a")
        await bench.until_state("a", JobState.CONFIRMED)
    assert bench.states()["b"] == ("queued", "")


async def test_a_job_too_old_is_expired_not_printed(bench: Bench) -> None:
    async with running(bench):
        await bench.print("old", expires=AT - timedelta(seconds=1))
        await bench.print("new", expires=AT + timedelta(seconds=1))
        await bench.until_state("new", JobState.CONFIRMED)
    assert bench.states()["old"] == ("expired", "too_old")
    assert bench.papers() == [BYTES]


async def test_an_altered_document_fails_and_the_next_job_prints(bench: Bench) -> None:
    await bench.journal.enqueue(NewJob("a", "front", JobKind.RECEIPT, PAPER, AT))
    await bench.journal.call(
        lambda connection: connection.execute("UPDATE print_job SET document = '{\"v\":1}'")
    )
    async with running(bench):
        await bench.print("b")
        await bench.until_state("b", JobState.CONFIRMED)
    assert bench.states()["a"] == ("failed", "print.document")


async def test_after_a_crash_a_job_under_way_is_uncertain_and_queued_ones_print(bench: Bench) -> None:
    for identity in "ab":
        await bench.journal.enqueue(NewJob(identity, "front", JobKind.RECEIPT, PAPER, AT))
    await bench.journal.mark("a", JobState.SENDING, "", AT)
    async with running(bench):
        await bench.until_state("b", JobState.CONFIRMED)
    assert bench.states()["a"] == ("uncertain", "interrupted")
    assert bench.papers() == [BYTES]


async def test_a_fault_of_the_journal_does_not_end_the_worker(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim: Callable[[str], Awaitable[object]] = bench.journal.claim
    failures = iter([True, True])

    async def failing(printer: str) -> object:
        if next(failures, False):
            raise sqlite3.OperationalError("disk I/O error")
        return await claim(printer)

    monkeypatch.setattr(bench.journal, "claim", failing)
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.CONFIRMED)
    assert bench.papers() == [BYTES]


def test_two_printers_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        Spool(
            [PrinterConfig("a", "tcp://x"), PrinterConfig("a", "tcp://y")],
            ThreadJournal(tmp_path / "jobs.db"),
            lambda _status: None,
        )


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ("12121212", PrinterState.ONLINE),
        ("1212121E", PrinterState.PAPER_LOW),
        ("1A32127E", PrinterState.PAPER_OUT),
        ("1A161212", PrinterState.COVER_OPEN),
        ("1A521212", PrinterState.ERROR),
        ("1A521A12", PrinterState.CUTTER),
        ("1A523212", PrinterState.ERROR),
        ("1A121212", PrinterState.PAUSED),
        ("", PrinterState.UNKNOWN),
        ("121212", PrinterState.UNKNOWN),
        ("00000000", PrinterState.UNKNOWN),
        ("FFFFFFFF", PrinterState.UNKNOWN),
        ("12121200", PrinterState.UNKNOWN),
    ],
)
def test_a_status_is_read_or_unknown(answers: str, state: PrinterState) -> None:
    assert read_real_time(bytes.fromhex(answers)).state is state


async def test_a_paper_that_nobody_can_make_does_not_hold_up_those_behind_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(document: Document, *rest: Any) -> bytes:
        if document == POISON:
            raise ZeroDivisionError
        return encode(document, *rest)

    monkeypatch.setattr("devices.printing.worker.encode", stumble)
    await bench.journal.enqueue(NewJob("bad", "front", JobKind.RECEIPT, POISON, AT))
    async with running(bench):
        await bench.print("b")
        await bench.until_state("b", JobState.CONFIRMED)
    assert bench.states() == {"bad": ("failed", "unforeseen"), "b": ("confirmed", "")}
    assert bench.papers() == [BYTES]
