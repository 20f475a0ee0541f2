"""How a paper reads as text: lines with their blanks, codes and pictures in brackets, pages in order."""

from dataclasses import replace

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
    Span,
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
            return tuple(line for one in _in_order(placed) for line in _text_of(one))


def _in_order(placed: tuple[Placed, ...]) -> list[Element]:
    """What stands on a page as it is read: area by area, down their lines; one base line is one line."""
    lines: dict[tuple[Area, int, int], list[Placed]] = {}
    for one in placed:
        lines.setdefault((one.area, one.direction, one.y), []).append(one)
    order = sorted(lines, key=lambda key: (key[0].top, key[0].left, key[1:]))
    return [element for key in order for element in _joined(lines[key])]


def _joined(placed: list[Placed]) -> list[Element]:
    texts = [(one.x, one.element) for one in placed if isinstance(one.element, TextLine)]
    others = [one.element for one in placed if not isinstance(one.element, TextLine)]
    glyphs = (replace(glyph, x=x + glyph.x) for x, line in texts for glyph in line.glyphs)
    moved = tuple(sorted(glyphs, key=lambda glyph: glyph.x))
    width = max((glyph.x + glyph.width for glyph in moved), default=0)
    return [*([TextLine(moved, Span(0, 0, width), 0)] if moved else []), *others]


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
