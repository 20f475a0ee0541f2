"""What a chain's member codes look like, so that a till never takes one for goods. Data, not a standard.

It recognises a code; who the member is, it does not know.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from sync.values.gtin import LENGTHS as GTIN_LENGTHS
from sync.values.gtin import check_digit
from sync.values.scale_label import ScaleForm

Check = Literal["none", "gs1", "luhn"]
MOST_CHARACTERS: Final = 32
_PREFIX: Final = re.compile(r"[0-9A-Za-z]{1,8}")


class InvalidMemberForm(ValueError):
    """A form of member codes that has no sense, with what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberForm:
    """A prefix, then digits.

    Attributes:
        prefix: 1 to 8 letters or digits.
        length: characters of the whole code, prefix included, at most 32.
        check: what its last digit is: nothing special, the GS1 check digit over all digits before it, or
            Luhn's (ISO/IEC 7812-1, annex B).

    Raises:
        InvalidMemberForm: the form has no sense.
    """

    prefix: str
    length: int
    check: Check = "none"

    def __post_init__(self) -> None:
        trouble = self._trouble()
        if trouble:
            msg = f"member codes {self.prefix!r} of {self.length} characters: {trouble}"
            raise InvalidMemberForm(msg)

    def fits(self, code: str) -> bool:
        """Whether a code is one of these."""
        rest = code.removeprefix(self.prefix)
        if len(code) != self.length or rest == code or not (rest.isascii() and rest.isdigit()):
            return False
        digits = "".join(sign for sign in code if sign.isdigit())
        if self.check == "gs1":
            return check_digit(digits[:-1]) == digits[-1]
        return self.check == "none" or is_luhn(digits)

    def may_meet(self, label: ScaleForm) -> bool:
        """Whether a code could be this and a label of the shop's scales."""
        pairs = zip(self.prefix, label.form, strict=False)
        return len(label.form) == self.length and all(not b.isdigit() or a == b for a, b in pairs)

    def _trouble(self) -> str:
        if not _PREFIX.fullmatch(self.prefix):
            return "the prefix is 1 to 8 letters or digits"
        if not len(self.prefix) + 3 <= self.length <= MOST_CHARACTERS:
            return f"at least 3 digits follow the prefix, {MOST_CHARACTERS} characters at most"
        if self.prefix.isdigit() and self.length in GTIN_LENGTHS and self.prefix[0] != "2":
            return "so many digits are a maker's barcode number; a shop's own begin with 2"
        return ""


def is_luhn(digits: str) -> bool:
    """Whether the last digit is Luhn's check digit: every second from the right doubled, nines cast out."""
    doubled = [
        int(digit) if place % 2 == 0 else sum(divmod(2 * int(digit), 10))
        for place, digit in enumerate(reversed(digits))
    ]
    return sum(doubled) % 10 == 0
