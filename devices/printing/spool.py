"""The print spool: one worker per printer over one journal. A dead printer never blocks another.

Printers come, change and go while it runs. A changed printer finishes the job in hand where it is; what is
queued goes to its new address, since the journal knows printers by their id alone.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from devices.clock import utc_now
from devices.errors import ConfigurationError
from devices.ports.address import place_of, port_at
from devices.ports.port import Port
from devices.printing.health import OnPrinterStatus, PrinterHealth
from devices.printing.journal_port import Journal
from devices.printing.settings import PrinterConfig, SpoolLimits
from devices.printing.status import PrinterStatus
from devices.printing.worker import PrinterWorker, WorkerParts
from devices.profiles import load_profile
from devices.profiles.loader import Profile

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Line:
    """One printer as it is set up, who works on it, and the task that does; `is_retired` = it is no more."""

    config: PrinterConfig
    profile: Profile
    health: PrinterHealth
    worker: PrinterWorker
    task: asyncio.Task[None] | None = None
    is_retired: bool = False

    @property
    def place(self) -> str:
        """What it prints on, however it is spoken to."""
        return place_of(self.config.uri)


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
        self._journal = journal
        self._on_status = on_status
        self._limits = limits or SpoolLimits()
        self._open_at = open_at
        self._now = now
        self._stopping = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._retired: list[_Line] = []
        self._lines: dict[str, _Line] = {}
        self._lines = self._lines_of(printers)

    def _lines_of(self, printers: Sequence[PrinterConfig]) -> dict[str, _Line]:
        """A line for each printer; those that did not change are the ones that run."""
        if len({printer.id for printer in printers}) != len(printers):
            raise ConfigurationError("two printers have the same id")
        return {printer.id: self._line_of(printer) for printer in printers}

    def _line_of(self, config: PrinterConfig) -> _Line:
        profile = load_profile(config.profile, config.own_profiles)
        known = self._lines.get(config.id)
        if known is not None and (known.config, known.profile) == (config, profile):
            return known
        line: _Line

        def tell(status: PrinterStatus) -> None:
            if not line.is_retired:  # its successor speaks for this id now
                self._on_status(status)

        health = PrinterHealth(config.id, tell, self._now)
        parts = WorkerParts(
            printer=config.id,
            port=self._open_at(config.uri),
            profile=profile,
            journal=self._journal,
            health=health,
            limits=self._limits,
            now=self._now,
            logo=config.logo,
        )
        line = _Line(config, profile, health, PrinterWorker(parts))
        return line

    async def run(self) -> None:
        """Settle what a crash left, then print until ``stop``; if cancelled, the job in hand is left so."""
        if unsettled := await self._journal.recover(self._now()):
            _log.warning("spool.jobs_uncertain", count=unsettled)
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for line in self._lines.values():
                    self._start(line)
                await self._stopping.wait()
            finally:
                self._group = None

    def reconfigure(self, printers: Sequence[PrinterConfig]) -> None:
        """Go on with these printers. Call from the event loop's thread; nothing waits.

        A printer that stays as it is notices nothing. One that changed or is gone ends after the job in
        hand; its successor begins at once, or, on the very same device, once it has ended. Jobs queued for
        a printer that is gone stay queued: whoever removed it says where they go.

        Raises:
            ConfigurationError: an address or a profile cannot work, or an id occurs twice; nothing changed.
        """
        before, self._lines = self._lines, self._lines_of(printers)
        kept = {id(line) for line in self._lines.values()}
        for line in before.values():
            if id(line) not in kept:
                self._retire(line)
        if self._group is not None:
            for line in self._lines.values():
                if line.task is None:
                    self._start(line)

    def _retire(self, line: _Line) -> None:
        line.is_retired = True
        line.worker.stop()
        self._retired = [one for one in self._retired if one.task is not None and not one.task.done()]
        self._retired.append(line)
        _log.info("printer.retired", printer=line.config.id)

    def _start(self, line: _Line) -> None:
        assert self._group is not None
        line.task = self._group.create_task(self._work(line), name=f"printer {line.config.id}")

    async def _work(self, line: _Line) -> None:
        """Print, once whoever printed on this device before has finished."""
        before = {one.task for one in self._retired if one.task is not None and one.place == line.place}
        if before := before - {asyncio.current_task()}:
            await asyncio.wait(before)
        await line.worker.run()

    def wake(self, printer: str) -> None:
        """A job for this printer was committed. Call from the event loop's thread."""
        line = self._lines.get(printer)
        if line is None:
            _log.warning("spool.unknown_printer", printer=printer)
            return
        line.worker.wake()

    def open_drawer(self, printer: str) -> asyncio.Future[bool]:
        """Open the drawer at a printer once: whether the pulse left. Call from the event loop's thread.

        Raises:
            ConfigurationError: there is no such printer, or no drawer hangs on its model.
        """
        line = self._lines.get(printer)
        if line is None or not line.worker.has_drawer:
            raise ConfigurationError(f"no drawer hangs on printer {printer}")
        return line.worker.pulse()

    def stop(self) -> None:
        """Let each printer finish the job in hand; ``run`` then returns."""
        self._stopping.set()
        for line in (*self._lines.values(), *self._retired):
            line.worker.stop()

    def statuses(self) -> tuple[PrinterStatus, ...]:
        """Each printer's present state."""
        return tuple(line.health.status for line in self._lines.values())
