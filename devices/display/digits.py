"""Views for displays of eight digits and four lamps (price, total, given, change), the usual ones in China.

Commands, as the makers of LED8 displays print them: ``ESC @`` initialise, ``FF`` clear, ``ESC Q A`` … ``CR``
show a number, ``ESC s n`` light a lamp, n = "0" none, "1" price, "2" total, "3" given, "4" change.
"""

from typing import Final

from devices.display.view import Lamp, PoleView

OPENING: Final = b"\x1b@"
DIGITS: Final = 8
_CLEAR: Final = b"\x0c"
_LAMPS: Final = {
    Lamp.DARK: b"0",
    Lamp.PRICE: b"1",
    Lamp.TOTAL: b"2",
    Lamp.GIVEN: b"3",
    Lamp.CHANGE: b"4",
}
_TOO_LONG: Final = "--------"


def encode(view: PoleView) -> bytes:
    """A view as the display's bytes.

    A number that does not fit is shown as dashes: a part of an amount would be another amount.
    """
    lamp = b"\x1bs" + _LAMPS[view.lamp]
    if not view.number:
        return _CLEAR + lamp
    places = sum(character != "." for character in view.number)
    shown = view.number if places <= DIGITS else _TOO_LONG
    return b"\x1bQA" + shown.encode() + b"\r" + lamp
