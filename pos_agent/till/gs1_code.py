"""What a GS1 code says: an element string (DataMatrix, GS1-128, DataBar) or a Digital Link. biip reads it.

Only codes with a trade item number concern a till: that of the item (AI 01), or that of what a carton holds
with their count (AI 02 and 37). A variable field whose end mark (FNC1) the label
lacks swallows what follows it: a use-by date behind such a lot number is not seen.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message

from sync.values.gtin import InvalidGtin, parse_gtin

# an item; what a carton holds, with the carton's own number (SSCC) before it or without
_ELEMENTS: Final = re.compile(r"01\d{14}|(?:00\d{18})?02\d{14}")
_LINK: Final = re.compile(r"https?://", re.IGNORECASE)
_LAST_DAYS: Final = frozenset(("15", "16", "17"))  # best before, sell by, expiry
_WEIGHT: Final = "310"  # net weight in kg; the fourth digit is the decimals
_AMOUNT: Final = "392"  # amount payable in the shop's currency; likewise
_GRAMS: Final = 1000
_MINOR: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Gs1Code:
    """A trade item with what its code says of it: the first of its last days, grams, minor units.

    `item` is its number in the 14 digits of AI 01 or 02, `gtin` the same in the form that the catalogue has.
    `count` is how many of them the code stands on: of a carton's label, else 1.
    """

    item: str
    gtin: str
    count: int = 1
    last_day: date | None = None
    weight_g: int | None = None
    amount_minor: int | None = None


def read_gs1(code: str) -> Gs1Code | None:
    """What a code says if it is one of GS1 with a trade item; None for any other.

    Args:
        code: without AIM identifier; U+001D where FNC1 stood.
    """
    try:
        if _LINK.match(code):
            return _read(GS1DigitalLinkURI.parse(code).element_strings)
        if _ELEMENTS.match(code):
            return _read(GS1Message.parse(code).element_strings)
    except (ParseError, InvalidGtin, ValueError):
        return None
    return None


def _read(elements: list[Any]) -> Gs1Code | None:
    values = {element.ai.ai: element for element in elements}
    count = 1 if "01" in values else int(values["37"].value) if "37" in values else 0
    item = values.get("01") or values.get("02")
    if item is None or count == 0:  # a carton's content that nobody counted is never one unit of a guess
        return None
    days = [values[ai].date for ai in _LAST_DAYS if ai in values and values[ai].date]
    return Gs1Code(
        item=item.value,
        gtin=parse_gtin(item.value),
        count=count,
        last_day=min(days, default=None),
        weight_g=_whole(elements, _WEIGHT, _GRAMS),
        amount_minor=_whole(elements, _AMOUNT, _MINOR),
    )


def _whole(elements: list[Any], ai: str, factor: int) -> int | None:
    """A decimal field in whole grams or minor units; a finer one is no trade measure of ours.

    Raises:
        ValueError: it is finer.
    """
    found: list[Decimal] = [e.decimal for e in elements if e.ai.ai[:3] == ai and e.decimal is not None]
    if not found:
        return None
    scaled = found[0] * factor
    if scaled != int(scaled):
        msg = "finer than the smallest unit"
        raise ValueError(msg)
    return int(scaled)
