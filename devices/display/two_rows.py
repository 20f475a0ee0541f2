"""Views for displays of two rows of characters, by the commands of Epson's DM-D series (ESC/POS displays).

Sources: Epson, DM-D command reference: ``ESC @`` initialise, ``US MD1`` overwrite mode, ``US C`` cursor,
``US $`` move the cursor, ``FS &`` Chinese characters on the models that have them.
"""

from collections.abc import Sequence
from typing import Final

from devices.display.view import PoleView
from devices.printing.gb18030 import MISSING, Missing, cells

COLUMNS: Final = 20
_OPENING: Final = b"\x1b@\x1f\x01\x1fC\x00"
_CHINESE: Final = b"\x1c&"
_ROW: Final = b"\x1f$\x01"


def opening(*, chinese: bool) -> bytes:
    """What a display is sent once it is open."""
    return _OPENING + (_CHINESE if chinese else b"")


def rows_of(view: PoleView, *, chinese: bool) -> tuple[bytes, bytes]:
    """Both rows, each of exactly 20 bytes: a Chinese character takes two of them and is never split.

    Args:
        view: what is shown.
        chinese: whether the display has Chinese characters; else the texts that need none are taken.
    """
    number = view.number.encode()
    words = _fitted(_readable(view.lowers, chinese=chinese), COLUMNS - len(number) - (1 if number else 0))
    return (
        _fitted(_readable(view.uppers, chinese=chinese), COLUMNS).ljust(COLUMNS),
        words.ljust(COLUMNS - len(number)) + number,
    )


def encode(view: PoleView, *, chinese: bool) -> bytes:
    """A view as the display's bytes; both rows are written over, so that nothing flickers or stays."""
    upper, lower = rows_of(view, chinese=chinese)
    return _ROW + b"\x01" + upper + _ROW + b"\x02" + lower


def _readable(texts: Sequence[str], *, chinese: bool) -> list[bytes]:
    """The first text that the display can show whole; none where it can show no one."""
    for text in texts:
        line = cells(text)
        if not any(isinstance(cell, Missing) or cell == MISSING for cell in line) and (
            chinese or all(cell.isascii() for cell in line)
        ):
            return line
    return []


def _fitted(line: Sequence[bytes], columns: int) -> bytes:
    """As much of a line as fits, in whole characters."""
    taken = b""
    for cell in line:
        if len(taken) + len(cell) > columns:
            break
        taken += cell
    return taken
