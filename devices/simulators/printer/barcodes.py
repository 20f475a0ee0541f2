"""Which bar code a GS k command asks for."""

from devices.simulators.printer.codes import Bars, code128, ean13
from devices.simulators.printer.linear_codes import DRAWN

# GS k: m up to 6 ends with NUL, from 65 it is counted. Those not drawn are shown as text.
_NAMES = {0: "UPC-A", 1: "UPC-E", 2: "EAN13", 3: "EAN8", 4: "CODE39", 5: "ITF", 6: "CODABAR"}
_COUNTED_NAMES = {**{m + 65: name for m, name in _NAMES.items()}, 72: "CODE93", 73: "CODE128"}


def bars_of(args: bytes) -> Bars | None:
    """The bar code of a GS k command's arguments; None where a printer would print nothing."""
    kind = args[0]
    data = args[1:-1] if kind in _NAMES else args[2:]
    name = _NAMES.get(kind) or _COUNTED_NAMES.get(kind)
    if name == "EAN13":
        return ean13(data)
    if name == "CODE128":
        return code128(data)
    if name in DRAWN:
        return DRAWN[name](data)
    return Bars(name, data.decode("ascii", "replace"), "") if name and data else None
