"""The shop's picture at the head of its receipts: read once from a PNG, kept as dots."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from devices.errors import LogoError

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES: Final = 512 * 1024
MOST_WIDTH: Final = 384
MOST_HEIGHT: Final = 240
_MOST_PIXELS: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Logo:
    """Rows of dots, eight a byte, the highest bit left, 1 = black (GS v 0); the width is a multiple of 8."""

    width: int
    height: int
    dots: bytes

    def picture(self) -> "Image.Image":
        """The dots as a picture; 255 = black."""
        from PIL import Image  # noqa: PLC0415 - a store without pictures never loads it

        return Image.frombytes("1", (self.width, self.height), self.dots).convert("L")


def load_logo(path: Path) -> Logo:
    """A PNG as dots: what is clear is white, greys are dithered, what is too large is made smaller.

    Args:
        path: a PNG file of at most 512 KiB.

    Raises:
        LogoError: it cannot be read, is no PNG, or is too large; the text says what to do.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - as above

    try:
        if path.stat().st_size > MOST_BYTES:
            raise LogoError(f"{path} has more than {MOST_BYTES // 1024} KiB: save a smaller picture")
        with Image.open(path, formats=("PNG",)) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise LogoError(f"{path} has more than {_MOST_PIXELS:,} dots: save a smaller picture")
            return _dots(picture.convert("RGBA"))
    except UnidentifiedImageError as error:
        raise LogoError(f"{path} is no PNG picture: save it as PNG") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise LogoError(f"{path} cannot be read as a picture: {error}") from error


def _dots(picture: "Image.Image") -> Logo:
    from PIL import Image, ImageChops  # noqa: PLC0415 - as above

    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture).convert("L")
    flat.thumbnail((MOST_WIDTH, MOST_HEIGHT))
    width = -(-flat.width // 8) * 8
    wide = Image.new("L", (width, flat.height), 255)
    wide.paste(flat, ((width - flat.width) // 2, 0))
    black = ImageChops.invert(wide.convert("1"))
    return Logo(width, flat.height, black.tobytes())
