"""What lies on a paper, from top to bottom, and how it reads as text. All measures are in dots."""

from dataclasses import dataclass

from devices.simulators.printer.codes import Bars

CELL = 12
SMALL_CELL = 9
LINE = 24


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


Element = TextLine | Blank | BarPicture | QrPicture | Raster


def as_text(elements: tuple[Element, ...]) -> str:
    """The paper's text: lines with their blanks, codes in brackets."""
    return "".join(line + "\n" for element in elements for line in _text_of(element))


def _text_of(element: Element) -> tuple[str, ...]:
    match element:
        case TextLine():
            return (_line_text(element),)
        case BarPicture(bars):
            return (f"[{bars.name} {bars.text}]",)
        case QrPicture(data):
            return (f"[QR {data.decode('utf-8', 'replace')}]",)
        case Raster(row_bytes, data):
            return (f"[IMAGE {row_bytes * 8}x{len(data) // max(1, row_bytes)}]",)
        case Blank():
            return ()


def _line_text(line: TextLine) -> str:
    """Characters with blanks for the gaps before them, one blank a half-width cell."""
    if not line.glyphs:
        return ""
    last = line.glyphs[-1]
    text = " " * (line.span.start(last.x + last.width) // CELL)
    x = 0
    for glyph in line.glyphs:
        text += " " * ((glyph.x - x) // CELL) + glyph.character
        x = glyph.x + glyph.width
    return text
