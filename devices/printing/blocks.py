"""What can stand on a paper, as small frozen values that refuse what no printer could print."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from devices.errors import DocumentError

MAX_TEXT = 4000
MAX_QR_BYTES = 600
_EAN_DIGITS = {"ean13": 13, "ean8": 8}
_CODE128 = re.compile(r"[\x20-\x7e]{1,80}")


class Style(StrEnum):
    """How a line looks: ``large`` is twice as wide and high, ``huge`` three times, ``small`` is font B.

    A text that would not fit on one line three times as wide is only large. What holds a character of two
    bytes is never small: printers have their Chinese font in one size, and would mix both on a line.
    """

    NORMAL = "normal"
    BOLD = "bold"
    LARGE = "large"
    HUGE = "huge"
    SMALL = "small"

    @property
    def scale(self) -> int:
        """How many times as wide and high as the printer's font."""
        return _SCALES.get(self, 1)


_SCALES: Final = {Style.LARGE: 2, Style.HUGE: 3}


class Align(StrEnum):
    """Where a line, a cell's text or a picture stands."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Symbology(StrEnum):
    """The bar codes every ESC/POS printer draws itself."""

    EAN13 = "ean13"
    EAN8 = "ean8"
    CODE128 = "code128"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; it wraps at the paper's edge and at its own line feeds."""

    text: str
    style: Style = Style.NORMAL
    align: Align = Align.LEFT

    def __post_init__(self) -> None:
        _check_text(self.text)


@dataclass(frozen=True, slots=True)
class Row:
    """Two texts on one line, the second at the right edge: a label and its amount."""

    left: str
    right: str
    style: Style = Style.NORMAL

    def __post_init__(self) -> None:
        _check_text(self.left)
        _check_text(self.right)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of ``Columns``. ``width`` is in half-width characters; None takes what the others leave."""

    text: str
    width: int | None = None
    align: Align = Align.LEFT

    def __post_init__(self) -> None:
        _check_text(self.text)
        if self.width is not None and not 2 <= self.width <= 96:
            raise DocumentError("a cell is 2 to 96 characters wide")


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells side by side, one blank between them; exactly one has no width.

    Where the paper is too narrow for all, the cell without a width stands above the others.
    """

    cells: tuple[Cell, ...]
    style: Style = Style.NORMAL

    def __post_init__(self) -> None:
        if not 1 <= len(self.cells) <= 8 or sum(cell.width is None for cell in self.cells) != 1:
            raise DocumentError("columns have 1 to 8 cells, exactly one of them without a width")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper, drawn with ``-`` or ``=``."""

    double: bool = False


@dataclass(frozen=True, slots=True)
class Barcode:
    """A bar code with its text below, centred; the height is in dots (8 dots are 1 mm)."""

    data: str
    symbology: Symbology = Symbology.CODE128
    height_dots: int = 80

    def __post_init__(self) -> None:
        if not 24 <= self.height_dots <= 255:
            raise DocumentError("a bar code is 24 to 255 dots high")
        if self.symbology is not Symbology.CODE128:
            _check_ean(self.data, _EAN_DIGITS[self.symbology])
        elif not _CODE128.fullmatch(self.data):
            raise DocumentError("CODE128 takes 1 to 80 printable ASCII characters")


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code, centred, as large as fits up to ``module_dots`` dots for one of its squares."""

    data: str
    module_dots: int = 6

    def __post_init__(self) -> None:
        _check_text(self.data)
        if not 1 <= len(self.data.encode()) <= MAX_QR_BYTES:
            raise DocumentError(f"a QR code holds 1 to {MAX_QR_BYTES} bytes")
        if not 3 <= self.module_dots <= 16:
            raise DocumentError("a QR code's square is 3 to 16 dots")


@dataclass(frozen=True, slots=True)
class Logo:
    """The shop's own picture, centred, as the machine that prints has it; nothing where it has none."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines."""

    lines: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.lines <= 50:
            raise DocumentError("a feed is 1 to 50 lines")


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of a paper. A document that does not end with one is cut all the same."""


Block = Text | Row | Columns | Rule | Barcode | Qr | Logo | Feed | Cut


def _check_text(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise DocumentError(f"a text has at most {MAX_TEXT} characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DocumentError("a text holds half a character (a lone surrogate)") from error


def check_digit(others: str) -> int:
    """The last digit of an EAN-8 or EAN-13 from those before it (GS1 General Specifications, section 7.9)."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(others)))
    return -total % 10


def _check_ean(data: str, digits: int) -> None:
    if not re.fullmatch(f"[0-9]{{{digits}}}", data):
        raise DocumentError(f"an EAN-{digits} has {digits} digits")
    if check_digit(data[:-1]) != int(data[-1]):
        raise DocumentError(f"{data} is no EAN-{digits}: its check digit should be {check_digit(data[:-1])}")
