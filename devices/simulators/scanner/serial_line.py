"""The scanner on a serial line or a USB port set to serial."""

import os
from pathlib import Path

from devices.simulators.control import Refused
from devices.simulators.pty_line import PtyLine
from devices.simulators.scanner.device import UNPLUGGED, UNREAD


class SerialScanner:
    """A pty that the till opens.

    Args:
        link: a stable name, as /dev/serial/by-id has.
    """

    def __init__(self, link: Path | None = None) -> None:
        self._line = PtyLine(link)

    @property
    def is_plugged(self) -> bool:
        """Whether the device is there."""
        return self._line.is_plugged

    @property
    def uri(self) -> str:
        """Its address."""
        return f"serial:{self._line.name}"

    @property
    def path(self) -> str:
        """The device that the system gave it."""
        return self._line.path

    async def plug(self) -> None:
        """See ``ScannerLine.plug``."""
        self._line.plug()

    async def unplug(self) -> None:
        """See ``ScannerLine.unplug``."""
        self._line.unplug()

    def write(self, data: bytes) -> None:
        """See ``ScannerLine.write``."""
        if not self.is_plugged:
            raise Refused(UNPLUGGED)
        try:
            sent = os.write(self._line.near, data)
        except BlockingIOError as error:
            raise Refused(UNREAD) from error
        if sent != len(data):
            raise Refused(f"{UNREAD}; part of the code was sent")
