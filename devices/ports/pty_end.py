"""A serial line in software: this end makes a pseudo-terminal, and another program opens it by its name.

For devices played by programs: an emulator, a recorder, a colleague's tool. The name is a link that stays the
same over every opening. While the port is open nobody's leaving ends the line: it is silent then.
"""

import contextlib
import os
import tty
from pathlib import Path
from typing import Final

from devices.errors import PortAbsent, PortLost, PortTimeout
from devices.ports.open_file import OpenFile
from devices.ports.owned_thread import OwnedThread

_GRACE_S: Final = 1.0


class PtyPort:
    """One pseudo-terminal.

    Args:
        link: absolute path of the name that the other program opens; its folder exists.
    """

    def __init__(self, link: str) -> None:
        self._link = Path(link)
        self._near: OpenFile | None = None
        self._far = -1
        self._thread: OwnedThread | None = None

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return f"pty:{self._link}"

    async def open(self, timeout_s: float) -> None:
        """Make the line and its name; see ``Port.open``. A file that is no link is never replaced."""
        await self.close()
        thread, near = OwnedThread(self.peer), OpenFile(self.peer)
        self._thread, self._near = thread, near
        try:
            await thread.call(lambda: near.open(self._made), timeout_s)
        except (OSError, PortTimeout) as error:
            await self.close()
            raise PortAbsent(f"{self.peer} cannot be made: {error}") from error

    def _made(self) -> int:
        if self._link.exists() and not self._link.is_symlink():
            raise FileExistsError("something else has this name")
        near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(near, False)
        draft = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        try:
            draft.unlink(missing_ok=True)
            draft.symlink_to(os.ttyname(self._far))
            draft.replace(self._link)
        except OSError:
            os.close(near)
            raise
        return near

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Write all; see ``Port.write``."""
        thread, near = self._need()
        try:
            await thread.call(lambda: near.write(data, timeout_s), timeout_s + _GRACE_S)
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """What the other program wrote; see ``Port.read``."""
        thread, near = self._need()
        try:
            return await thread.call(lambda: near.read(limit, timeout_s), timeout_s + _GRACE_S)
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error

    async def close(self) -> None:
        """Hang up: the other program is told, and the name goes away; see ``Port.close``."""
        near, self._near = self._near, None
        thread, self._thread = self._thread, None
        if near is None or thread is None:
            return
        near.end()

        def hang_up() -> None:
            self._take_name_back()
            near.close()

        await thread.end(hang_up)

    def _take_name_back(self) -> None:
        far, self._far = self._far, -1
        if far < 0:
            return
        with contextlib.suppress(OSError):
            if self._link.readlink() == Path(os.ttyname(far)):
                self._link.unlink()
        os.close(far)

    def _need(self) -> tuple[OwnedThread, OpenFile]:
        if self._thread is None or self._near is None:
            raise PortLost(f"{self.peer} is not open")
        return self._thread, self._near
