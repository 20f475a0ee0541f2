"""The scanner's line to the till, of which there are several kinds, and what can be sent on any of them."""

from typing import Protocol

from devices.simulators.control import Refused

MAX_CODE = 2000
"""Bytes of the longest code."""


class ScannerLine(Protocol):
    """A line on which codes leave."""

    @property
    def is_plugged(self) -> bool:
        """Whether the scanner has its line."""
        ...

    @property
    def uri(self) -> str:
        """The address to write into the agent's settings."""
        ...

    @property
    def path(self) -> str:
        """The device behind the address, as the machine names it now."""
        ...

    async def plug(self) -> None:
        """Be there; a second time changes nothing.

        Raises:
            Refused: its name is taken.
            OSError: its address cannot be used.
        """

    async def unplug(self) -> None:
        """Go away; who reads finds the line broken."""

    def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            Refused: it is unplugged, or nobody reads.
        """


def check_code(line: ScannerLine, code: str) -> None:
    """Refuse what cannot be scanned.

    Raises:
        Refused: nothing to send, too much, or the scanner is unplugged.
    """
    if not 1 <= len(code.encode()) <= MAX_CODE:
        raise Refused(f"a code has 1 to {MAX_CODE} bytes")
    if not line.is_plugged:
        raise Refused(UNPLUGGED)


UNPLUGGED = "the scanner is unplugged; plug it in"
UNREAD = "nobody reads the scanner"
