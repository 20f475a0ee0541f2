"""Barcode numbers: GTIN-8, -12, -13 and -14 with their check digit (GS1 General Specifications 7.9)."""

LENGTHS = (8, 12, 13, 14)


class InvalidGtin(ValueError):
    """The digits are no GTIN: wrong length, a character that is no digit, or a wrong check digit."""


def check_digit(digits: str) -> str:
    """The check digit for `digits` (all but the last of a GTIN): weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def item_in_case(gtin: str) -> str:
    """The number of the goods that a case probably holds; empty for a number that stands on no case.

    A GTIN-14 whose indicator digit is 1 to 8 is made of the number of what is inside (GS1 General
    Specifications 2.1.3); how many there are it does not say. 9 marks goods of variable measure.
    """
    if len(gtin) != LENGTHS[-1] or gtin[0] not in "12345678":
        return ""
    inside = gtin[1:-1]
    return inside + check_digit(inside)


def parse_gtin(text: str) -> str:
    """The GTIN in its shortest usual form: UPC-A becomes EAN-13, leading zeros of a GTIN-14 go.

    Args:
        text: digits, blanks around them allowed.

    Returns:
        8, 13 or 14 digits with a right check digit.

    Raises:
        InvalidGtin: with what is wrong and what was expected.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in LENGTHS:
        msg = f"{text!r} is no barcode number: 8, 12, 13 or 14 digits are expected"
        raise InvalidGtin(msg)
    expected = check_digit(digits[:-1])
    if digits[-1] != expected:
        msg = f"{digits} has check digit {digits[-1]}, expected {expected}"
        raise InvalidGtin(msg)
    if len(digits) == 12:
        return "0" + digits
    if len(digits) == 14 and digits[0] == "0":
        return digits[1:]
    return digits
