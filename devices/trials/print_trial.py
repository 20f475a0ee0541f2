"""Print jobs through every fault at every moment: none lost in silence, none on paper twice without a mark.

The real spool and journal, real TCP, the virtual printer in this process. After each job a clerk does what
the page asks: looks at the paper, says that it came out, or has it printed again.
"""

import asyncio
import contextlib
import random
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from devices.printing import journal
from devices.printing.document import Document, Feed, Row, Text
from devices.printing.encode import encode
from devices.printing.job import JobKind, JobState, NewJob
from devices.printing.settings import PrinterConfig, SpoolLimits
from devices.printing.spool import Spool
from devices.printing.thread_journal import ThreadJournal
from devices.profiles import load_profile
from devices.simulators.printer.archive import Archive
from devices.simulators.printer.device import PrinterDevice
from devices.simulators.printer.faults import obey
from devices.simulators.printer.network_line import NetworkLine
from devices.trials.faults import CURES, FAULTS, KILLED, Fault, Moment

AT: Final = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
PROFILES: Final = ("generic-80", "epson-tm-t82")
_LIMITS: Final = SpoolLimits(
    open_s=0.5, status_s=0.25, write_s=1.0, completion_s=0.35, ask_s=0.05, patience_s=5.0,
    health_s=0.2, not_ready_s=0.02, backoff_first_s=0.02, backoff_limit_s=0.05,
)  # fmt: skip
_SETTLED: Final = frozenset({JobState.CONFIRMED, JobState.UNCERTAIN, JobState.FAILED, JobState.EXPIRED})
_LOOK_S: Final = 0.004
_LIMIT_S: Final = 60.0
_TRIES: Final = 5
"""How often a paper is printed again before it counts as lost."""
_HOLD_S: Final = 0.03
_HOLDS_S: Final = (0.03, 0.03, 0.5)
"""How long a fault lasts: mostly shorter than the spool waits for a mark, sometimes longer."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the matrix."""

    fault: str
    moment: Moment


