"""A laid-out paper as lines of plain text: for screen readers and for searching, never for a printer."""

from devices.printing.blocks import Align
from devices.printing.layout import Laid, LaidBarcode, LaidFeed, LaidQr, LaidText


def plain_text(laid: tuple[Laid, ...], columns: int) -> str:
    """The paper's lines, placed with blanks; a code stands there as its content, a cut as nothing."""
    return "\n".join(line.rstrip() for piece in laid for line in _lines(piece, columns))


def _lines(piece: Laid, columns: int) -> list[str]:
    match piece:
        case LaidText():
            return [_placed(piece.text, piece.columns, piece.align, columns)]
        case LaidFeed(lines):
            return [""] * lines
        case LaidBarcode(barcode):
            return [_placed(barcode.data, len(barcode.data), Align.CENTRE, columns)]
        case LaidQr(data):
            return [_placed(data.decode(), len(data), Align.CENTRE, columns)]
        case _:
            return []


def _placed(text: str, width: int, align: Align, columns: int) -> str:
    spare = max(0, columns - width)
    return " " * {Align.LEFT: 0, Align.CENTRE: spare // 2, Align.RIGHT: spare}[align] + text
