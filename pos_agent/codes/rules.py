"""Which unknown codes may be kept. Pure. In doubt a code is somebody's money or name, and only counted."""

import re
from typing import Final, Literal

from pos_agent.till.classify import Classified

Reason = Literal["payment", "person", "link", "member"]
How = Literal["scanner", "page"]
MOST_KEPT: Final = 500
"""Codes kept at once; the one that was seen last longest ago goes first."""
MOST_ALIASES: Final = 2_000
MOST_PIECES: Final = 10_000
# WeChat Pay, Alipay, UnionPay (see `till.classify`), within other signs too: a bad scan glues codes together
_FORMS: Final = r"(?:1[0-5]\d{16}|(?:2[5-9]|30)\d{14,22}|62\d{17})"
_MONEY: Final = re.compile(rf"(?<!\d){_FORMS}(?!\d)")
# more digits than any payment code has are several codes in one: the first or the last may be money
_GLUED: Final = re.compile(rf"(?<!\d)(?=\d{{25}})(?:{_FORMS}|\d+{_FORMS}(?!\d))")
# a mobile number of the mainland, or an identity card's 18 characters (GB 11643)
_PERSON: Final = re.compile(r"(?<!\d)(?:(?:86)?1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
_LINK: Final = re.compile(r"://|^www\.", re.IGNORECASE)
# what somebody types may be a search for a name; a code has no blanks and some digits
_LIKE_A_CODE: Final = re.compile(r"(?=[^\d]*\d)[!-~]{6,64}")


def why_private(code: str) -> Reason | None:
    """Why a code must not be kept; None for one that may."""
    if _MONEY.search(code) or _GLUED.search(code):
        return "payment"
    if _PERSON.search(code):
        return "person"
    return "link" if _LINK.search(code) else None


def code_to_keep(scan: Classified, how: How) -> str:
    """What is kept of an unknown code: a label's number without weight and amount, else the code itself.

    Empty for what was typed and looks like words.
    """
    code = scan.others[0] if scan.others else scan.code
    return "" if how == "page" and not _LIKE_A_CODE.fullmatch(code) else code
