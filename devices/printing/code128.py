"""Which of CODE128's code sets write a text, chosen once for printers, pictures and widths. It draws nothing.

Set C takes two digits a symbol, so long runs of digits go in it and all else in B (ISO/IEC 15417, annex E).
A bar code that is narrower has room on a narrower roll, or for wider bars.
"""

import re
from itertools import groupby
from typing import Literal, NamedTuple

# In the middle of a text a run pays for changing there and back, at an end for one of them.
_IN_PAIRS = re.compile(r"\A(?:\d\d){2,}|(?:\d\d){2,}\Z|(?:\d\d){3,}(?!\d)")
# 16 04, 16 05 and 16 20 are the bytes DLE EOT, DLE ENQ and DLE DC4 in set C: printers obey these the moment
# they arrive, whatever they stand in.
_DLE = "16"
_AFTER_DLE = frozenset(("04", "05", "20"))


class Run(NamedTuple):
    """Characters that follow each other in one code set."""

    code_set: Literal["B", "C"]
    text: str

    @property
    def symbols(self) -> int:
        """Of the characters alone, without the one that starts the set or changes to it."""
        return len(self.text) // 2 if self.code_set == "C" else len(self.text)


def runs_of(data: str) -> tuple[Run, ...]:
    """The text in its code sets, from left to right.

    Args:
        data: 1 to 80 characters of printable ASCII.
    """
    pieces, place = [], 0
    for found in _IN_PAIRS.finditer(data):
        pieces += [("B", character) for character in data[place : found.start()]]
        pieces += _pairs(found.group())
        place = found.end()
    pieces += [("B", character) for character in data[place:]]
    return tuple(
        Run("C" if code_set == "C" else "B", "".join(text for _, text in run))
        for code_set, run in groupby(pieces, key=lambda piece: piece[0])
    )


def _pairs(digits: str) -> list[tuple[str, str]]:
    pairs = [digits[place : place + 2] for place in range(0, len(digits), 2)]
    following = [*pairs[1:], ""]
    return [
        ("B" if pair == _DLE and after in _AFTER_DLE else "C", pair)
        for pair, after in zip(pairs, following, strict=True)
    ]


def code128_modules(data: str) -> int:
    """The width: 11 modules for the start of or change to each run, a symbol, the check; 13 for the stop."""
    runs = runs_of(data)
    return 11 * (sum(run.symbols for run in runs) + len(runs) + 1) + 13
