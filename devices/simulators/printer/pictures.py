"""Pictures as commands bring them: columns of ESC *, and the store of GS ( L and GS 8 L."""

from dataclasses import dataclass

from devices.simulators.printer.elements import Raster, Span

# ESC * m: dots of a column, and how far the head spreads a dot sideways and down.
_DENSITIES = {0: (8, 2, 3), 1: (8, 1, 3), 32: (24, 2, 1), 33: (24, 1, 1)}
_STORE_RASTER = 112
_PRINT_STORED = (2, 50)


@dataclass(slots=True)
class Strip:
    """Columns of one density that wait for the line's end."""

    mode: int
    columns: bytes

    def raster(self, span: Span) -> Raster:
        """The strip as rows."""
        height, wide, high = _DENSITIES[self.mode]
        step = height // 8
        count = len(self.columns) // step
        row_bytes = (count + 7) // 8
        rows = bytearray(row_bytes * height)
        for column in range(count):
            bits = int.from_bytes(self.columns[column * step : column * step + step], "big")
            for row in range(height):
                if bits >> (height - 1 - row) & 1:
                    rows[row * row_bytes + column // 8] |= 0x80 >> column % 8
        return Raster(row_bytes, bytes(rows), wide, high, span)


def read_strip(args: bytes) -> Strip | None:
    """ESC * m nL nH d…; None for a density that no printer has, or no columns."""
    return Strip(args[0], args[3:]) if args[0] in _DENSITIES and len(args) > 3 else None


def read_graphics(args: bytes) -> tuple[int, bytes]:
    """The function of GS ( L pL pH m fn … or GS 8 L p1 p2 p3 p4 m fn …, and what follows it; 0 = not known.

    Args:
        args: from ``m`` on.
    """
    if len(args) < 2 or args[0] != 48:
        return 0, b""
    return args[1], args[2:]


def stored(function: int, rest: bytes, span: Span) -> Raster | None:
    """The picture of function 112 (raster): a bx by c xL xH yL yH d…; None if it is none."""
    if function != _STORE_RASTER or len(rest) < 9 or rest[0] != 48:
        return None
    wide, high = (2 if rest[1] == 2 else 1), (2 if rest[2] == 2 else 1)
    row_bytes = (rest[4] + rest[5] * 256 + 7) // 8
    return Raster(row_bytes, rest[8:], wide, high, span) if row_bytes else None


def prints_stored(function: int) -> bool:
    """Whether a function prints what was stored."""
    return function in _PRINT_STORED
