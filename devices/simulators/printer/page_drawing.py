"""A page of page mode as a picture: each thing turned as its text runs, in its place, cut off by its area."""

from PIL import Image, ImageChops

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
    Placed,
    QrPicture,
    Raster,
    TextLine,
    extent,
)
from devices.simulators.printer.face import Face

# Text runs to the right, up, to the left, down: what turns it so.
_TURNS = {
    1: Image.Transpose.ROTATE_90,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_270,
}


def draw_page(page: Page, width: int, face: Face) -> Image.Image:
    """The page; where things lie over each other, black stays black."""
    canvas = Image.new("L", (width, page.height), WHITE)
    for placed in page.placed:
        _put(canvas, placed, face)
    return canvas


def _put(canvas: Image.Image, placed: Placed, face: Face) -> None:
    left, top, right, bottom = placed.box
    area = placed.area
    shown = (
        max(left, area.left),
        max(top, area.top),
        min(right, area.left + area.width, canvas.width),
        min(bottom, area.top + area.height, canvas.height),
    )
    if shown[0] >= shown[2] or shown[1] >= shown[3]:
        return
    picture = _picture(placed.element, face)
    if placed.direction in _TURNS:
        picture = picture.transpose(_TURNS[placed.direction])
    part = picture.crop((shown[0] - left, shown[1] - top, shown[2] - left, shown[3] - top))
    canvas.paste(ImageChops.darker(canvas.crop(shown), part), shown[:2])


def _picture(element: Element, face: Face) -> Image.Image:
    """An element in its whole extent, not turned."""
    match element:
        case TextLine():
            return text_picture(element, face)
        case BarPicture():
            return _bars(element, face)
        case QrPicture() | GridPicture():
            return code_picture(element)
        case Raster():
            return raster_picture(element)
        case Blank() | Page():
            return Image.new("L", (0, 0), WHITE)


def _bars(element: BarPicture, face: Face) -> Image.Image:
    """Bars with their text above or below, in the middle."""
    bars = bars_picture(element)
    width, above, below = extent(element)
    whole = Image.new("L", (width, above + below), WHITE)
    whole.paste(bars, (0, above - bars.height))
    text = row_of_text(element.bars.text, width, face)
    middle = (width - text.width) // 2
    if element.text_place & 1:
        whole.paste(text, (middle, 0))
    if below:
        whole.paste(text, (middle, above))
    return whole
