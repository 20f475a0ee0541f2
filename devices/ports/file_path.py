"""A device file such as `/dev/usb/lp0`, or a plain file that jobs are appended to."""

import asyncio
import os
import stat
from pathlib import Path
from typing import Final

from devices.errors import PortAbsent, PortLost, PortTimeout
from devices.ports.open_file import OpenFile
from devices.ports.owned_thread import OwnedThread

_GRACE_S: Final = 1.0


class FilePort:
    """One file. A device file may answer; a plain one never does.

    Args:
        path: an existing device file, or a file in an existing folder.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: OpenFile | None = None
        self._is_device = False
        self._thread: OwnedThread | None = None

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return f"file:{self._path}"

    async def open(self, timeout_s: float) -> None:
        """Open it; see ``Port.open``."""
        await self.close()
        thread, file = OwnedThread(self.peer), OpenFile(self.peer)
        self._thread, self._file = thread, file
        try:
            await thread.call(lambda: file.open(self._opened), timeout_s)
        except (OSError, PortTimeout) as error:
            await self.close()
            raise PortAbsent(f"{self.peer} cannot be opened: {error}") from error

    def _opened(self) -> int:
        path = Path(self._path)
        is_absent = not path.exists()
        if is_absent and (self._is_device or self._path.startswith("/dev/")):
            raise FileNotFoundError("it is not plugged in")  # a file made here would swallow every job
        if self._path.startswith("/dev/") and path.is_file():
            raise OSError("it is no device")  # /dev/fd/5 is any file of this program, its ledger say
        self._is_device = not is_absent and not path.is_file()
        if not self._is_device:
            return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        if not stat.S_ISCHR(os.fstat(file).st_mode):
            os.close(file)
            raise OSError("it is neither a device nor a file")
        return file

    async def write(self, data: bytes, timeout_s: float) -> None:
        """Write all; see ``Port.write``."""
        thread, file = self._need()

        def write() -> None:
            file.write(data, timeout_s, waits=self._is_device)
            if not self._is_device:
                file.sync()

        try:
            await thread.call(write, timeout_s + _GRACE_S)
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """Read what is there; see ``Port.read``."""
        thread, file = self._need()
        if not self._is_device:
            await asyncio.sleep(timeout_s)
            raise PortTimeout(f"{self.peer} is a file and says nothing")
        try:
            data = await thread.call(lambda: file.read(limit, timeout_s), timeout_s + _GRACE_S)
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error
        if not data:
            raise PortLost(f"{self.peer} went away: it hung up")
        return data

    async def close(self) -> None:
        """Close it; a write that is stuck stops at its next step. See ``Port.close``."""
        file, self._file = self._file, None
        thread, self._thread = self._thread, None
        if file is not None and thread is not None:
            file.end()
            await thread.end(file.close)

    def _need(self) -> tuple[OwnedThread, OpenFile]:
        if self._thread is None or self._file is None:
            raise PortLost(f"{self.peer} is not open")
        return self._thread, self._file
