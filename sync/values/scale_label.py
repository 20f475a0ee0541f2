"""Labels that a shop's scale prints: item, weight and amount inside 13 or 18 digits.

No standard says where they stand: each chain sets its scales, so a form is data, written as the label is
read: `21IIIIIWWWWWC` is the prefix 21, five digits of the item, five of the weight and the check digit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sync.values.gtin import check_digit

LENGTHS: Final = (13, 18)
_FORM: Final = re.compile(r"\d{2,4}I{3,7}(?:W{4,6}|V?A{4,6}|X{1,6}){1,3}C?")
# GS1 General Specifications 7.9: weighting factors of the price check digit, as tables.
_TWO_MINUS: Final = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)
_THREE: Final = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_FIVE_PLUS: Final = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)
_FIVE_MINUS: Final = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)
_FOUR_DIGITS: Final = (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)
_FIVE_DIGITS: Final = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)


class InvalidForm(ValueError):
    """A form of labels that cannot be read, with what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What a label says: `weight_g` grams and `amount_minor` minor units, None where it says nothing of it.

    `base` is the label's number with zeros for what varies: under it catalogues list such goods.
    """

    item: str
    base: str
    weight_g: int | None
    amount_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleForm:
    """One form of labels.

    Attributes:
        form: a digit stands for itself (the prefix); I item, W weight, A amount, V price check digit
            (of 4 or 5 digits of amount), X anything, C check digit at the end.
        gram_step: grams for one in the last weight digit: 1, or 10 for hundredths of a kg.
        minor_step: minor units for one in the last amount digit: 1 is a fen.

    Raises:
        InvalidForm: the form has no sense.
    """

    form: str
    gram_step: int = 1
    minor_step: int = 1

    def __post_init__(self) -> None:
        trouble = _trouble(self.form)
        if trouble:
            msg = f"{self.form!r} is no form of scale labels: {trouble}"
            raise InvalidForm(msg)

    def read(self, code: str) -> Labelled | None:
        """What a label says; None for a code of another form, or with a wrong check digit."""
        if len(code) != len(self.form) or not (code.isascii() and code.isdigit()) or not self._fits(code):
            return None
        weight, amount = self._digits(code, "W"), self._digits(code, "A")
        return Labelled(
            item=self._digits(code, "I"),
            base=self._base(code),
            weight_g=int(weight) * self.gram_step if weight else None,
            amount_minor=int(amount) * self.minor_step if amount else None,
        )

    def may_meet(self, other: "ScaleForm") -> bool:
        """Whether a code could be of both forms."""
        if len(self.form) != len(other.form):
            return False
        pairs = zip(self.form, other.form, strict=True)
        return all(a == b for a, b in pairs if a.isdigit() and b.isdigit())

    def _fits(self, code: str) -> bool:
        if any(sign.isdigit() and sign != digit for sign, digit in zip(self.form, code, strict=True)):
            return False
        if self.form.endswith("C") and check_digit(code[:-1]) != code[-1]:
            return False
        return "V" not in self.form or self._digits(code, "V") == price_check_digit(self._digits(code, "A"))

    def _digits(self, code: str, sign: str) -> str:
        return "".join(digit for form, digit in zip(self.form, code, strict=True) if form == sign)

    def _base(self, code: str) -> str:
        pairs = zip(self.form, code, strict=True)
        zeroed = "".join(digit if sign.isdigit() or sign == "I" else "0" for sign, digit in pairs)
        return zeroed[:-1] + check_digit(zeroed[:-1]) if self.form.endswith("C") else zeroed


def read_label(forms: Sequence[ScaleForm], code: str) -> Labelled | None:
    """What a code says as a label of one of the forms; they do not meet (`meeting_forms`)."""
    return next((found for form in forms if (found := form.read(code))), None)


def meeting_forms(forms: Sequence[ScaleForm]) -> tuple[str, str] | None:
    """Two forms that one code could have, if there are any: its meaning would depend on their order."""
    for at, one in enumerate(forms):
        for other in forms[at + 1 :]:
            if one.may_meet(other):
                return one.form, other.form
    return None


def price_check_digit(amount: str) -> str:
    """The check digit over 4 or 5 digits of an amount (GS1 General Specifications 7.9.3 and 7.9.4)."""
    if len(amount) == len(_FOUR_DIGITS):
        total = sum(table[int(digit)] for table, digit in zip(_FOUR_DIGITS, amount, strict=True))
        return str(total * 3 % 10)
    total = sum(table[int(digit)] for table, digit in zip(_FIVE_DIGITS, amount, strict=True))
    return str(_FIVE_MINUS.index(-total % 10))


def _trouble(form: str) -> str:
    """What is wrong with a form; empty for a good one."""
    if len(form) not in LENGTHS:
        return "it has 13 or 18 signs"
    if not _FORM.fullmatch(form):
        return "write prefix digits, then I item, W weight, A amount, V price check, X anything, C at the end"
    if len(form) == LENGTHS[0] and form[0] != "2":
        return "13 digits of a shop's own begin with 2; others are barcode numbers of makers"
    if "W" not in form and "A" not in form:
        return "it says neither weight (W) nor amount (A)"
    if any(not re.fullmatch(f"[^{sign}]*{sign}{{0,6}}[^{sign}]*", form) for sign in "WA"):
        return "weight and amount stand in one piece each, of 4 to 6 digits"
    if "V" in form and form.count("A") not in (len(_FOUR_DIGITS), len(_FIVE_DIGITS)):
        return "a price check digit (V) covers 4 or 5 digits of amount"
    return ""
