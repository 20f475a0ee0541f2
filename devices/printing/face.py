"""Characters as dots on a fixed grid: 12 x 24 for half-width, 24 x 24 for full-width, 9 x 17 for small ones.

Half-width ones are drawn a little smaller and higher, as in printers' own fonts: a tail that hangs below the
line would be cut off at the cell's last row.

Each character is drawn once and kept. One that the font lacks is drawn as 〓, never as the font's box.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from devices.errors import FontMissing
from devices.printing.font_file import MONOSPACED, chinese_font
from devices.profiles.loader import HALF_DOTS, SMALL_DOTS

CELL_ROWS: Final = 24
_SIZE: Final = 24
_NARROW_SIZE: Final = 22
_NARROW_BASELINE: Final = 18
"""The row that half-width characters stand on: the longest tail ends in the last one."""
SMALL_ROWS: Final = 17
_SMALL_SIZE: Final = 16
_SMALL_BASELINE: Final = 13
_WIDE_LATIN: Final = ("\uff01", "\uffe6")
_INK: Final = 112  # of 255: thin strokes of a small size stay whole
_MISSING: Final = "\u3013"
_FACES: Final = 16


class Face:
    """One font at the printers' size.

    Args:
        path: a TrueType or OpenType file or collection.

    Raises:
        FontMissing: the file is no font.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._font = _open(path, _SIZE)
            self._narrow = _open(path, _NARROW_SIZE)
            self._small_font = _open(path, _SMALL_SIZE)
        except OSError as error:
            raise FontMissing(f"{path} cannot be read as a font: {error}") from error
        ascent, descent = self._font.getmetrics()
        self._top = (CELL_ROWS - (ascent + descent)) // 2
        self._narrow_top = _NARROW_BASELINE - self._narrow.getmetrics()[0]
        self._unknown = self._drawn("\uffff", 2).tobytes()
        self._cell = lru_cache(maxsize=8192)(self._make)
        self._small = lru_cache(maxsize=512)(self._small_drawn)

    def cell(self, character: str, columns: int) -> Image.Image:
        """The character in a cell of 12 dots a column and 24 rows; 255 = black. Shared: never draw on it.

        Args:
            character: one character.
            columns: 1 or 2.
        """
        return self._cell(character, columns)

    def small_cell(self, character: str) -> Image.Image:
        """A character of one byte in font B's cell of 9 dots and 17 rows. Shared: never draw on it."""
        return self._small(character)

    def has(self, character: str) -> bool:
        """Whether the font holds the character."""
        return character.isspace() or self._drawn(character, 2).tobytes() != self._unknown

    def _make(self, character: str, columns: int) -> Image.Image:
        return self._drawn(character if self.has(character) else _MISSING, columns)

    def _drawn(self, character: str, columns: int) -> Image.Image:
        width = columns * HALF_DOTS
        grey = Image.new("L", (width, CELL_ROWS))
        font, top = (self._font, self._top) if columns == 2 else (self._narrow, self._narrow_top)
        if columns == 2 and _WIDE_LATIN[0] <= character <= _WIDE_LATIN[1]:
            top = _NARROW_BASELINE - font.getmetrics()[0]  # ￥ stands on the line of its digits
        left = (width - font.getlength(character)) / 2
        _, over, _, under = map(round, font.getbbox(character))
        # what stands out above or below, an accent say, is moved into the cell
        top = max(min(top, CELL_ROWS - under), min(-over, 0)) if under - over <= CELL_ROWS else top
        ImageDraw.Draw(grey).text((left, top), character, font=font, fill=255)
        return grey.point([0] * _INK + [255] * (256 - _INK))

    def _small_drawn(self, character: str) -> Image.Image:
        grey = Image.new("L", (SMALL_DOTS, SMALL_ROWS))
        place = (SMALL_DOTS / 2, _SMALL_BASELINE)
        ImageDraw.Draw(grey).text(place, character, font=self._small_font, fill=255, anchor="ms")
        return grey.point([0] * _INK + [255] * (256 - _INK))


def _open(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """The monospaced face of a collection, else its first."""
    first = ImageFont.truetype(str(path), size)
    if path.suffix.lower() != ".ttc":
        return first
    for index in range(1, _FACES):
        try:
            face = ImageFont.truetype(str(path), size, index)
        except OSError:
            break
        if face.getname()[0] == MONOSPACED:
            return face
    return first


@lru_cache(maxsize=1)
def machine_face() -> Face:
    """The face of this machine's Chinese font.

    Raises:
        FontMissing: there is none; the text says which package brings one.
    """
    path = chinese_font()
    if path is None:
        raise FontMissing(
            "this machine has no Chinese font, so no line can be drawn: install one, on Debian fonts-noto-cjk"
        )
    return Face(path)
