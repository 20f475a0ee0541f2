"""Codes that come in on standard input: from another program's pipe, a file, or the terminal of a kiosk.

Read only, and never opened again once it has ended: what ended does not come back before the next start.
"""

import asyncio
import errno
import os
import termios
from typing import Final

from devices.errors import PortAbsent, PortLost, PortTimeout

STDIN: Final = 0
_ENDED: Final = "has ended; start the program again to scan with it"
_LINE_END: Final = b"\n"


class StdinPort:
    """Standard input as a port.

    What waits in a pipe or a file was meant for us and is kept; what was typed at a terminal before the
    opening is thrown away, as for every scanner. The end of input ends a last line that has no end.

    Args:
        fd: the descriptor; another one in tests only.
    """

    def __init__(self, fd: int = STDIN) -> None:
        self._fd = fd
        self._is_open = False
        self._has_ended = False
        self._is_inside_line = False

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return "stdin:"

    async def open(self, timeout_s: float) -> None:
        """Look whether it is there and ours to read; see ``Port.open``."""
        del timeout_s  # nothing here waits
        self._is_open = False
        if self._has_ended:
            raise PortAbsent(f"{self.peer} {_ENDED}", "ended")
        try:
            os.fstat(self._fd)
            if os.isatty(self._fd):
                self._take_terminal()
        except (OSError, termios.error) as error:
            why = error.args[-1] if error.args else error
            raise PortAbsent(f"{self.peer} cannot be read: {why}") from error
        self._is_open = True

    def _take_terminal(self) -> None:
        """Read from a terminal in the foreground only: in the background a read would stop the program."""
        if os.tcgetpgrp(self._fd) != os.getpgrp():
            raise OSError(errno.EIO, "the program runs in the background of this terminal")
        termios.tcflush(self._fd, termios.TCIFLUSH)

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Refused: input is written to by nobody."""
        del data, timeout_s
        raise PortLost(f"{self.peer} can only be read")

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """What came in; see ``Port.read``."""
        if not self._is_open:
            raise PortLost(f"{self.peer} is not open")
        try:
            async with asyncio.timeout(timeout_s):
                await _readable(self._fd)
            data = os.read(self._fd, limit)
        except TimeoutError as error:
            raise PortTimeout(f"{self.peer} said nothing for {timeout_s:g} s") from error
        except OSError as error:
            raise PortLost(f"{self.peer} broke off: {error.strerror or error}") from error
        return self._taken(data)

    def _taken(self, data: bytes) -> bytes:
        if data:
            self._is_inside_line = not data.endswith(_LINE_END)
            return data
        if self._is_inside_line:
            self._is_inside_line = False
            return _LINE_END
        self._has_ended = True
        raise PortLost(f"{self.peer} {_ENDED}", "ended")

    async def close(self) -> None:
        """Read no more; the descriptor itself is the program's."""
        self._is_open = False


async def _readable(fd: int) -> None:
    """Wait until there is something to read. A plain file has something or has ended: nobody waits for it."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(fd, ready.set)
    except PermissionError:
        return
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
