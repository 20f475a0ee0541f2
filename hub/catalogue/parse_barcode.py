"""A barcode cell as a GTIN: the marks spreadsheets leave on digits, lost zeros, and what is wrong with it."""

from dataclasses import dataclass

from hub.catalogue.parse_text import plain_digits, without_text_mark
from sync.values.gtin import LENGTHS, InvalidGtin, check_digit, parse_gtin


@dataclass(frozen=True, slots=True)
class Barcode:
    """What a cell holds: a GTIN, or nothing, or a fault (`not_digits`, `length`, `check_digit`).

    `was_padded` says that leading zeros had to be given back. `expected` is the right check digit.
    """

    gtin: str | None = None
    fault: str = ""
    was_padded: bool = False
    length: int = 0
    expected: str = ""


NONE = Barcode()
"""An empty cell."""


def parse_barcode(text: str) -> Barcode:
    """The GTIN of a cell such as `'012345678905`, `="6901234567892"` or `690 1234 567892`.

    Eleven digits that are a valid UPC-A with a zero in front are one: spreadsheets drop that zero.
    Nothing else is padded, a wrong guess would give a product somebody else's barcode.
    """
    bare = without_text_mark(plain_digits(text.strip()))
    digits = bare.replace(" ", "").replace("-", "")
    if not digits:
        return NONE
    if not (digits.isascii() and digits.isdigit()) or not digits.strip("0"):
        return Barcode(fault="not_digits")
    if len(digits) == 11 and check_digit("0" + digits[:-1]) == digits[-1]:
        return Barcode(gtin=parse_gtin("0" + digits), was_padded=True)
    if len(digits) not in LENGTHS:
        return Barcode(fault="length", length=len(digits))
    try:
        return Barcode(gtin=parse_gtin(digits))
    except InvalidGtin:
        return Barcode(fault="check_digit", expected=check_digit(digits[:-1]))
