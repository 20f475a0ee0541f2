"""How a paper reads as text: lines with their blanks, codes and pictures in brackets, pages in order."""

from collections.abc import Iterator
from operator import itemgetter

from devices.simulators.printer.elements import (
    CELL,
    Area,
    BarPicture,
    Blank,
    Element,
    GridPicture,
    Page,
    Placed,
    QrPicture,
    Raster,
    TextLine,
)


def as_text(elements: tuple[Element, ...]) -> str:
    """The paper's text."""
    return "".join(line + "\n" for element in elements for line in _text_of(element))


def _text_of(element: Element) -> tuple[str, ...]:
    match element:
        case TextLine():
            return (_line_text(element),)
        case BarPicture(bars):
            return (f"[{bars.name} {bars.text}]",)
        case QrPicture(data):
            return (f"[QR {data.decode('utf-8', 'replace')}]",)
        case GridPicture(name, data):
            return (f"[{name} {data.decode('utf-8', 'replace')}]",)
        case Raster(row_bytes, data):
            return (f"[IMAGE {row_bytes * 8}x{len(data) // max(1, row_bytes)}]",)
        case Blank():
            return ()
        case Page(_height, placed):
            return tuple(_in_order(placed))


def _in_order(placed: tuple[Placed, ...]) -> Iterator[str]:
    """What stands on a page as it is read: area by area, down their lines; one base line is one line."""
    lines: dict[tuple[Area, int, int], list[Placed]] = {}
    for one in placed:
        lines.setdefault((one.area, one.direction, one.y), []).append(one)
    for key in sorted(lines, key=lambda key: (key[0].top, key[0].left, key[1:])):
        yield from _joined(lines[key])


def _joined(placed: list[Placed]) -> Iterator[str]:
    """One base line: its characters as they stand, then what is no text.

    A page may be printed a thousand times before a cut: no character is made anew for being moved.
    """
    texts = [(one.x, one.element) for one in placed if isinstance(one.element, TextLine)]
    cells = [(x + glyph.x, glyph.width, glyph.character) for x, line in texts for glyph in line.glyphs]
    if cells:
        yield _spaced(sorted(cells, key=itemgetter(0)))
    for one in placed:
        if not isinstance(one.element, TextLine):
            yield from _text_of(one.element)


def _line_text(line: TextLine) -> str:
    if not line.glyphs:
        return ""
    last = line.glyphs[-1]
    indent = " " * (line.span.start(last.x + last.width) // CELL)
    return indent + _spaced([(glyph.x, glyph.width, glyph.character) for glyph in line.glyphs])


def _spaced(cells: list[tuple[int, int, str]]) -> str:
    """Characters, each given by place, width and itself, with one blank a half-width cell of the gaps."""
    parts, x = [], 0
    for place, width, character in cells:
        parts.append(" " * ((place - x) // CELL) + character)
        x = place + width
    return "".join(parts)
