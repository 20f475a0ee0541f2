"""A spool as a process of its own, to be killed: prints what its journal holds until it is ended."""

import asyncio
from pathlib import Path
from typing import Final

from devices.printing.settings import PrinterConfig, SpoolLimits
from devices.printing.spool import Spool
from devices.printing.thread_journal import ThreadJournal
from devices.simulators.process import announce

_LIMITS: Final = SpoolLimits(
    status_s=10.0, completion_s=30.0, health_s=0.05, backoff_first_s=0.02, backoff_limit_s=0.1
)


def run_spool(path: Path, printer: str) -> None:
    """Print until the process is killed; the printer's id is `front`."""
    asyncio.run(_run(path, printer))


async def _run(path: Path, printer: str) -> None:
    config = PrinterConfig("front", printer)
    spool = Spool([config], ThreadJournal(path), lambda _status: None, limits=_LIMITS)
    announce({"journal": str(path)})
    await spool.run()
