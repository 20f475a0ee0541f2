"""A serial line in software: a pty in raw mode, with a stable name where one is asked for.

It can be pulled out, and comes back as another device under the same stable name, as by-id does.
What the bytes mean is its device's business.
"""

import contextlib
import os
import tty
from pathlib import Path

from devices.simulators.control import Refused

_MOST_SPARE = 4


class PtyLine:
    """One line; not there before the first ``plug``.

    Args:
        link: the stable name; None = only the name that the system gives.
    """

    def __init__(self, link: Path | None = None) -> None:
        self._link = link
        self._near = self._far = -1
        self.path = ""
        """The device's name, also while it is pulled out."""

    @property
    def is_plugged(self) -> bool:
        """Whether the line is there."""
        return self._near >= 0

    @property
    def near(self) -> int:
        """This end's file descriptor, which does not block."""
        return self._near

    @property
    def name(self) -> str:
        """What to open: the stable name, or the device's own."""
        return str(self._link.absolute()) if self._link else self.path

    def plug(self) -> None:
        """Be there; a second time changes nothing.

        Raises:
            Refused: a file that is no link has the stable name.
        """
        if self.is_plugged:
            return
        self._near, self._far = _opened(unlike=self.path)
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        if self._link is not None:
            self._point(self._link)

    def unplug(self) -> None:
        """The line goes away, and its stable name with it."""
        if not self.is_plugged:
            return
        if self._link is not None and self._link.is_symlink() and self._link.readlink() == Path(self.path):
            with contextlib.suppress(OSError):
                self._link.unlink()
        os.close(self._near)
        os.close(self._far)
        self._near = self._far = -1

    def _point(self, link: Path) -> None:
        """Make or move the symbolic link; a file that is none is never replaced."""
        if link.exists() and not link.is_symlink():
            self.unplug()
            raise Refused(f"{link} exists and is no link")
        link.parent.mkdir(parents=True, exist_ok=True)
        draft = link.with_name(f".{link.name}.{os.getpid()}")
        draft.symlink_to(self.path)
        draft.replace(link)


def _opened(*, unlike: str) -> tuple[int, int]:
    """Both ends of a new pty that has another name than the last, which is free again by now."""
    spare: list[tuple[int, int]] = []
    try:
        while True:
            ends = os.openpty()
            if len(spare) == _MOST_SPARE or os.ttyname(ends[1]) != unlike:
                return ends
            spare.append(ends)
    finally:
        for end in (end for ends in spare for end in ends):
            os.close(end)
