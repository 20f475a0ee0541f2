"""A laid-out paper as dots: single lines for printers that lack a character, whole papers to be looked at.

What a printer draws itself from data, bar codes and QR codes, is drawn here for the eye only.
"""

import io
from collections.abc import Iterator
from typing import Final

import segno
from PIL import Image, ImageChops

from devices.printing.bars import modules_of
from devices.printing.blocks import Align, Style
from devices.printing.face import CELL_ROWS, SMALL_ROWS, Face
from devices.printing.gb18030 import columns_of
from devices.printing.layout import Laid, LaidBarcode, LaidCut, LaidFeed, LaidLogo, LaidQr, LaidText
from devices.printing.logo import Logo
from devices.profiles.loader import HALF_DOTS, SMALL_DOTS, Profile

LINE_ROWS: Final = 30
"""From one line to the next: 1/6 inch at 180 dpi, what ESC @ leaves a printer with."""
_GAP: Final = LINE_ROWS - CELL_ROWS
_CUT_ROWS: Final = 2
_MARGIN: Final = 16


def line_picture(line: LaidText, profile: Profile, face: Face) -> Image.Image:
    """One line over the paper's whole width; 255 = black. Large and huge lines are higher."""
    text = _small_text(line.text, face) if line.style is Style.SMALL else _text(line.text, face)
    if (scale := line.style.scale) > 1:
        text = text.resize((text.width * scale, text.height * scale), Image.Resampling.NEAREST)
    elif line.style is Style.BOLD:
        text = ImageChops.lighter(text, ImageChops.offset(text, 1, 0))
    paper = Image.new("L", (profile.dots, text.height + _GAP))
    paper.paste(text, (_left(line.align, profile.dots, text.width), 0))
    return paper


def _text(text: str, face: Face) -> Image.Image:
    cells = [(character, columns_of(character)) for character in text]
    picture = Image.new("L", (max(1, sum(columns for _, columns in cells)) * HALF_DOTS, CELL_ROWS))
    left = 0
    for character, columns in cells:
        picture.paste(face.cell(character, columns), (left, 0))
        left += columns * HALF_DOTS
    return picture


def _small_text(text: str, face: Face) -> Image.Image:
    """Font B; the line is as high as others, as printers leave it."""
    picture = Image.new("L", (max(1, len(text)) * SMALL_DOTS, CELL_ROWS))
    for place, character in enumerate(text):
        picture.paste(face.small_cell(character), (place * SMALL_DOTS, CELL_ROWS - SMALL_ROWS))
    return picture


def paper_picture(
    laid: tuple[Laid, ...], profile: Profile, face: Face, logo: Logo | None = None
) -> Image.Image:
    """All papers of a document below each other, black on white, a dashed line at each cut."""
    pieces = [piece for each in laid for piece in _drawn(each, profile, face, logo)]
    height = sum(piece.height for piece in pieces) + 2 * _MARGIN
    paper = Image.new("L", (profile.dots + 2 * _MARGIN, height))
    top = _MARGIN
    for piece in pieces:
        paper.paste(piece, (_MARGIN, top))
        top += piece.height
    return ImageChops.invert(paper).convert("1")


def png(picture: Image.Image) -> bytes:
    """The picture as a PNG file."""
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _drawn(piece: Laid, profile: Profile, face: Face, logo: Logo | None) -> Iterator[Image.Image]:
    match piece:
        case LaidText():
            yield line_picture(piece, profile, face)
        case LaidFeed(lines):
            yield Image.new("L", (profile.dots, lines * LINE_ROWS))
        case LaidBarcode():
            yield _barcode(piece, profile)
            yield line_picture(
                LaidText(piece.barcode.data.encode("ascii"), align=Align.CENTRE), profile, face
            )
        case LaidQr():
            yield _qr(piece, profile)
        case LaidLogo():
            if logo is not None:
                yield _centred(logo.picture(), profile)
        case LaidCut():
            yield _cut(profile)


def _barcode(piece: LaidBarcode, profile: Profile) -> Image.Image:
    modules = modules_of(piece.barcode)
    row = Image.new("L", (len(modules), 1))
    row.putdata([255 * int(module) for module in modules])
    size = (len(modules) * piece.bar_dots, piece.barcode.height_dots)
    return _centred(row.resize(size, Image.Resampling.NEAREST), profile)


def _qr(piece: LaidQr, profile: Profile) -> Image.Image:
    code = segno.make(piece.data, error="m", mode="byte", micro=False, boost_error=False)
    matrix = [[255 if square else 0 for square in row] for row in code.matrix]
    small = Image.new("L", (len(matrix), len(matrix)))
    small.putdata([square for row in matrix for square in row])
    side = len(matrix) * piece.module_dots
    return _centred(small.resize((side, side), Image.Resampling.NEAREST), profile)


def _cut(profile: Profile) -> Image.Image:
    row = Image.new("L", (profile.dots, LINE_ROWS))
    for left in range(0, profile.dots, 16):
        row.paste(255, (left, LINE_ROWS // 2, left + 8, LINE_ROWS // 2 + _CUT_ROWS))
    return row


def _centred(picture: Image.Image, profile: Profile) -> Image.Image:
    paper = Image.new("L", (profile.dots, picture.height))
    paper.paste(picture, (_left(Align.CENTRE, profile.dots, picture.width), 0))
    return paper


def _left(align: Align, dots: int, width: int) -> int:
    return {Align.LEFT: 0, Align.CENTRE: (dots - width) // 2, Align.RIGHT: dots - width}[align]
