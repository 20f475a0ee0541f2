"""A device file such as `/dev/usb/lp0`, or a plain file that jobs are appended to."""

import asyncio
import os
import select
import stat
from pathlib import Path
from typing import Final

from devices.errors import PortAbsent, PortLost, PortTimeout
from devices.ports.owned_thread import OwnedThread

_GRACE_S: Final = 1.0


class FilePort:
    """One file. A device file may answer; a plain one never does.

    Args:
        path: an existing device file, or a file in an existing folder.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = -1
        self._is_device = False
        self._thread: OwnedThread | None = None

    @property
    def peer(self) -> str:
        """The device's name for logs and screens."""
        return f"file:{self._path}"

    async def open(self, timeout_s: float) -> None:
        """Open it; see ``Port.open``."""
        await self.close()
        self._thread = OwnedThread(self.peer)
        try:
            self._file = await self._thread.call(self._opened, timeout_s)
        except (OSError, PortTimeout) as error:
            await self.close()
            raise PortAbsent(f"{self.peer} cannot be opened: {error}") from error

    def _opened(self) -> int:
        path = Path(self._path)
        is_absent = not path.exists()
        if is_absent and (self._is_device or self._path.startswith("/dev/")):
            raise FileNotFoundError("it is not plugged in")  # a file made here would swallow every job
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
        thread = self._need()
        try:
            await thread.call(lambda: self._write(data, timeout_s), timeout_s + _GRACE_S)
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error

    def _write(self, data: bytes, timeout_s: float) -> None:
        while data:
            if self._is_device and not select.select([], [self._file], [], timeout_s)[1]:
                raise PortTimeout(f"{self.peer} took no bytes for {timeout_s:g} s")
            data = data[os.write(self._file, data) :]
        if not self._is_device:
            os.fsync(self._file)

    async def read(self, limit: int, timeout_s: float) -> bytes:
        """Read what is there; see ``Port.read``."""
        thread = self._need()
        if not self._is_device:
            await asyncio.sleep(timeout_s)
            raise PortTimeout(f"{self.peer} is a file and says nothing")
        try:
            data = await thread.call(lambda: self._read(limit, timeout_s), timeout_s + _GRACE_S)
        except OSError as error:
            raise PortLost(f"{self.peer} went away: {error}") from error
        if not data:
            raise PortLost(f"{self.peer} went away: it hung up")
        return data

    def _read(self, limit: int, timeout_s: float) -> bytes:
        if not select.select([self._file], [], [], timeout_s)[0]:
            raise PortTimeout(f"{self.peer} said nothing for {timeout_s:g} s")
        return os.read(self._file, limit)

    async def close(self) -> None:
        """Close it; see ``Port.close``."""
        file, self._file = self._file, -1
        thread, self._thread = self._thread, None
        if file >= 0:
            os.close(file)
        if thread is not None:
            thread.end()

    def _need(self) -> OwnedThread:
        if self._thread is None or self._file < 0:
            raise PortLost(f"{self.peer} is not open")
        return self._thread
