"""The scanner's serial end: a pty in raw mode, with a stable name where one is asked for."""

import contextlib
import os
import tty
from pathlib import Path

from devices.simulators.control import Refused

_MAX_CODE = 2000
_END = b"\r"


class ScannerDevice:
    """Opens the pty; ``send`` is what pulling the trigger does."""

    def __init__(self, link: Path | None = None) -> None:
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        self._link = link
        if link is not None:
            _point(link, self.path)

    def send(self, code: str) -> None:
        """Send one scan.

        Raises:
            Refused: nothing to send, or nobody has read the scans before; nothing was sent.
        """
        data = code.encode()
        if not 1 <= len(data) <= _MAX_CODE:
            raise Refused(f"a code has 1 to {_MAX_CODE} bytes")
        try:
            sent = os.write(self._near, data + _END)
        except BlockingIOError as error:
            raise Refused("nobody reads the scanner") from error
        if sent != len(data) + 1:
            raise Refused("nobody reads the scanner; part of the code was sent")

    def close(self) -> None:
        """Unplug: the device goes away, and its stable name with it."""
        if self._link is not None and self._link.is_symlink() and self._link.readlink() == Path(self.path):
            with contextlib.suppress(OSError):
                self._link.unlink()
        os.close(self._near)
        os.close(self._far)


def _point(link: Path, target: str) -> None:
    """Make or move the symbolic link; a file that is none is never replaced."""
    if link.exists() and not link.is_symlink():
        raise Refused(f"{link} exists and is no link")
    link.parent.mkdir(parents=True, exist_ok=True)
    draft = link.with_name(f".{link.name}.{os.getpid()}")
    draft.symlink_to(target)
    draft.replace(link)
