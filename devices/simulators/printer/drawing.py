"""A paper as a picture, dot for dot: 576 dots wide for 48 columns, 384 for 32."""

from collections.abc import Iterator

from PIL import Image

from devices.simulators.printer.element_pictures import (
    WHITE,
    bars_picture,
    code_picture,
    raster_picture,
    row_of_text,
    text_picture,
)
from devices.simulators.printer.elements import (
    BarPicture,
    Blank,
    Element,
    GridPicture,
    Page,
    QrPicture,
    Raster,
    Span,
    TextLine,
)
from devices.simulators.printer.face import Face
from devices.simulators.printer.page_drawing import draw_page

_MARGIN = 24
_MAX_HEIGHT = 40_000


def draw_paper(elements: tuple[Element, ...], width: int, face: Face) -> Image.Image:
    """The whole paper, ``width`` dots wide, with a margin above and below; of one too long, its beginning."""
    pieces = list(_pieces(elements, width, face))
    height = min(sum(piece.height for piece in pieces) + 2 * _MARGIN, _MAX_HEIGHT)
    paper = Image.new("L", (width, height), WHITE)
    top = _MARGIN
    for piece in pieces:
        paper.paste(piece, (0, top))
        top += piece.height
    return paper


def _pieces(elements: tuple[Element, ...], width: int, face: Face) -> Iterator[Image.Image]:
    """The paper piece by piece, as far as it is drawn."""
    height = 0
    for element in elements:
        if height > _MAX_HEIGHT:
            return
        piece = _draw(element, width, face)
        height += piece.height
        yield piece


def _draw(element: Element, width: int, face: Face) -> Image.Image:
    match element:
        case TextLine():
            return _draw_line(element, width, face)
        case Blank(dots):
            return Image.new("L", (width, dots), WHITE)
        case BarPicture():
            return _draw_bars(element, width, face)
        case QrPicture() | GridPicture():
            return _placed(code_picture(element), element.span, width)
        case Raster():
            return _placed(raster_picture(element), element.span, width)
        case Page():
            return draw_page(element, width, face)


def _draw_line(line: TextLine, width: int, face: Face) -> Image.Image:
    strip = Image.new("L", (width, line.pitch), WHITE)
    if line.glyphs:
        last = line.glyphs[-1]
        strip.paste(text_picture(line, face), (line.span.start(last.x + last.width), 0))
    return strip


def _placed(picture: Image.Image, span: Span, width: int) -> Image.Image:
    strip = Image.new("L", (width, picture.height), WHITE)
    strip.paste(picture, (span.start(picture.width), 0))
    return strip


def _draw_bars(element: BarPicture, width: int, face: Face) -> Image.Image:
    strips = [_placed(bars_picture(element), element.span, width)]
    text = _placed(row_of_text(element.bars.text, element.span.width, face), element.span, width)
    if element.text_place & 1:
        strips.insert(0, text)
    if element.text_place & 2 or not element.bars.modules:
        strips.append(text)
    return _stacked(strips, width)


def _stacked(strips: list[Image.Image], width: int) -> Image.Image:
    whole = Image.new("L", (width, sum(strip.height for strip in strips)), WHITE)
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole
