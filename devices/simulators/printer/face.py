"""Characters as pictures on the printer's fixed grid: 12 x 24 dots a half-width cell, 24 x 24 a full one."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from devices.simulators.printer.elements import LINE, SMALL_CELL, Glyph
from devices.simulators.printer.fonts import find_bold

_SIZE = 22
_SMALL_SIZE = 16
_BASELINE = 19
_MAX_FACES = 12
_CACHE_LIMIT = 8000
_BLACK, _WHITE = 0, 255

Key = tuple[str, int, int, int, bool]


class Face:
    """Draws and remembers glyphs. Without a font file each character is a hollow box."""

    def __init__(self, font: Path | None) -> None:
        self._regular = font
        self._bold = find_bold(font) if font else None
        self._sizes: dict[tuple[int, bool], ImageFont.FreeTypeFont] = {}
        self._glyphs: dict[Key, Image.Image] = {}

    def picture(self, glyph: Glyph) -> Image.Image:
        """The glyph in its cell, black on white, ``glyph.width`` x 24 times its height."""
        key = (glyph.character, glyph.cell, glyph.wide, glyph.high, glyph.bold)
        if key not in self._glyphs:
            if len(self._glyphs) >= _CACHE_LIMIT:
                self._glyphs.clear()
            self._glyphs[key] = self._draw(glyph)
        return self._glyphs[key]

    def _draw(self, glyph: Glyph) -> Image.Image:
        scale = max(glyph.wide, glyph.high)
        cell = Image.new("L", (glyph.cell * scale, LINE * scale), _WHITE)
        pen = ImageDraw.Draw(cell)
        if self._regular is None:
            if not glyph.character.isspace():
                pen.rectangle((2, 4, cell.width - 3, cell.height - 5), outline=_BLACK, width=scale)
        else:
            self._write(pen, glyph, scale)
        return cell.resize((glyph.width, LINE * glyph.high))

    def _write(self, pen: ImageDraw.ImageDraw, glyph: Glyph, scale: int) -> None:
        size = _SMALL_SIZE if glyph.cell == SMALL_CELL else _SIZE
        font = self._font(size * scale, bold=glyph.bold)
        middle = glyph.cell * scale / 2
        thick = 1 if glyph.bold and self._bold is None else 0
        pen.text((middle, _BASELINE * scale), glyph.character, _BLACK, font, anchor="ms", stroke_width=thick)

    def _font(self, size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
        path = self._bold if bold and self._bold else self._regular
        assert path is not None
        if (size, bold) not in self._sizes:
            self._sizes[size, bold] = _open(path, size)
        return self._sizes[size, bold]


def _open(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """The monospaced simplified Chinese face of a collection where it has one, else its first."""
    faces: list[tuple[str, int]] = []
    for index in range(_MAX_FACES if path.suffix == ".ttc" else 1):
        try:
            faces.append((ImageFont.truetype(path, size, index).getname()[0] or "", index))
        except OSError:
            break
    ranked = sorted(faces, key=lambda face: ("Mono" not in face[0], "SC" not in face[0], face[1]))
    return ImageFont.truetype(path, size, ranked[0][1] if ranked else 0)
