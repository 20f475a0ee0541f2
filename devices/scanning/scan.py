"""One scan, as handed to the till."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """A code read by a scanner.

    Attributes:
        code: the text in the code, without terminator and AIM identifier; GS1 separators (U+001D) stay. Left
            out of ``repr``, so that a payment code never reaches a log by accident.
        symbology: what kind of code it was, if the scanner says so, for example ``ean13`` or ``gs1_128``.
        source: the scanner's id.
        at: when its last byte arrived, aware UTC.
    """

    code: str = field(repr=False)
    symbology: str | None
    source: str
    at: datetime
