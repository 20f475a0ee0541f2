"""Runs the printers: the devices' spool over the agent's writer, so a paper is journalled with its sale."""

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import TypeVar

from devices.clock import timestamp
from devices.errors import JournalError
from devices.printing import journal
from devices.printing.job import Job, JobKind, JobState
from devices.printing.spool import Spool
from devices.printing.status import PrinterState, PrinterStatus
from pos_agent.hardware.board import DeviceBoard, Heard, heard_of
from pos_agent.hardware.papers import printer_of
from pos_agent.hardware.printer_configs import printer_configs
from pos_agent.settings import AgentSettings
from sync.runtime.logging import get_logger
from sync.runtime.supervision import Lifetime
from sync.storage.errors import FileDamaged, StorageError
from sync.storage.reader import Reader
from sync.storage.writer import Command, Transaction, Writer
from sync.values.clock import Clock

T = TypeVar("T")
log = get_logger(__name__)

FALLBACK_AFTER_S = 10.0
"""How long a printer may be dead before its fallback takes what waits."""
_LOOK_S = 2.0
_MOVE = "UPDATE print_job SET printer = ? WHERE printer = ? AND state = 'queued'"
_STRAY = "UPDATE print_job SET printer = ? WHERE kind = ? AND state = 'queued' AND printer NOT IN"
_MOVE_WAITED = f"{_MOVE} AND created_at <= ?"
_BUSY_S = 0.2
_DISK_S = 1.0
_MUTE = PrinterState.UNKNOWN.value
_DEAD = frozenset({PrinterState.OFFLINE.value, _MUTE, PrinterState.ERROR.value})


class WriterJournal:
    """The print journal over the one writer: a `devices.printing.journal_port.Journal`.

    Looking for a job is a read and stays out of the writer's queue.
    """

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def claim(self, printer: str) -> Job | None:
        """The printer's oldest queued job; it stays queued."""
        waiting = await self._reader.one(
            "SELECT 1 FROM print_job WHERE printer = ? AND state = 'queued' LIMIT 1", (printer,)
        )
        if waiting is None:
            return None
        return await self._writer.run(lambda tx: journal.next_job(tx.connection, printer))

    async def mark(self, job_id: str, state: JobState, reason: str, at: datetime) -> None:
        """Move a job on; a busy writer or a full disk is waited for, since a mark must not be lost."""

        def put(tx: Transaction) -> None:
            journal.set_state(tx.connection, job_id, state, reason, at)

        await self._insist(put)

    async def recover(self, at: datetime) -> int:
        """Settle what a crash left under way; until that is kept nothing is printed."""
        return await self._insist(lambda tx: journal.recover(tx.connection, at))

    async def _insist(self, command: Command[T]) -> T:
        """Run a command until it is kept.

        Raises:
            FileDamaged: it never will be.
        """
        while True:
            try:
                return await self._writer.run(command)
            except FileDamaged:
                raise
            except StorageError as error:
                await asyncio.sleep(_BUSY_S if error.is_retryable else _DISK_S)


