"""Commands that print codes: bars (GS k), QR codes and PDF417 (GS ( k)."""

from devices.simulators.printer.barcodes import bars_of
from devices.simulators.printer.carriage import Carriage
from devices.simulators.printer.commands.settings import setting
from devices.simulators.printer.commands.table import Table
from devices.simulators.printer.elements import BarPicture, GridPicture, QrPicture
from devices.simulators.printer.pdf417 import Wish, pdf417

QR, PDF417 = 49, 48
_QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
_STORE, _PRINT = 80, 81


def barcode(carriage: Carriage, args: bytes) -> None:
    """GS k: print a bar code; nothing if its data are wrong or too wide."""
    if not carriage.modes.is_page:
        carriage.end_line(only_if_begun=True)
    bars, modes = bars_of(args), carriage.modes
    if bars and len(bars.modules) * modes.bar_width <= carriage.width:
        carriage.add(BarPicture(bars, modes.bar_width, modes.bar_height, modes.bar_text, carriage.span))


def two_dimensional(carriage: Carriage, args: bytes) -> None:
    """GS ( k pL pH cn fn …: set, store and print a QR code (cn 49) or a PDF417 (cn 48)."""
    if len(args) < 6:
        return
    kind, function, values = args[3], args[4], args[5:]
    if kind == QR:
        _qr(carriage, function, values)
    elif kind == PDF417 and function == _PRINT:
        _print_pdf417(carriage)
    elif kind == PDF417:
        _set_pdf417(carriage, function, values)


def _qr(carriage: Carriage, function: int, values: bytes) -> None:
    modes, value = carriage.modes, values[0]
    if function == 67 and 1 <= value <= 16:
        modes.qr_square = value
    elif function == 69 and value in _QR_LEVELS:
        modes.qr_level = _QR_LEVELS[value]
    elif function == _STORE:
        modes.qr_data = values[1:].decode("latin-1")
    elif function == _PRINT and modes.qr_data:
        data = modes.qr_data.encode("latin-1")
        carriage.add(QrPicture(data, modes.qr_square, modes.qr_level, carriage.span))


def _set_pdf417(carriage: Carriage, function: int, values: bytes) -> None:
    """Functions 65 columns, 66 rows, 67 width, 68 height, 69 correction, 70 form, 80 data, in range."""
    modes, value = carriage.modes, values[0]
    if function == 65 and value <= 30:
        modes.pdf_columns = value
    elif function == 66 and (value == 0 or 3 <= value <= 90):
        modes.pdf_rows = value
    elif function == 67 and 2 <= value <= 8:
        modes.pdf_wide = value
    elif function == 68 and 2 <= value <= 8:
        modes.pdf_high = value
    elif function == 69 and len(values) > 1:
        _set_correction(carriage, value, values[1])
    elif function == 70 and value in (0, 1):
        modes.pdf_is_truncated = value == 1
    elif function == _STORE:
        modes.pdf_data = values[1:].decode("latin-1")


def _set_correction(carriage: Carriage, way: int, value: int) -> None:
    """M 48: level n - 48; m 49: n tenths of the data."""
    if way == 48 and 48 <= value <= 56:
        carriage.modes.pdf_level = value - 48
    elif way == 49 and 1 <= value <= 40:
        carriage.modes.pdf_level, carriage.modes.pdf_tenths = None, value


def _print_pdf417(carriage: Carriage) -> None:
    modes = carriage.modes
    data = modes.pdf_data.encode("latin-1")
    wish = Wish(modes.pdf_columns, modes.pdf_rows, modes.pdf_level, modes.pdf_tenths, modes.pdf_is_truncated)
    rows = pdf417(data, wish, carriage.width // modes.pdf_wide, modes.pdf_high) if data else None
    if rows:
        high = modes.pdf_high * modes.pdf_wide
        carriage.add(GridPicture("PDF417", data, rows, modes.pdf_wide, high, carriage.span))


CODES: Table = {
    b"\x1dk": barcode,
    b"\x1dh": setting("bar_height", lambda value: max(1, value)),
    b"\x1dw": setting("bar_width", lambda value: min(max(value, 2), 6)),
    b"\x1dH": setting("bar_text", lambda value: value & 3),
}
"""GS ( k comes in with the other commands of its form, see ``pictures``."""
