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
from devices.printing.settings import PrinterConfig, SpoolLimits
from devices.printing.spool import Spool
from devices.printing.thread_journal import ThreadJournal
from devices.profiles import load_profile
from pos_agent import enrolment
from pos_agent.errors import NotEnrolled
from pos_agent.hardware.look_at import Look, look_at_printer
from pos_agent.settings import AgentSettings
from sync.runtime.ids import new_id

LIMIT_S: Final = 12.0
_LOOK_S: Final = 0.2
_LIMITS: Final = SpoolLimits(completion_s=8.0, patience_s=8.0)
_ENDS: Final = frozenset({JobState.CONFIRMED, JobState.UNCERTAIN, JobState.FAILED})


def zone_of(settings: AgentSettings) -> tzinfo | None:
    """The store's time zone; None, which is this machine's, before it has joined a store."""
    try:
        return ZoneInfo(enrolment.load(settings.data_dir).tz)
    except (NotEnrolled, ZoneInfoNotFoundError, ValueError):
        return None


async def print_samples(
    printers: Sequence[PrinterConfig], now: datetime, locale: str = "zh-CN"
) -> dict[str, Look]:
    """Print a sample page on each printer; returns what came of it, by printer.

    Raises:
        devices.errors.ConfigurationError: an address or a profile cannot work.
    """
    looks = await asyncio.gather(*(_print_sample(one, now, locale) for one in printers))
    return {one.id: look for one, look in zip(printers, looks, strict=True)}


async def _print_sample(printer: PrinterConfig, now: datetime, locale: str) -> Look:
    look = await look_at_printer(printer)
    if not look.is_good:
        return look
    with tempfile.TemporaryDirectory() as folder:
        journal = ThreadJournal(Path(folder) / "print-test.sqlite")
        spool = Spool([printer], journal, lambda _status: None, limits=_LIMITS)
        running = asyncio.create_task(spool.run())
        try:
            columns = load_profile(printer.profile, printer.own_profiles).columns
            page = sample_page(printer.id, now, locale, columns)
            job = NewJob(new_id(), printer.id, JobKind.TEST, page, now)
            await journal.enqueue(job)
            spool.wake(printer.id)
            return Look(await _fate(journal, job.id), look.facts)
        finally:
            spool.stop()
            await asyncio.wait({running}, timeout=LIMIT_S)
            running.cancel()
            await asyncio.wait({running})
            await journal.close()


async def _fate(journal: ThreadJournal, job: str) -> str:
    """Wait for the page's fate, at most LIMIT_S."""
    for _ in range(int(LIMIT_S / _LOOK_S)):
        state = await journal.call(lambda connection: state_of(connection, job))
        if state in _ENDS:
            return state.value
        await asyncio.sleep(_LOOK_S)
    return "sent" if state is JobState.SENT else "late"
