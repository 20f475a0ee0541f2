"""Publishes a printer's state when it changes and logs its loss and return once each."""

from collections.abc import Callable
from datetime import datetime

import structlog

from devices.printing.status import PrinterState, PrinterStatus

_log = structlog.get_logger(__name__)
_PRINTS = frozenset({PrinterState.ONLINE, PrinterState.PAPER_LOW})

OnPrinterStatus = Callable[[PrinterStatus], None]


class PrinterHealth:
    """The last known state of one printer; ``unknown`` until it is seen."""

    def __init__(self, printer: str, on_status: OnPrinterStatus, now: Callable[[], datetime]) -> None:
        self._on_status = on_status
        self._now = now
        self._was_missed = False
        self.status = PrinterStatus(printer, PrinterState.UNKNOWN, "not seen yet", now())

    def saw(self, state: PrinterState, reason: str = "") -> None:
        """Take in a state. Only a change is published."""
        if state is self.status.state and (state is not PrinterState.UNKNOWN or reason == self.status.reason):
            return
        self.status = PrinterStatus(self.status.printer, state, reason, self._now())
        self._write_log(state, reason)
        self._on_status(self.status)

    def _write_log(self, state: PrinterState, reason: str) -> None:
        if state in _PRINTS and self._was_missed:
            _log.info("printer.back", printer=self.status.printer, state=state.value)
        elif state not in _PRINTS and not self._was_missed:
            _log.warning("printer.lost", printer=self.status.printer, state=state.value, reason=reason)
        self._was_missed = state not in _PRINTS
