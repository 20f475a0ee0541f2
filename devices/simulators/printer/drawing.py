"""A paper as a picture, dot for dot: 576 dots wide for 48 columns, 384 for 32."""

import segno
from PIL import Image, ImageChops

from devices.simulators.printer.elements import (
    CELL,
    LINE,
    BarPicture,
    Blank,
    Element,
    Glyph,
    QrPicture,
    Raster,
    Span,
    TextLine,
)
from devices.simulators.printer.face import Face

_BLACK, _WHITE = 0, 255
_MARGIN = 24
_MAX_HEIGHT = 40_000


def draw_paper(elements: tuple[Element, ...], width: int, face: Face) -> Image.Image:
    """The whole paper, ``width`` dots wide, with a margin above and below."""
    pieces = [_draw(element, width, face) for element in elements]
    height = min(sum(piece.height for piece in pieces) + 2 * _MARGIN, _MAX_HEIGHT)
    paper = Image.new("L", (width, height), _WHITE)
    top = _MARGIN
    for piece in pieces:
        paper.paste(piece, (0, top))
        top += piece.height
    return paper


def _draw(element: Element, width: int, face: Face) -> Image.Image:
    match element:
        case TextLine():
            return _draw_line(element, width, face)
        case Blank(dots):
            return Image.new("L", (width, dots), _WHITE)
        case BarPicture():
            return _draw_bars(element, width, face)
        case QrPicture():
            return _placed(_draw_qr(element), element.span, width)
        case Raster():
            return _placed(_draw_raster(element), element.span, width)


def _draw_line(line: TextLine, width: int, face: Face) -> Image.Image:
    strip = Image.new("L", (width, line.pitch), _WHITE)
    if not line.glyphs:
        return strip
    last = line.glyphs[-1]
    left = line.span.start(last.x + last.width)
    bottom = max(glyph.high for glyph in line.glyphs) * LINE
    for glyph in line.glyphs:
        strip.paste(_dressed(glyph, face), (left + glyph.x, bottom - glyph.high * LINE))
    return strip


def _dressed(glyph: Glyph, face: Face) -> Image.Image:
    picture = face.picture(glyph)
    if not glyph.underlined and not glyph.inverted:
        return picture
    picture = picture.copy()
    if glyph.underlined:
        picture.paste(_BLACK, (0, picture.height - 2, picture.width, picture.height))
    return ImageChops.invert(picture) if glyph.inverted else picture


def _placed(picture: Image.Image, span: Span, width: int) -> Image.Image:
    strip = Image.new("L", (width, picture.height), _WHITE)
    strip.paste(picture, (span.start(picture.width), 0))
    return strip


def _draw_bars(element: BarPicture, width: int, face: Face) -> Image.Image:
    modules = element.bars.modules or "0"
    picture = Image.new("L", (len(modules), 1), _WHITE)
    picture.putdata([_BLACK if module == "1" else _WHITE for module in modules])
    size = (len(modules) * element.bar_width, element.height)
    bars = picture.resize(size, Image.Resampling.NEAREST)
    strips = [_placed(bars, element.span, width)]
    text = _draw_text(element.bars.text, element.span, width, face)
    if element.text_place & 1:
        strips.insert(0, text)
    if element.text_place & 2 or not element.bars.modules:
        strips.append(text)
    return _stacked(strips, width)


def _draw_text(text: str, span: Span, width: int, face: Face) -> Image.Image:
    shown = text[: span.width // CELL]
    glyphs = tuple(
        Glyph(character, place * CELL, CELL, 1, 1, bold=False, underlined=False, inverted=False)
        for place, character in enumerate(shown)
    )
    return _draw_line(TextLine(glyphs, span, LINE + 4), width, face)


def _stacked(strips: list[Image.Image], width: int) -> Image.Image:
    whole = Image.new("L", (width, sum(strip.height for strip in strips)), _WHITE)
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def _draw_qr(element: QrPicture) -> Image.Image:
    code = segno.make(element.data, error=element.level, micro=False, boost_error=False, mode="byte")
    rows = [[_BLACK if dark else _WHITE for dark in row] for row in code.matrix]
    side = len(rows)
    picture = Image.new("L", (side, side), _WHITE)
    picture.putdata([dot for row in rows for dot in row])
    return picture.resize((side * element.square, side * element.square), Image.Resampling.NEAREST)


def _draw_raster(element: Raster) -> Image.Image:
    rows = len(element.data) // element.row_bytes
    data = bytes(byte ^ 0xFF for byte in element.data[: rows * element.row_bytes])
    picture = Image.frombytes("1", (element.row_bytes * 8, max(1, rows)), data or b"\xff" * element.row_bytes)
    size = (picture.width * element.wide, picture.height * element.high)
    return picture.convert("L").resize(size, Image.Resampling.NEAREST)
