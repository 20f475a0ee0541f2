"""The spool and the virtual printer through each fault: no job lost silently, no second paper by itself."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices.printing import journal
from devices.printing.document import Document
from devices.printing.job import JobKind, JobState, NewJob
from devices.printing.settings import PrinterConfig, SpoolLimits
from devices.printing.spool import Spool
from devices.printing.status import PrinterState, PrinterStatus
from devices.printing.thread_journal import ThreadJournal
from tests.integration.devices.virtual_devices import Program, running
from tests.unit.devices.example_documents import RECEIPT_EN

pytestmark = pytest.mark.processes

AT = datetime(2025, 11, 23, 10, 0, tzinfo=UTC)
PATIENT = SpoolLimits(
    open_s=30.0,
    status_s=30.0,
    write_s=30.0,
    completion_s=60.0,
    health_s=0.1,
    not_ready_s=0.05,
    backoff_first_s=0.05,
    backoff_limit_s=0.1,
)
"""For a printer that answers: however slow the machine is, its silence is never what a test sees."""
IMPATIENT = replace(PATIENT, status_s=0.5, completion_s=0.6)
"""For a printer that says nothing."""
LIMIT_S = 60.0


class Store:
    """One printer program, one spool on it."""

    def __init__(self, folder: Path, printer: Program, limits: SpoolLimits) -> None:
        self.printer = printer
        self.path = folder / "jobs.db"
        self.journal = ThreadJournal(self.path)
        self.statuses: list[PrinterStatus] = []
        config = PrinterConfig("front", f"tcp://127.0.0.1:{printer.facts['port']}")
        self.spool = Spool([config], self.journal, self.statuses.append, limits=limits, now=lambda: AT)

    async def print(self, identity: str, document: Document = RECEIPT_EN) -> None:
        """Enqueue a receipt and wake the printer."""
        await self.journal.enqueue(NewJob(identity, "front", JobKind.RECEIPT, document, AT))
        self.spool.wake("front")

    def states(self) -> dict[str, str]:
        """Each job's state, from the file."""
        with sqlite3.connect(self.path) as connection:
            found = connection.execute("SELECT id, state FROM print_job ORDER BY seq").fetchall()
        connection.close()
        return dict(found)

    async def until_job(self, identity: str, state: JobState) -> None:
        """Wait for a job's state."""
        async with asyncio.timeout(LIMIT_S):
            while self.states().get(identity) != state:  # noqa: ASYNC110 - the state sits in a file
                await asyncio.sleep(0.01)

    async def until_printer(self, state: PrinterState) -> None:
        """Wait for the printer's state."""
        async with asyncio.timeout(LIMIT_S):
            while self.spool.statuses()[0].state is not state:  # noqa: ASYNC110 - ends with the test
                await asyncio.sleep(0.01)

    async def control(self, word: str) -> None:
        """Set a fault."""
        assert await self.said(word) == "ok"

    async def said(self, word: str) -> str:
        """What the printer's control port answers."""
        return await asyncio.to_thread(self.printer.control, word)


@asynccontextmanager
async def opened(folder: Path, limits: SpoolLimits = PATIENT) -> AsyncIterator[Store]:
    papers = folder / "papers"
    with running("printer", "--port", "0", "--papers", str(papers), "--no-png") as printer:
        store = Store(folder, printer, limits)
        task = asyncio.create_task(store.spool.run())
        try:
            yield store
        finally:
            store.spool.stop()
            async with asyncio.timeout(LIMIT_S):
                await task
            await store.journal.close()


def papers(folder: Path) -> list[str]:
    return [path.read_text() for path in sorted((folder / "papers").glob("*.txt"))]


async def test_a_hundred_jobs_are_a_hundred_papers(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        for number in range(100):
            await store.print(f"job-{number}")
        await store.until_job("job-99", JobState.CONFIRMED)
        assert set(store.states().values()) == {"confirmed"}
    assert len(papers(tmp_path)) == 100


@pytest.mark.parametrize(
    ("fault", "cure", "state"),
    [
        ("paper-out", "paper-ok", PrinterState.PAPER_OUT),
        ("offline", "online", PrinterState.PAUSED),
        ("cover-open", "cover-closed", PrinterState.COVER_OPEN),
        ("unplug", "plug", PrinterState.OFFLINE),
    ],
)
async def test_a_printer_that_cannot_print_keeps_jobs_queued_until_it_can(
    tmp_path: Path, fault: str, cure: str, state: PrinterState
) -> None:
    async with opened(tmp_path) as store:
        await store.control(fault)
        await store.print("a")
        await store.until_printer(state)
        assert store.states() == {"a": "queued"}
        await store.control(cure)
        await store.until_job("a", JobState.CONFIRMED)
        await store.until_printer(PrinterState.ONLINE)
    assert len(papers(tmp_path)) == 1


async def test_a_reset_in_mid_job_is_uncertain_and_a_reprint_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.until_printer(PrinterState.ONLINE)
        await store.control("reset-after 300")
        await store.print("a")
        await store.until_job("a", JobState.UNCERTAIN)
        await asyncio.sleep(0.3)
        await store.journal.call(lambda connection: journal.enqueue_reprint(connection, "a", "b", AT))
        store.spool.wake("front")
        await store.until_job("b", JobState.CONFIRMED)
        assert store.states() == {"a": "uncertain", "b": "confirmed"}
    half, whole = papers(tmp_path)
    assert "COPY" not in half
    assert "Total" not in half
    assert whole.count("*** REPRINT 重打 COPY 1 ***") == 2
    assert "Total (7 items)" in whole


async def test_a_mute_printer_prints_once_and_the_job_is_uncertain(tmp_path: Path) -> None:
    async with opened(tmp_path, IMPATIENT) as store:
        await store.control("mute")
        await store.print("a")
        await store.until_job("a", JobState.UNCERTAIN)
        await asyncio.sleep(0.3)
        await store.control("unmute")
        await store.until_printer(PrinterState.ONLINE)
    assert len(papers(tmp_path)) == 1


async def test_a_job_lost_by_a_power_cycle_is_uncertain_not_confirmed(tmp_path: Path) -> None:
    async with opened(tmp_path, IMPATIENT) as store:
        await store.until_printer(PrinterState.ONLINE)
        await store.control("mute")
        await store.control("offline")
        await store.print("a")
        await store.until_job("a", JobState.SENT)
        await store.control("power-cycle")
        await store.until_job("a", JobState.UNCERTAIN)
        await store.control("unmute")
        await store.control("online")
        await store.until_printer(PrinterState.ONLINE)
        assert store.states() == {"a": "uncertain"}
    assert papers(tmp_path) == []


async def test_the_drawer_of_the_virtual_printer_opens_once_and_beside_the_paper(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.print("a")
        assert await store.spool.open_drawer("front")
        await store.until_job("a", JobState.CONFIRMED)
        facts = json.loads((await store.said("state")).removeprefix("ok "))
        assert (facts["kicks"], facts["drawer"]) == (1, "open")
        await store.control("push-in")
        await store.control("paper-out")
        await store.until_printer(PrinterState.PAPER_OUT)
        assert await store.spool.open_drawer("front")
        facts = json.loads((await store.said("state")).removeprefix("ok "))
        assert (facts["kicks"], facts["drawer"]) == (2, "open")
    assert len(papers(tmp_path)) == 1
