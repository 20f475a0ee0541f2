"""Each element as a picture of its own size, black on white: what stands above its base line and below it."""

from PIL import Image, ImageChops

from devices.simulators.printer.elements import (
    CELL,
    LINE,
    TEXT_ROW,
    BarPicture,
    Glyph,
    GridPicture,
    QrPicture,
    Raster,
    TextLine,
    extent,
)
from devices.simulators.printer.face import Face
from devices.simulators.printer.qr import qr_rows

BLACK, WHITE = 0, 255


def text_picture(line: TextLine, face: Face) -> Image.Image:
    """A line's characters, their feet at the bottom."""
    width, height, _ = extent(line)
    strip = Image.new("L", (width, height), WHITE)
    for glyph in line.glyphs:
        strip.paste(_dressed(glyph, face), (glyph.x, height - glyph.high * LINE))
    return strip


def _dressed(glyph: Glyph, face: Face) -> Image.Image:
    picture = face.picture(glyph)
    if not glyph.underlined and not glyph.inverted:
        return picture
    picture = picture.copy()
    if glyph.underlined:
        picture.paste(BLACK, (0, picture.height - 2, picture.width, picture.height))
    return ImageChops.invert(picture) if glyph.inverted else picture


def bars_picture(element: BarPicture) -> Image.Image:
    """The bars alone."""
    modules = element.bars.modules or "0"
    return grid_picture((modules,), element.bar_width, element.height)


def row_of_text(text: str, most: int, face: Face) -> Image.Image:
    """Small text above or below bars, at most so many dots wide, with a little air below."""
    glyphs = tuple(
        Glyph(character, place * CELL, CELL, 1, 1, bold=False, underlined=False, inverted=False)
        for place, character in enumerate(text[: most // CELL])
    )
    row = Image.new("L", (len(glyphs) * CELL, TEXT_ROW), WHITE)
    for glyph in glyphs:
        row.paste(face.picture(glyph), (glyph.x, 0))
    return row


def grid_picture(rows: tuple[str, ...], wide: int, high: int) -> Image.Image:
    """Rows of modules, ``1`` black, each module ``wide`` x ``high``; an empty picture of none."""
    if not rows:
        return Image.new("L", (0, 0), WHITE)
    picture = Image.new("L", (len(rows[0]), len(rows)), WHITE)
    picture.putdata([BLACK if module == "1" else WHITE for row in rows for module in row])
    return picture.resize((picture.width * wide, picture.height * high), Image.Resampling.NEAREST)


def code_picture(element: QrPicture | GridPicture) -> Image.Image:
    """A two-dimensional code."""
    if isinstance(element, QrPicture):
        return grid_picture(qr_rows(element.data, element.level), element.square, element.square)
    return grid_picture(element.rows, element.wide, element.high)


def raster_picture(element: Raster) -> Image.Image:
    """A picture of dots."""
    rows = len(element.data) // element.row_bytes
    data = bytes(byte ^ 0xFF for byte in element.data[: rows * element.row_bytes])
    picture = Image.frombytes("1", (element.row_bytes * 8, max(1, rows)), data or b"\xff" * element.row_bytes)
    size = (picture.width * element.wide, picture.height * element.high)
    return picture.convert("L").resize(size, Image.Resampling.NEAREST)
