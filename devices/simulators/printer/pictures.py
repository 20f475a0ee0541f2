"""Pictures as commands bring them: rows, or columns that are turned into rows."""

from dataclasses import dataclass

from devices.simulators.printer.elements import Raster, Span
from devices.simulators.printer.memory import Picture

# ESC * m: dots of a column, and how far the head spreads a dot sideways and down.
DENSITIES = {0: (8, 2, 3), 1: (8, 1, 3), 32: (24, 2, 1), 33: (24, 1, 1)}
SIZES = {0: (1, 1), 1: (2, 1), 2: (1, 2), 3: (2, 2)}
"""FS p, GS / and GS v 0 m: how far each dot is spread sideways and down."""


@dataclass(slots=True)
class Strip:
    """Columns of one density that wait for the line's end."""

    mode: int
    columns: bytes

    def raster(self, span: Span) -> Raster:
        """The strip as rows."""
        height, wide, high = DENSITIES[self.mode]
        picture = from_columns(self.columns, height // 8)
        return Raster(picture.row_bytes, picture.data, wide, high, span)


def read_strip(args: bytes) -> Strip | None:
    """ESC * m nL nH d…; None for a density that no printer has, or no columns."""
    return Strip(args[0], args[3:]) if args[0] in DENSITIES and len(args) > 3 else None


def from_columns(data: bytes, column_bytes: int) -> Picture:
    """Columns, left to right, each of so many bytes from top to bottom, as rows."""
    count = len(data) // column_bytes
    row_bytes = (count + 7) // 8
    rows = bytearray(row_bytes * column_bytes * 8)
    for column in range(count):
        bits = int.from_bytes(data[column * column_bytes : (column + 1) * column_bytes], "big")
        for row in range(column_bytes * 8):
            if bits >> (column_bytes * 8 - 1 - row) & 1:
                rows[row * row_bytes + column // 8] |= 0x80 >> column % 8
    return Picture(row_bytes, rows.decode("latin-1"))


def from_rows(data: bytes, width_dots: int, height_dots: int) -> Picture | None:
    """Rows as they are; None without dots, or where bytes are missing."""
    row_bytes = (width_dots + 7) // 8
    size = row_bytes * height_dots
    return Picture(row_bytes, data[:size].decode("latin-1")) if 0 < size <= len(data) else None


def read_dots(head: bytes, data: bytes, *, in_columns: bool) -> Picture | None:
    """A picture behind ``xL xH yL yH``, in dots; None if it is none.

    Args:
        head: the four bytes.
        data: its dots.
        in_columns: whether they come column by column.
    """
    width, height = head[0] + head[1] * 256, head[2] + head[3] * 256
    if not in_columns:
        return from_rows(data, width, height)
    column_bytes = (height + 7) // 8
    size = width * column_bytes
    return from_columns(data[:size], column_bytes) if 0 < size <= len(data) else None


def kept_pictures(args: bytes) -> dict[str, Picture]:
    """The pictures of FS q n [xL xH yL yH d…]…, by number from 1; x columns of 8 dots, y bytes each."""
    found: dict[str, Picture] = {}
    at = 1
    for number in range(1, args[0] + 1):
        wide, high = args[at] + args[at + 1] * 256, args[at + 2] + args[at + 3] * 256
        size = wide * 8 * high
        if not size:
            return found
        found[str(number)] = from_columns(args[at + 4 : at + 4 + size], high)
        at += 4 + size
    return found
