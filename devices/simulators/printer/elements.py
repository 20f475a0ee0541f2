"""What lies on a paper, from top to bottom, or on a page in places of its own. All measures are in dots."""

from dataclasses import dataclass

from devices.simulators.printer.codes import Bars
from devices.simulators.printer.qr import qr_side

CELL = 12
SMALL_CELL = 9
LINE = 24
TEXT_ROW = LINE + 4
"""Height of the text above or below bars."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where things stand: ``align`` 0 left, 1 centre, 2 right of the ``width`` that begins at ``left``."""

    align: int
    left: int
    width: int

    def start(self, width: int) -> int:
        """Where something of ``width`` begins."""
        free = self.width - width
        return self.left + max(0, (0, free // 2, free)[self.align])


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: where it stands on its line, its cell, and how it looks."""

    character: str
    x: int
    cell: int
    wide: int
    high: int
    bold: bool
    underlined: bool
    inverted: bool

    @property
    def width(self) -> int:
        """What it takes of the line."""
        return self.cell * self.wide


@dataclass(frozen=True, slots=True)
class TextLine:
    """Characters, the line's place and how far the paper moves."""

    glyphs: tuple[Glyph, ...]
    span: Span
    pitch: int


@dataclass(frozen=True, slots=True)
class Blank:
    """Paper moved without a line."""

    dots: int


@dataclass(frozen=True, slots=True)
class BarPicture:
    """A bar code with its text above (1), below (2) or both (3)."""

    bars: Bars
    bar_width: int
    height: int
    text_place: int
    span: Span


@dataclass(frozen=True, slots=True)
class QrPicture:
    """A QR code's bytes, its square's side and its error correction level."""

    data: bytes
    square: int
    level: str
    span: Span


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture of one bit a dot, rows of ``row_bytes``, each dot ``wide`` x ``high``."""

    row_bytes: int
    data: bytes
    wide: int
    high: int
    span: Span


@dataclass(frozen=True, slots=True)
class GridPicture:
    """A two-dimensional code as rows of modules (``1`` black), ``wide`` x ``high`` each, of ``data``."""

    name: str
    data: bytes
    rows: tuple[str, ...]
    wide: int
    high: int
    span: Span


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a page."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Something on a page: where it begins along the text (``x``) and its base line across it (``y``).

    Both are counted from the corner of the area where text of its direction begins: 0 to the right, 1 up the
    page, 2 to the left and upside down, 3 down the page.
    """

    element: "Element"
    area: Area
    direction: int
    x: int
    y: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom on the page, what its area cuts off included."""
        width, above, below = extent(self.element)
        area, head, foot = self.area, self.y - above, self.y + below
        end = self.x + width
        if self.direction == 1:
            bottom = area.top + area.height
            return area.left + head, bottom - end, area.left + foot, bottom - self.x
        if self.direction == 2:
            right, bottom = area.left + area.width, area.top + area.height
            return right - end, bottom - foot, right - self.x, bottom - head
        if self.direction == 3:
            right = area.left + area.width
            return right - foot, area.top + self.x, right - head, area.top + end
        return area.left + self.x, area.top + head, area.left + end, area.top + foot

    @property
    def bottom(self) -> int:
        """Its lowest row on the page."""
        return min(self.box[3], self.area.top + self.area.height)

    def touches(self, area: Area) -> bool:
        """Whether any of it lies in an area."""
        left, top, right, bottom = self.box
        across = left < area.left + area.width and right > area.left
        return across and top < area.top + area.height and bottom > area.top


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was printed."""

    height: int
    placed: tuple[Placed, ...]


Element = TextLine | Blank | BarPicture | QrPicture | GridPicture | Raster | Page


def extent(element: Element) -> tuple[int, int, int]:
    """How far something reaches: along the text, above its base line, below it."""
    match element:
        case TextLine(glyphs):
            high = max((glyph.high for glyph in glyphs), default=1) * LINE
            return (glyphs[-1].x + glyphs[-1].width if glyphs else 0), high, 0
        case BarPicture(bars, bar_width, height, place):
            above = height + (TEXT_ROW if place & 1 else 0)
            return len(bars.modules or "0") * bar_width, above, TEXT_ROW if place & 2 else 0
        case QrPicture(data, square, level):
            side = qr_side(len(data), level) * square
            return side, side, 0
        case GridPicture():
            return len(element.rows[0]) * element.wide, len(element.rows) * element.high, 0
        case Raster(row_bytes, data, wide, high):
            return row_bytes * 8 * wide, len(data) // row_bytes * high, 0
        case Blank(dots):
            return 0, dots, 0
        case Page(height):
            return 0, height, 0
