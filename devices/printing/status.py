"""What a printer says of itself, decoded without guessing: what was not answered is unknown.

Bits after Epson's ESC/POS reference: DLE EOT 1 (printer), 2 (cause of offline), 3 (cause of error),
4 (paper); GS a (automatic status back); GS r 1 (paper).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from devices.printing.answers import is_real_time
from devices.tally import Tally

STATUS_REQUEST: Final = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
STATUS_ANSWERS: Final = 4
AUTOMATIC_ON: Final = b"\x1da\x0f"
"""GS a: tell drawer, online, errors and paper, now and at each change."""
# GS r 1: bits 0-1 near end, 2-3 end, both bits of a pair alike; the rest is 0.
_MARKS: Final = {0x00: False, 0x03: False, 0x0C: True, 0x0F: True}


class PrinterState(StrEnum):
    """The one word for a screen. Only ``online``, ``degraded`` and ``paper_low`` print.

    ``degraded`` is said of a printer that is online and was away several times of late; no printer says it of
    itself.
    """

    ONLINE = "online"
    DEGRADED = "degraded"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    ERROR = "error"
    PAUSED = "paused"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


# States in which a printer says itself that it will not print now.
NOT_READY = frozenset(
    {
        PrinterState.PAPER_OUT,
        PrinterState.COVER_OPEN,
        PrinterState.CUTTER,
        PrinterState.ERROR,
        PrinterState.PAUSED,
    }
)


class Paper(StrEnum):
    """The roll."""

    OK = "ok"
    LOW = "low"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Report:
    """One look at a printer; None = it did not say.

    Attributes:
        is_online: whether it takes data and prints.
        is_cover_open: whether the cover is open.
        has_cutter_error: whether the knife is stuck.
        has_error: any other error, or one that only switching off and on ends.
        paper: the roll.
        drawer_pin_high: the drawer connector's pin 3; which level is an open drawer is the drawer's wiring.
    """

    is_online: bool | None = None
    is_cover_open: bool | None = None
    has_cutter_error: bool | None = None
    has_error: bool | None = None
    paper: Paper | None = None
    drawer_pin_high: bool | None = None

    @property
    def state(self) -> PrinterState:
        """The one word: what a person must put right first."""
        if self == Report():
            return PrinterState.UNKNOWN
        causes = (
            (self.is_cover_open, PrinterState.COVER_OPEN),
            (self.paper is Paper.OUT, PrinterState.PAPER_OUT),
            (self.has_cutter_error, PrinterState.CUTTER),
            (self.has_error, PrinterState.ERROR),
            (self.is_online is False, PrinterState.PAUSED),
            (self.paper is Paper.LOW, PrinterState.PAPER_LOW),
        )
        found = next((state for is_so, state in causes if is_so), None)
        return found or (PrinterState.ONLINE if self.is_online else PrinterState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """A printer's state since ``since`` (aware UTC), with the reason in words for those who repair it.

    ``cause`` is the same reason as a word of ``ports.trouble.Cause``, empty where ``state`` says all;
    ``tally`` is the printer's own and goes on counting.
    """

    printer: str
    state: PrinterState
    reason: str
    since: datetime
    tally: Tally = field(default_factory=Tally, compare=False)
    cause: str = ""


def read_real_time(answers: bytes) -> Report:
    """The report told by the answers to ``STATUS_REQUEST``, in order; anything else tells nothing."""
    if len(answers) != STATUS_ANSWERS or not all(map(is_real_time, answers)):
        return Report()
    printer, cause, error, paper = answers
    return Report(
        is_online=not printer & 0x08,
        is_cover_open=bool(cause & 0x04),
        has_cutter_error=bool(error & 0x08),
        has_error=bool(error & 0x64) or (bool(cause & 0x40) and not error & 0x08),
        paper=_paper(is_low=bool(paper & 0x0C), is_out=bool(paper & 0x60 or cause & 0x20)),
        drawer_pin_high=bool(printer & 0x04),
    )


def read_automatic(block: bytes) -> Report:
    """The report of one automatic status: four bytes that ``AnswerReader`` has checked."""
    assert len(block) == 4
    printer, error, paper, _ = block
    return Report(
        is_online=not printer & 0x08,
        is_cover_open=bool(printer & 0x20),
        has_cutter_error=bool(error & 0x08),
        has_error=bool(error & 0x64),
        paper=_paper(is_low=bool(paper & 0x03), is_out=bool(paper & 0x0C)),
        drawer_pin_high=bool(printer & 0x04),
    )


def _paper(*, is_low: bool, is_out: bool) -> Paper:
    return Paper.OUT if is_out else Paper.LOW if is_low else Paper.OK


def is_completion_mark(byte: int) -> bool:
    """Whether the byte can be the answer to GS r 1."""
    return byte in _MARKS


def mark_says_paper_end(byte: int) -> bool:
    """Whether a completion mark also tells that the roll is at its end."""
    return _MARKS.get(byte, False)
