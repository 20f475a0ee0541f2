"""What a printer says of itself, decoded without guessing.

Every answer has fixed bits; a byte that breaks them is no answer. What was not answered is unknown.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# Real-time status requests 1 (printer), 2 (why offline), 4 (paper); Epson ESC/POS, DLE EOT n.
STATUS_REQUEST = b"\x10\x04\x01\x10\x04\x02\x10\x04\x04"
STATUS_ANSWERS = 3
_DLE_FIXED = 0x93
_DLE_VALUE = 0x12
# GS r 1: bits 0-1 near end, 2-3 end, both bits of a pair alike; the rest is 0.
_MARKS = {0x00: False, 0x03: False, 0x0C: True, 0x0F: True}


class PrinterState(StrEnum):
    """The one word for a screen. Only ``online`` and ``paper_low`` print."""

    ONLINE = "online"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    ERROR = "error"
    PAUSED = "paused"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


# States in which a printer says itself that it will not print now.
NOT_READY = frozenset(
    {PrinterState.PAPER_OUT, PrinterState.COVER_OPEN, PrinterState.ERROR, PrinterState.PAUSED}
)


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """A printer's state since ``since`` (aware UTC), with the reason in words for those who repair it."""

    printer: str
    state: PrinterState
    reason: str
    since: datetime


def is_status_answer(byte: int) -> bool:
    """Whether the byte can be an answer to DLE EOT: bits 1 and 4 set, bits 0 and 7 clear."""
    return byte & _DLE_FIXED == _DLE_VALUE


def is_completion_mark(byte: int) -> bool:
    """Whether the byte can be the answer to GS r 1."""
    return byte in _MARKS


def mark_says_paper_end(byte: int) -> bool:
    """Whether a completion mark also tells that the roll is at its end."""
    return _MARKS.get(byte, False)


def read_status(answers: bytes) -> PrinterState:
    """The state told by the answers to ``STATUS_REQUEST``, in order; anything else is unknown."""
    if len(answers) != STATUS_ANSWERS or not all(map(is_status_answer, answers)):
        return PrinterState.UNKNOWN
    printer, cause, paper = answers
    if paper & 0x60 or cause & 0x20:
        return PrinterState.PAPER_OUT
    if cause & 0x04:
        return PrinterState.COVER_OPEN
    if cause & 0x40:
        return PrinterState.ERROR
    if printer & 0x08:
        return PrinterState.PAUSED
    return PrinterState.PAPER_LOW if paper & 0x0C else PrinterState.ONLINE
