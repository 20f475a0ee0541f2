"""A number that grows with each change of a simulated device, and a way to wait for the next one."""

import asyncio
import contextlib

from devices.simulators.control import Refused

WAIT_S = 20.0
_MAX_DIGITS = 12


class Revision:
    """Counts changes; whoever waits hears of the next."""

    def __init__(self) -> None:
        self.number = 0
        self._grown = asyncio.Event()

    def grow(self) -> None:
        """Something changed."""
        self.number += 1
        self._grown.set()
        self._grown = asyncio.Event()

    async def wait(self, seen: int, limit_s: float = WAIT_S) -> None:
        """Return once the number is another than ``seen``, or after ``limit_s``."""
        if self.number != seen:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._grown.wait()


def whole_number(text: str, most: int, refusal: str) -> int:
    """A number from 0 to ``most`` as a control line has it.

    Raises:
        Refused: it is none; the text is ``refusal``.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
    if not is_number or int(text) > most:
        raise Refused(refusal)
    return int(text)
