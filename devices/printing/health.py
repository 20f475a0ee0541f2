"""Publishes a printer's state when it changes, logs its loss and return once each, and keeps its counts.

A printer that is well but was out of reach several times of late is degraded (``steadiness``).
"""

import time
from collections.abc import Callable
from datetime import datetime

import structlog

from devices.errors import DeviceError
from devices.ports.trouble import Cause
from devices.printing.job import JobState
from devices.printing.status import NOT_READY, PrinterState, PrinterStatus
from devices.steadiness import Steadiness
from devices.tally import Tally

_log = structlog.get_logger(__name__)
_PRINTS = frozenset({PrinterState.ONLINE, PrinterState.DEGRADED, PrinterState.PAPER_LOW})

OnPrinterStatus = Callable[[PrinterStatus], None]


class PrinterHealth:
    """The last known state of one printer; ``unknown`` until it is seen."""

    def __init__(
        self,
        printer: str,
        on_status: OnPrinterStatus,
        now: Callable[[], datetime],
        steadiness: Steadiness | None = None,
    ) -> None:
        self._on_status = on_status
        self._now = now
        self._was_missed = False
        self._was_reached = False
        self._steadiness = steadiness or Steadiness()
        self.tally = Tally()
        self.status = PrinterStatus(
            printer, PrinterState.UNKNOWN, "not seen yet", now(), self.tally, Cause.NOT_SEEN
        )

    def saw(self, state: PrinterState, reason: str = "", cause: str = "") -> None:
        """Take in a state. Only a change is published."""
        if state is PrinterState.ONLINE and self._steadiness.unsteady_s(time.monotonic()):
            state, reason, cause = PrinterState.DEGRADED, self._steadiness.words(), Cause.UNSTEADY
        if state is self.status.state and (state is not PrinterState.UNKNOWN or reason == self.status.reason):
            return
        self._count(state)
        self.status = PrinterStatus(self.status.printer, state, reason, self._now(), self.tally, cause)
        self._write_log(state, reason)
        self._on_status(self.status)

    def failed(self, error: DeviceError) -> None:
        """The line or a job failed: kept as the last error."""
        self.tally.last_error = error.code

    def paper_is(self, state: JobState, *, is_final: bool) -> None:
        """A paper's fate became known, or is not to be known; not final = its mark is still waited for."""
        self.tally.jobs += is_final and state in {JobState.CONFIRMED, JobState.SENT}
        self.tally.uncertain += state is JobState.UNCERTAIN

    def _count(self, state: PrinterState) -> None:
        """Losses make it unsteady; what it says of itself is kept as its last error."""
        is_away = state is PrinterState.OFFLINE
        if is_away and self._was_reached:
            self._steadiness.note(time.monotonic())
        if not is_away and self.status.state is PrinterState.OFFLINE and self._was_reached:
            self.tally.reconnects += 1
        self._was_reached = self._was_reached or not is_away
        if state in NOT_READY:
            self.tally.last_error = f"printer.{state.value}"

    def _write_log(self, state: PrinterState, reason: str) -> None:
        if state in _PRINTS and self._was_missed:
            _log.info("printer.back", printer=self.status.printer, state=state.value)
        elif state not in _PRINTS and not self._was_missed:
            _log.warning("printer.lost", printer=self.status.printer, state=state.value, reason=reason)
        self._was_missed = state not in _PRINTS
