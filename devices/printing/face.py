"""Characters as dots on a fixed grid: 12 x 24 for a half-width one, 24 x 24 for a full-width one.

Each character is drawn once and kept. One that the font lacks is drawn as 〓, never as the font's box.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from devices.errors import FontMissing
from devices.printing.font_file import MONOSPACED, chinese_font
from devices.profiles.loader import HALF_DOTS

CELL_ROWS: Final = 24
_SIZE: Final = 24
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
            self._font = _open(path)
        except OSError as error:
            raise FontMissing(f"{path} cannot be read as a font: {error}") from error
        ascent, descent = self._font.getmetrics()
        self._top = (CELL_ROWS - (ascent + descent)) // 2
        self._unknown = self._drawn("\uffff", 2).tobytes()
        self._cell = lru_cache(maxsize=8192)(self._make)

    def cell(self, character: str, columns: int) -> Image.Image:
        """The character in a cell of 12 dots a column and 24 rows; 255 = black. Shared: never draw on it.

        Args:
            character: one character.
            columns: 1 or 2.
        """
        return self._cell(character, columns)

    def has(self, character: str) -> bool:
        """Whether the font holds the character."""
        return character.isspace() or self._drawn(character, 2).tobytes() != self._unknown

    def _make(self, character: str, columns: int) -> Image.Image:
        return self._drawn(character if self.has(character) else _MISSING, columns)

    def _drawn(self, character: str, columns: int) -> Image.Image:
        width = columns * HALF_DOTS
        grey = Image.new("L", (width, CELL_ROWS))
        left = (width - self._font.getlength(character)) / 2
        ImageDraw.Draw(grey).text((left, self._top), character, font=self._font, fill=255)
        return grey.point([0] * _INK + [255] * (256 - _INK))


def _open(path: Path) -> ImageFont.FreeTypeFont:
    """The monospaced face of a collection, else its first."""
    first = ImageFont.truetype(str(path), _SIZE)
    if path.suffix.lower() != ".ttc":
        return first
    for index in range(1, _FACES):
        try:
            face = ImageFont.truetype(str(path), _SIZE, index)
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
