"""What is right or wrong with the printer beside its paper, and the bytes in which it says so.

Status bytes as Epson's reference has them under DLE EOT, GS a and GS r; fixed bits are always set.
"""

from dataclasses import dataclass

_SENSOR = {"ok": 0x00, "low": 0x03, "out": 0x0F}


@dataclass(slots=True)
class Condition:
    """What is right or wrong with the machine, set by its control port.

    ``paper_left`` is how many more bytes print before the roll ends; None = it does not end. ``late_ms`` and
    ``is_babbling`` are about its answers; ``bytes_per_s`` is how fast it prints, 0 = at once.
    """

    paper: str = "ok"
    paper_left: int | None = None
    is_cutter_stuck: bool = False
    is_offline: bool = False
    is_cover_open: bool = False
    is_mute: bool = False
    is_babbling: bool = False
    late_ms: int = 0
    bytes_per_s: int = 0
    is_drawer_open: bool = False
    kicks: int = 0
    beeps: int = 0

    @property
    def prints(self) -> bool:
        """Whether it prints what it is sent."""
        is_stopped = self.is_offline or self.is_cover_open or self.is_cutter_stuck
        return self.paper != "out" and not is_stopped

    def open_drawer(self) -> None:
        """A pulse reached the drawer; it stays open until somebody pushes it in."""
        self.is_drawer_open = True
        self.kicks += 1

    def use_paper(self, size: int) -> None:
        """So many bytes were printed."""
        if self.paper_left is None:
            return
        self.paper_left -= size
        if self.paper_left <= 0:
            self.paper, self.paper_left = "out", None

    def sensor(self, which: int) -> bytes:
        """GS r 1: the paper sensors; GS r 2: the drawer."""
        if which in (2, 50):
            return b"\x01" if self.is_drawer_open else b"\0"
        return bytes((_SENSOR[self.paper],))

    def status(self, which: int) -> bytes:
        """DLE EOT n, 1 to 4; nothing for others. Bits 1 and 4 are always set."""
        stuck = self.is_cutter_stuck
        if which == 1:
            return bytes((0x12 | (0 if self.prints else 0x08) | (0x04 if self.is_drawer_open else 0),))
        if which == 2:
            cause = (0x04 if self.is_cover_open else 0) | (0x20 if self.paper == "out" else 0)
            return bytes((0x12 | cause | (0x40 if stuck else 0),))
        if which == 4:
            return bytes((0x12 | {"ok": 0, "low": 0x0C, "out": 0x6C}[self.paper],))
        return bytes((0x12 | (0x08 if stuck else 0),)) if which == 3 else b""

    def block(self) -> bytes:
        """Four bytes as GS a makes the machine send them by itself."""
        first = 0x10 | (0 if self.prints else 0x08) | (0x20 if self.is_cover_open else 0)
        first |= 0x04 if self.is_drawer_open else 0
        return bytes((first, 0x08 if self.is_cutter_stuck else 0, _SENSOR[self.paper], 0x0F))