@dataclass(slots=True)
class Tally:
    """What became of the jobs of one cell."""

    jobs: int = 0
    confirmed: int = 0
    came_out: int = 0
    printed_again: int = 0
    lost: int = 0
    doubled: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost in silence or doubled without a mark."""
        return not self.lost and not self.doubled


@dataclass(slots=True)
class PrintReport:
    """The whole matrix."""

    seed: int
    cells: dict[Cell, Tally] = field(default_factory=dict)

    @property
    def jobs(self) -> int:
        """All jobs."""
        return sum(tally.jobs for tally in self.cells.values())

    @property
    def is_clean(self) -> bool:
        """Whether every cell is."""
        return all(tally.is_clean for tally in self.cells.values())


class PrintTrial:
    """One printer with its spool; jobs go through it one after the other.

    Args:
        folder: an empty folder.
        profile: the printer's profile.
        seed: of the bytes at which faults strike.
    """

    def __init__(self, folder: Path, profile: str, seed: int) -> None:
        self._folder = folder
        self._profile = profile
        self._random = random.Random(seed)
        self._texts: list[str] = []
        self._printer = PrinterDevice(48, Archive(folder / "papers"), lambda *_paper: None)
        self._line = self._printer.line = NetworkLine(self._printer, 0)
        self._journal = ThreadJournal(folder / "jobs.db")
        self._spool: Spool | None = None
        self._running: asyncio.Task[None] | None = None
        self._count = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["PrintTrial"]:
        """Switch all on, and off in the end."""
        await self._printer.plug()
        self._start_spool()
        try:
            yield self
        finally:
            await self._kill_spool()
            await self._printer.unplug()
            await self._journal.close()

    async def run(self, cell: Cell, tally: Tally) -> None:
        """One job through one fault, and what a clerk does about it."""
        fault = next(one for one in FAULTS if one.name == cell.fault)
        self._count += 1
        job = f"job-{self._count}"
        size = len(encode(_paper(job), load_profile(self._profile)))
        await self._suffer(fault, cell.moment, job, size)
        state = await self._settled(job)
        tally.jobs += 1
        await self._judge(job, state, tally)

    async def _suffer(self, fault: Fault, moment: Moment, job: str, size: int) -> None:
        if moment is Moment.BEFORE or fault.strikes_by_itself:
            await self._bring(fault, size)
            await self._enqueue(job)
            await asyncio.sleep(self._random.choice(_HOLDS_S))
        else:
            await self._enqueue(job)
            wanted = _SETTLED if moment is Moment.AFTER else {JobState.SENDING, JobState.SENT, *_SETTLED}
            await self._until(job, wanted.__contains__)
            await self._bring(fault, size)
            await asyncio.sleep(self._random.choice(_HOLDS_S))
        await self._cure()

    async def _bring(self, fault: Fault, size: int) -> None:
        if fault.name == KILLED:
            await self._kill_spool()
            self._start_spool()
        for word in fault.bring:
            await obey(self._printer, word.format(n=self._random.randint(1, size + 20)))

    async def _cure(self) -> None:
        for word in CURES:
            await obey(self._printer, word)

    async def _enqueue(self, job: str) -> None:
        await self._journal.enqueue(NewJob(job, "front", JobKind.RECEIPT, _paper(job), AT))
        assert self._spool is not None
        self._spool.wake("front")

    def _start_spool(self) -> None:
        config = PrinterConfig("front", f"tcp://127.0.0.1:{self._line.port}", self._profile)
        self._spool = Spool([config], self._journal, lambda _status: None, limits=_LIMITS, now=lambda: AT)
        self._running = asyncio.create_task(self._spool.run())

    async def _kill_spool(self) -> None:
        """End it wherever it stands: nothing of it is written any more."""
        assert self._running is not None
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running

    async def _settled(self, job: str) -> JobState:
        return await self._until(job, _SETTLED.__contains__)

    async def _until(self, job: str, is_it: Callable[[JobState], bool]) -> JobState:
        async with asyncio.timeout(_LIMIT_S):
            while True:
                state = await self._journal.call(lambda connection: journal.state_of(connection, job))
                if is_it(state):
                    return state
                await asyncio.sleep(_LOOK_S)

    async def _judge(self, job: str, state: JobState, tally: Tally) -> None:
        """Compare the journal's word with the paper; let the clerk settle what is uncertain."""
        if state is JobState.UNCERTAIN:
            await asyncio.sleep(_HOLD_S)  # a printer that was held up may still bring it out
        whole = self._whole_papers(job)
        if whole > 1:
            tally.doubled += 1
        elif state is JobState.CONFIRMED:
            tally.confirmed += 1
            tally.lost += whole == 0
        elif state is not JobState.UNCERTAIN:
            tally.lost += 1
        elif whole:
            tally.came_out += 1
            await self._journal.call(lambda at: journal.decide(at, job, "came_out", "clerk", AT))
        else:
            await self._print_again(job, tally)

    async def _print_again(self, job: str, tally: Tally) -> None:
        """The clerk has it printed again until one of the copies lies there whole, as people do."""
        tally.printed_again += 1
        doubted = job
        for number in range(1, _TRIES + 1):
            again = f"{job}-again-{number}"
            await self._order_copy(doubted, again)
            state = await self._settled(again)
            if state is JobState.UNCERTAIN:
                await asyncio.sleep(_HOLD_S)
            copies = self._whole_papers(job, copy=number)
            tally.doubled += copies > 1
            if copies or state is not JobState.UNCERTAIN:
                tally.lost += copies == 0
                return
            doubted = again
        tally.lost += 1

    async def _order_copy(self, doubted: str, again: str) -> None:
        def order(connection: sqlite3.Connection) -> None:
            journal.decide(connection, doubted, "again", "clerk", AT)
            journal.enqueue_reprint(connection, doubted, again, AT)

        await self._journal.call(order)
        assert self._spool is not None
        self._spool.wake("front")

    def _whole_papers(self, job: str, copy: int = 0) -> int:
        """Papers of a job from its first line to its last; of an original, or of its n-th copy."""
        files = sorted((self._folder / "papers").glob("*.txt"))
        self._texts += [file.read_text("utf-8") for file in files[len(self._texts) :]]
        first, last, mark = f"first line of {job}.", f"last line of {job}.", f"COPY {copy} "
        found = [text for text in self._texts[-12:] if first in text and last in text]
        return sum((mark in text) if copy else ("COPY" not in text) for text in found)


def _paper(job: str) -> Document:
    lines = tuple(Row(f"农夫山泉 {number}", f"¥{number}.00") for number in range(1, 12))
    return Document((Text(f"first line of {job}."), *lines, Feed(2), Text(f"last line of {job}.")))


def cells() -> list[Cell]:
    """Every fault at every moment that it can have."""
    found = []
    for fault in FAULTS:
        moments = [Moment.DURING] if fault.strikes_by_itself else list(Moment)
        found += [Cell(fault.name, moment) for moment in (moments if fault.name != "none" else moments[:1])]
    return found


async def run_prints(count: int, seed: int, tell: Callable[[int], None] = lambda _done: None) -> PrintReport:
    """Send `count` jobs through the matrix, in turn over all cells, on two printers side by side."""
    report = PrintReport(seed, {cell: Tally() for cell in cells()})
    order = [cell for _ in range(count // len(report.cells) + 1) for cell in report.cells][:count]
    with tempfile.TemporaryDirectory() as folder:
        async with asyncio.TaskGroup() as group:
            for number, profile in enumerate(PROFILES):
                mine = order[number :: len(PROFILES)]
                trial = PrintTrial(Path(folder) / profile, profile, seed + number)
                group.create_task(_walk(trial, mine, report, tell))
    return report


async def _walk(
    trial: PrintTrial, order: list[Cell], report: PrintReport, tell: Callable[[int], None]
) -> None:
    async with trial.open():
        for cell in order:
            await trial.run(cell, report.cells[cell])
            tell(report.jobs)