class Printers:
    """The store's printers as a service of the program.

    Args:
        settings: the printers.
        writer: the agent's writer.
        reader: the agent's reader.
        board: hears of each change.
        clock: tells how long a job has waited.

    Raises:
        devices.errors.ConfigurationError: an address or a profile cannot work.
    """

    def __init__(
        self, settings: AgentSettings, writer: Writer, reader: Reader, board: DeviceBoard, clock: Clock
    ) -> None:
        self._clock = clock
        self._settings = settings
        self._writer = writer
        self._board = board
        self._dead_since: dict[str, float] = {}
        self._spool = Spool(printer_configs(settings), WriterJournal(writer, reader), self._on_status)
        self._has_strays = True  # an earlier run may have had other printers
        self._look = asyncio.Event()

    def use(self, settings: AgentSettings) -> None:
        """Go on with these printers; what is queued follows them. Call from the event loop's thread.

        Papers that wait for a printer that is gone go to the one that prints their kind now.

        Raises:
            devices.errors.ConfigurationError: an address or a profile cannot work; nothing changed.
        """
        self._spool.reconfigure(printer_configs(settings))
        before = {one.id: one for one in self._settings.printer}
        for one in settings.printer:
            if one.id in before and one.uri != before[one.id].uri:
                self._board.printer_is(one.id, Heard(PrinterState.UNKNOWN.value))
                self._dead_since.pop(one.id, None)
        self._settings = settings
        self._has_strays = True
        self._look.set()

    def wake(self, printer: str) -> None:
        """A job for this printer was committed."""
        self._spool.wake(printer)

    def open_drawer(self, printer: str) -> asyncio.Future[bool]:
        """Open the drawer at a printer once: whether the pulse left."""
        return self._spool.open_drawer(printer)

    async def run(self, lifetime: Lifetime) -> None:
        """Print until asked to stop; the job in hand is finished."""
        lifetime.ready()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._spool.run(), name="spool")
            moving = group.create_task(self._look_after(), name="fallbacks")
            await lifetime.until_stopping()
            moving.cancel()
            self._spool.stop()

    def _on_status(self, status: PrinterStatus) -> None:
        self._board.printer_is(status.printer, heard_of(status))

    async def _look_after(self) -> None:
        """Hand on what waits for a printer that is dead or gone."""
        loop = asyncio.get_running_loop()
        while True:
            if self._has_strays:
                await self._take_in_strays()
            for printer, fallback in self._fallbacks():
                if self._is_long_dead(printer, loop.time()) and not self._is_dead(fallback):
                    await self.give_to_fallback(printer, fallback)
            await self._until_next_look()

    async def _until_next_look(self) -> None:
        """Wait a moment; a change of the printers ends it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_S):
                await self._look.wait()
        self._look.clear()

    def _fallbacks(self) -> list[tuple[str, str]]:
        return [(one.id, one.fallback) for one in self._settings.printer if one.fallback]

    def _is_dead(self, printer: str) -> bool:
        shown = self._board.printers.get(printer)
        return shown is None or shown.state in _DEAD

    def _is_long_dead(self, printer: str, now_s: float) -> bool:
        if not self._is_dead(printer):
            self._dead_since.pop(printer, None)
            return False
        return now_s - self._dead_since.setdefault(printer, now_s) >= FALLBACK_AFTER_S

    async def _take_in_strays(self) -> None:
        """Give papers of printers that are gone to the printers of their kind; without one they wait on."""
        self._has_strays = False
        ids = [one.id for one in self._settings.printer]
        targets = {kind: printer_of(self._settings, kind) for kind in JobKind}
        sql = f"{_STRAY} ({', '.join('?' * len(ids))})"

        def move(tx: Transaction) -> set[str]:
            moved = set()
            for kind, printer in targets.items():
                if printer and tx.execute(sql, [printer.id, kind.value, *ids]).rowcount:
                    moved.add(printer.id)
            return moved

        try:
            moved = await self._writer.run(move)
        except StorageError as error:
            self._has_strays = True
            log.warning("printer.strays_wait", problem=str(error))
            return
        for printer_id in moved:
            log.warning("printer.strays_moved", printer=printer_id)
            self._spool.wake(printer_id)

    async def give_to_fallback(self, printer: str, fallback: str) -> None:
        """Give the fallback what waits; a mute printer may be well, so it keeps what came just now."""
        sql, values = _MOVE, [fallback, printer]
        shown = self._board.printers.get(printer)
        if shown is not None and shown.state == _MUTE:
            since = self._clock.now() - timedelta(seconds=FALLBACK_AFTER_S)
            sql, values = _MOVE_WAITED, [*values, timestamp(since)]
        try:
            moved = await self._writer.run(lambda tx: tx.execute(sql, values).rowcount)
        except (StorageError, JournalError) as error:
            log.warning("printer.fallback_failed", printer=printer, problem=str(error))
            return
        if moved:
            log.warning("printer.fallback", printer=printer, fallback=fallback, jobs=moved)
            self._spool.wake(fallback)
