"""Pinyin initials of Chinese text, by the order of GB 2312.

Level 1 of GB 2312 (rows 16 to 55) is sorted by pinyin, so the first letter of a character follows
from its code. Characters of level 2 are sorted by radical and have no letter here; the search by
name still finds them.
"""

from bisect import bisect_right
from typing import Final

_STARTS: Final = (
    (0xB0A1, "a"),
    (0xB0C5, "b"),
    (0xB2C1, "c"),
    (0xB4EE, "d"),
    (0xB6EA, "e"),
    (0xB7A2, "f"),
    (0xB8C1, "g"),
    (0xB9FE, "h"),
    (0xBBF7, "j"),
    (0xBFA6, "k"),
    (0xC0AC, "l"),
    (0xC2E8, "m"),
    (0xC4C3, "n"),
    (0xC5B6, "o"),
    (0xC5BE, "p"),
    (0xC6DA, "q"),
    (0xC8BB, "r"),
    (0xC8F6, "s"),
    (0xCBFA, "t"),
    (0xCDDA, "w"),
    (0xCEF4, "x"),
    (0xD1B9, "y"),
    (0xD4D1, "z"),
)
_CODES: Final = [code for code, _letter in _STARTS]
_LAST: Final = 0xD7F9


def initial_of(character: str) -> str:
    """The first pinyin letter of a character; ASCII letters and digits are themselves, others nothing."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    code = int.from_bytes(character.encode("gb2312", "ignore"), "big")
    if not _CODES[0] <= code <= _LAST:
        return ""
    return _STARTS[bisect_right(_CODES, code) - 1][1]


def initials(text: str) -> str:
    """The initials of a text: 可口可乐500ml becomes kkkl500ml."""
    return "".join(map(initial_of, text))
