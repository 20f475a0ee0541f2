"""A sample page on each printer, outside the day's spool: says in plain words what came of it."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from devices.printing.job import JobKind, JobState, NewJob
from devices.printing.journal import state_of
from devices.printing.sample_page import sample_page
from devices.printing.settings import PrinterConfig
from devices.printing.spool import Spool
from devices.printing.status import PrinterStatus
from devices.printing.thread_journal import ThreadJournal
from pos_agent import enrolment
from pos_agent.errors import NotEnrolled
from pos_agent.settings import AgentSettings
from sync.runtime.ids import new_id

LIMIT_S: Final = 12.0
_LOOK_S: Final = 0.2
_WORDS: Final = {
    JobState.CONFIRMED: "printed, and the printer said so",
    JobState.SENT: "sent; this printer cannot say more: look at the paper",
    JobState.UNCERTAIN: "uncertain: look whether the page came out whole",
    JobState.FAILED: "not printed",
}


def zone_of(settings: AgentSettings) -> tzinfo | None:
    """The store's time zone; None, which is this machine's, before it has joined a store."""
    try:
        return ZoneInfo(enrolment.load(settings.data_dir).tz)
    except (NotEnrolled, ZoneInfoNotFoundError, ValueError):
        return None


async def print_samples(printers: Sequence[PrinterConfig], now: datetime) -> dict[str, tuple[bool, str]]:
    """Print a sample page on each printer; returns whether it came out, and what to say, by printer."""
    with tempfile.TemporaryDirectory() as folder:
        journal = ThreadJournal(Path(folder) / "print-test.sqlite")
        states: dict[str, PrinterStatus] = {}
        spool = Spool(printers, journal, lambda status: states.update({status.printer: status}))
        running = asyncio.create_task(spool.run())
        try:
            jobs = {printer.id: await _enqueue(journal, printer.id, now) for printer in printers}
            for printer in jobs:
                spool.wake(printer)
            return {printer: await _outcome(journal, job, states, printer) for printer, job in jobs.items()}
        finally:
            spool.stop()
            await asyncio.wait_for(running, LIMIT_S)
            await journal.close()


async def _enqueue(journal: ThreadJournal, printer: str, now: datetime) -> str:
    """Put the page into the journal; returns its id."""
    job = NewJob(new_id(), printer, JobKind.TEST, sample_page(printer, now), now)
    await journal.enqueue(job)
    return job.id


async def _outcome(
    journal: ThreadJournal, job: str, states: dict[str, PrinterStatus], printer: str
) -> tuple[bool, str]:
    """Wait for the page's fate, at most LIMIT_S."""
    for _ in range(int(LIMIT_S / _LOOK_S)):
        state = await journal.call(lambda connection: state_of(connection, job))
        if state in {JobState.CONFIRMED, JobState.UNCERTAIN, JobState.FAILED}:
            return state is JobState.CONFIRMED, _WORDS[state]
        await asyncio.sleep(_LOOK_S)
    if state is JobState.SENT:
        return True, _WORDS[JobState.SENT]
    status = states.get(printer)
    reason = f"{status.state.value}: {status.reason}" if status is not None else "nothing was heard from it"
    return False, f"not printed within {LIMIT_S:.0f} s; {reason}"
