"""What a customer is shown, apart from how a display shows it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from devices.errors import DocumentError

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,3})?")
_MOST_TEXT = 200


class Lamp(StrEnum):
    """Which of the four signs beside the number is lit on a display of digits."""

    DARK = "dark"
    PRICE = "price"
    TOTAL = "total"
    GIVEN = "given"
    CHANGE = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoleView:
    """One view.

    Attributes:
        uppers: what the upper row says, the best first: a display takes the first that it has characters for.
        lowers: the words before the number, in the same way.
        number: an amount in digits, ``12.80``; empty for none.
        lamp: what the number is.

    Raises:
        DocumentError: the number is none, or a text is longer than 200 characters.
    """

    uppers: tuple[str, ...] = ()
    lowers: tuple[str, ...] = ()
    number: str = ""
    lamp: Lamp = Lamp.DARK

    def __post_init__(self) -> None:
        if self.number and not _NUMBER.fullmatch(self.number):
            raise DocumentError(f"{self.number!r} is no number for a display: write 12.80")
        if any(len(text) > _MOST_TEXT for text in (*self.uppers, *self.lowers)):
            raise DocumentError(f"a text on a display has at most {_MOST_TEXT} characters")


BLANK = PoleView()
