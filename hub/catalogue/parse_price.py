"""A price as people write it, as whole minor units. No floats: the digits are moved, not multiplied."""

import re
from enum import StrEnum
from typing import Final

from hub.catalogue.parse_text import plain_digits
from hub.catalogue.rules import MOST_PRICE_MINOR

_NO_MINOR: Final = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905  # reads better
)
_THREE_DIGITS: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_PLAIN: Final = re.compile(r"(-?)([0-9]{1,20})(?:\.([0-9]{0,20}))?")
_GROUPED: Final = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{0,20}))?")
_SIGNS: Final = re.compile(r"^[¥$€£￥元]\s*|\s*元$")


class PriceFault(StrEnum):
    """Why a text is no price that can be charged; the values are message codes."""

    MISSING = "price_missing"
    INVALID = "price_invalid"
    DECIMALS = "price_decimals"
    TOO_LARGE = "price_too_large"
    NEGATIVE = "price_not_positive"


def is_currency(code: str) -> bool:
    """Whether the code has the shape of ISO 4217: three capital letters."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def minor_digits(currency: str) -> int:
    """How many decimal places a currency's minor unit has (ISO 4217): 2 for CNY, 0 for JPY, 3 for KWD."""
    if currency in _NO_MINOR:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def parse_price(text: str, digits: int) -> int | PriceFault:
    """Minor units of a price in major units with at most `digits` decimals.

    `12.34`, `12`, `1,234.50` and `¥12.34` are prices; trailing zeros beyond `digits` do no harm. Zero is
    a price here, what it means is the reader's business. Without a fault the result is not negative.
    """
    stripped = _SIGNS.sub("", plain_digits(text.strip()))
    if not stripped:
        return PriceFault.MISSING
    found = _PLAIN.fullmatch(stripped) or _GROUPED.fullmatch(stripped)
    if found is None:
        return PriceFault.INVALID
    sign, whole, fraction = found.group(1), found.group(2).replace(",", ""), (found.group(3) or "")
    if fraction[digits:].strip("0"):
        return PriceFault.DECIMALS
    minor = int(whole + fraction[:digits].ljust(digits, "0"))
    if sign and minor:
        return PriceFault.NEGATIVE
    return minor if minor <= MOST_PRICE_MINOR else PriceFault.TOO_LARGE
