"""Dots as the bytes of a printer's picture command, in bands that fit a small buffer."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from devices.profiles.loader import Raster

if TYPE_CHECKING:
    from PIL import Image

BAND_ROWS: Final = 240
# DLE before EOT, ENQ or DC4: the beginning of commands that a printer obeys the moment they arrive, even in
# the middle of a picture. It would answer what nobody asked, or open the drawer.
_OBEYED_AT_ONCE: Final = re.compile(rb"\x10(?=[\x04\x05\x14])")


def picture_bytes(picture: "Image.Image", command: Raster) -> Iterator[bytes]:
    """The commands that print a picture; its width is a multiple of 8.

    Args:
        picture: mode ``L``, 255 = black.
        command: the profile's; never ``none``.
    """
    dots = picture.convert("1")
    for top in range(0, dots.height, BAND_ROWS):
        band = dots.crop((0, top, dots.width, min(top + BAND_ROWS, dots.height)))
        yield band_bytes(band.width, band.height, band.tobytes(), command)


def band_bytes(width: int, height: int, dots: bytes, command: Raster) -> bytes:
    """One picture of at most 65,535 bytes: GS v 0 (m = 0), or GS ( L functions 112 (store) and 50 (print).

    Dots that are the bytes of a real-time command get one more beside them.
    """
    assert command != "none"
    assert width % 8 == 0
    assert len(dots) == width // 8 * height
    dots = _OBEYED_AT_ONCE.sub(b"\x18", dots)
    if command == "gs_v_0":
        return b"\x1dv0\x00" + (width // 8).to_bytes(2, "little") + height.to_bytes(2, "little") + dots
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    stored = b"\x30\x70\x30\x01\x01\x31" + size + dots
    return b"\x1d(L" + len(stored).to_bytes(2, "little") + stored + b"\x1d(L\x02\x00\x30\x32"
