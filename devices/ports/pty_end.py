"""A serial line in software: this end makes a pseudo-terminal, and another program opens it by its name.

For devices played by programs: an emulator, a recorder, a colleague's tool. The name is a link that stays the
same over every opening. While the port is open nobody's leaving ends the line: it is silent then.
"""

import contextlib
import os
import select
import tty
from pathlib import Path
from typing import Final

from devices.errors import PortAbsent, PortLost, PortTimeout
from devices.ports.owned_thread import OwnedThread

_GRACE_S: Final = 1.0


class PtyPort:
    """One pseudo-terminal.

    Args:
        link: absolute path of the name that the other program opens; its folder exists.
    """

    def __init__(self, link: str) -> None:
        self._link = Path(link)
        self._near = self._far = -1
        self._thread: OwnedThread | None = None

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return f"pty:{self._link}"

    async def open(self, timeout_s: float) -> None:
        """Make the line and its name; see ``Port.open``. A file that is no link is never replaced."""
        await self.close()
        self._thread = OwnedThread(self.peer)
        try:
            await self._thread.call(self._make, timeout_s)
        except (OSError, PortTimeout) as error:
            await self.close()
            raise PortAbsent(f"{self.peer} cannot be made: {error}") from error

    def _make(self) -> None:
        if self._link.exists() and not self._link.is_symlink():
            raise FileExistsError("something else has this name")
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        draft = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        draft.symlink_to(os.ttyname(self._far))
        draft.replace(self._link)

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Write all; see ``Port.write``."""
        thread = self._need()
        try:
            await thread.call(lambda: self._write(data, timeout_s), timeout_s + _GRACE_S)
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error

    def _write(self, data: bytes, timeout_s: float) -> None:
        while data:
            if not select.select([], [self._near], [], timeout_s)[1]:
                raise PortTimeout(f"{self.peer} took no bytes for {timeout_s:g} s")
            data = data[os.write(self._near, data) :]

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """What the other program wrote; see ``Port.read``."""
        thread = self._need()
        try:
            return await thread.call(lambda: self._read(limit, timeout_s), timeout_s + _GRACE_S)
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error

    def _read(self, limit: int, timeout_s: float) -> bytes:
        if not select.select([self._near], [], [], timeout_s)[0]:
            raise PortTimeout(f"{self.peer} said nothing for {timeout_s:g} s")
        return os.read(self._near, limit)

    async def close(self) -> None:
        """Hang up: the other program is told, and the name goes away; see ``Port.close``."""
        near, far, self._near, self._far = self._near, self._far, -1, -1
        thread, self._thread = self._thread, None
        if far >= 0:
            with contextlib.suppress(OSError):
                if self._link.readlink() == Path(os.ttyname(far)):
                    self._link.unlink()
            os.close(far)
            os.close(near)
        if thread is not None:
            thread.end()

    def _need(self) -> OwnedThread:
        if self._thread is None or self._near < 0:
            raise PortLost(f"{self.peer} is not open")
        return self._thread
