"""The scanner's serial end: a pty in raw mode, with a stable name where one is asked for."""

import contextlib
import os
import tty
from pathlib import Path

from devices.simulators.control import Refused

_MAX_CODE = 2000


class ScannerDevice:
    """Opens the pty; it can be pulled out and comes back as another device under the same stable name."""

    def __init__(self, link: Path | None = None) -> None:
        self._link = link
        self._near = self._far = -1
        self.path = ""
        self.plug()

    @property
    def is_plugged(self) -> bool:
        """Whether the device is there."""
        return self._near >= 0

    def plug(self) -> None:
        """Be there; a second time changes nothing."""
        if self.is_plugged:
            return
        last = self.path
        spare = os.openpty() if last else ()  # takes the freed name, so that the device has another
        try:
            self._near, self._far = os.openpty()
        finally:
            for end in spare:
                os.close(end)
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        if self._link is not None:
            _point(self._link, self.path)

    def check(self, code: str) -> None:
        """Refuse what cannot be scanned.

        Raises:
            Refused: nothing to send, too much, or the scanner is unplugged.
        """
        if not 1 <= len(code.encode()) <= _MAX_CODE:
            raise Refused(f"a code has 1 to {_MAX_CODE} bytes")
        if not self.is_plugged:
            raise Refused("the scanner is unplugged; plug it in")

    def write(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            Refused: it is unplugged, or nobody has read the scans before.
        """
        if not self.is_plugged:
            raise Refused("the scanner is unplugged; plug it in")
        try:
            sent = os.write(self._near, data)
        except BlockingIOError as error:
            raise Refused("nobody reads the scanner") from error
        if sent != len(data):
            raise Refused("nobody reads the scanner; part of the code was sent")

    def unplug(self) -> None:
        """The device goes away, and its stable name with it."""
        if not self.is_plugged:
            return
        if self._link is not None and self._link.is_symlink() and self._link.readlink() == Path(self.path):
            with contextlib.suppress(OSError):
                self._link.unlink()
        os.close(self._near)
        os.close(self._far)
        self._near = self._far = -1


def _point(link: Path, target: str) -> None:
    """Make or move the symbolic link; a file that is none is never replaced."""
    if link.exists() and not link.is_symlink():
        raise Refused(f"{link} exists and is no link")
    link.parent.mkdir(parents=True, exist_ok=True)
    draft = link.with_name(f".{link.name}.{os.getpid()}")
    draft.symlink_to(target)
    draft.replace(link)
