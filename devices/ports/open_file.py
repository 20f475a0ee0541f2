"""A file descriptor that is written and read in a thread, and never used by anybody once its port is closed.

Its number may be another file's by then, the ledger's say: it is given free by the thread that works on it.
"""

import os
import select
import time
from collections.abc import Callable
from typing import Final

from devices.errors import PortLost, PortTimeout

_NONE: Final = -1


class OpenFile:
    """One opening. All but `end` runs in the port's thread.

    Args:
        peer: the device's name for errors.
    """

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._ended = False
        self._file = _NONE

    def open(self, opened: Callable[[], int]) -> None:
        """Open it; `opened` returns a descriptor that does not block, or a plain file's."""
        self._file = opened()

    def end(self) -> None:
        """Nobody waits any more: what is being written stops. Call from anywhere."""
        self._ended = True

    def write(self, data: bytes, timeout_s: float, *, waits: bool = True) -> None:
        """Write all; `waits` = the other side must be ready.

        Raises:
            PortTimeout: not all was taken in time.
            PortLost: the port was closed meanwhile.
            OSError: the device is gone.
        """
        ends_s = time.monotonic() + timeout_s
        while data:
            left_s = max(0.0, ends_s - time.monotonic())
            if waits and not select.select([], [self._file], [], left_s)[1]:
                raise PortTimeout(f"{self._peer} took no bytes for {timeout_s:g} s")
            if self._ended:
                raise PortLost(f"{self._peer} was closed")
            data = data[os.write(self._file, data) :]

    def sync(self) -> None:
        """Bring a plain file to the disk."""
        os.fsync(self._file)

    def read(self, limit: int, timeout_s: float) -> bytes:
        """What is there, at most `limit` bytes.

        Raises:
            PortTimeout: nothing came in time.
            OSError: the device is gone.
        """
        if not select.select([self._file], [], [], timeout_s)[0]:
            raise PortTimeout(f"{self._peer} said nothing for {timeout_s:g} s")
        return os.read(self._file, limit)

    def close(self) -> None:
        """Give the descriptor free."""
        file, self._file = self._file, _NONE
        if file != _NONE:
            os.close(file)
