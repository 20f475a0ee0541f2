"""The print spool: one worker per printer over one journal. A dead printer never blocks another."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from devices.clock import utc_now
from devices.errors import ConfigurationError
from devices.ports.address import port_at
from devices.ports.port import Port
from devices.printing.health import OnPrinterStatus, PrinterHealth
from devices.printing.journal_port import Journal
from devices.printing.settings import PrinterConfig, SpoolLimits
from devices.printing.status import PrinterStatus
from devices.printing.worker import PrinterWorker, WorkerParts
from devices.profiles import load_profile

_log = structlog.get_logger(__name__)


class Spool:
    """Prints what the journal holds.

    A job is enqueued by the caller's transaction (``journal.enqueue``); after its COMMIT the caller calls
    ``wake``. Without a ``wake`` the job is found at the next look at the printer (``limits.health_s``).

    Args:
        printers: the printers, each id once.
        journal: the journal, over the caller's database.
        on_status: called from the event loop whenever a printer's state changes; must not block.
        limits: all waits.
        open_at: makes the port of an address.
        now: the clock.

    Raises:
        ConfigurationError: an address or a profile cannot work, or an id occurs twice.
    """

    def __init__(
        self,
        printers: Sequence[PrinterConfig],
        journal: Journal,
        on_status: OnPrinterStatus,
        *,
        limits: SpoolLimits | None = None,
        open_at: Callable[[str], Port] = port_at,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        if len({printer.id for printer in printers}) != len(printers):
            raise ConfigurationError("two printers have the same id")
        self._journal = journal
        self._now = now
        self._health = {printer.id: PrinterHealth(printer.id, on_status, now) for printer in printers}
        self._workers = {
            printer.id: PrinterWorker(
                WorkerParts(
                    printer=printer.id,
                    port=open_at(printer.uri),
                    profile=load_profile(printer.profile, printer.own_profiles),
                    journal=journal,
                    health=self._health[printer.id],
                    limits=limits or SpoolLimits(),
                    now=now,
                    logo=printer.logo,
                )
            )
            for printer in printers
        }

    async def run(self) -> None:
        """Settle what a crash left, then print until ``stop``; if cancelled, the job in hand is left so."""
        if unsettled := await self._journal.recover(self._now()):
            _log.warning("spool.jobs_uncertain", count=unsettled)
        async with asyncio.TaskGroup() as group:
            for printer, worker in self._workers.items():
                group.create_task(worker.run(), name=f"printer {printer}")

    def wake(self, printer: str) -> None:
        """A job for this printer was committed. Call from the event loop's thread."""
        worker = self._workers.get(printer)
        if worker is None:
            _log.warning("spool.unknown_printer", printer=printer)
            return
        worker.wake()

    def open_drawer(self, printer: str) -> asyncio.Future[bool]:
        """Open the drawer at a printer once: whether the pulse left. Call from the event loop's thread.

        Raises:
            ConfigurationError: there is no such printer, or no drawer hangs on its model.
        """
        worker = self._workers.get(printer)
        if worker is None or not worker.has_drawer:
            raise ConfigurationError(f"no drawer hangs on printer {printer}")
        return worker.pulse()

    def stop(self) -> None:
        """Let each printer finish the job in hand; ``run`` then returns."""
        for worker in self._workers.values():
            worker.stop()

    def statuses(self) -> tuple[PrinterStatus, ...]:
        """Each printer's present state."""
        return tuple(health.status for health in self._health.values())
