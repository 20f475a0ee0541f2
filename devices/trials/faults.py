"""What can befall a printer, and when, as steps on the virtual printer's own controls."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Moment(StrEnum):
    """When a fault comes, as seen from the job."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: control words that bring it and that end it.

    ``bring`` with ``{n}`` takes a number of bytes: it strikes in the middle of the job by itself.
    """

    name: str
    bring: tuple[str, ...]
    end: tuple[str, ...]

    @property
    def strikes_by_itself(self) -> bool:
        """Whether it comes at a byte."""
        return any("{n}" in word for word in self.bring)


FAULTS: Final = (
    Fault("none", (), ()),
    Fault("paper out", ("paper-out",), ("paper-ok",)),
    Fault("paper out at byte n", ("paper-out-after {n}",), ("paper-ok",)),
    Fault("cover open", ("cover-open",), ("cover-closed",)),
    Fault("cutter stuck", ("cutter-stuck",), ("cutter-ok",)),
    Fault("offline", ("offline",), ("online",)),
    Fault("unplugged", ("unplug",), ("plug",)),
    Fault("reset at byte n", ("reset-after {n}",), ()),
    Fault("mute", ("mute",), ("unmute",)),
    Fault("slow drain", ("slow 2000",), ("slow 0",)),
    Fault("late answers", ("late 250",), ("late 0",)),
    Fault("garbage answers", ("garbage",), ("no-garbage",)),
    Fault("power cycle", ("power-cycle",), ()),
    Fault("buffer lost", ("offline", "power-cycle"), ("online",)),
    Fault("spool killed", (), ()),
)
KILLED: Final = "spool killed"
CURES: Final = ("well",)
"""Every cure: the printer is well again whatever came before."""
