"""The bar codes of shelves and parcels older than CODE128: EAN-8, UPC-A, UPC-E, CODE39, ITF, CODABAR.

EAN-8, UPC-A, UPC-E: GS1 General Specifications, section 5.2. CODE39: ISO/IEC 16388; ITF: ISO/IEC 16390;
CODABAR: EN 798. A wide bar is three modules.
"""

from collections.abc import Callable

from devices.simulators.printer.code93 import code93
from devices.simulators.printer.codes import Bars, check_digit, ean13, side_digits

_WIDE, _NARROW = 3, 1
# Nine elements a character, bars and spaces in turn; 1 is wide.
_CODE39 = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *$/+%",
        (
            *("000110100", "100100001", "001100001", "101100000", "000110001", "100110000", "001110000"),
            *("000100101", "100100100", "001100100", "100001001", "001001001", "101001000", "000011001"),
            *("100011000", "001011000", "000001101", "100001100", "001001100", "000011100", "100000011"),
            *("001000011", "101000010", "000010011", "100010010", "001010010", "000000111", "100000110"),
            *("001000110", "000010110", "110000001", "011000001", "111000000", "010010001", "110010000"),
            *("011010000", "010000101", "110000100", "011000100", "010010100", "010101000", "010100010"),
            *("010001010", "000101010"),
        ),
        strict=True,
    )
)
_ITF = ("00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010")
# UPC-E: which side each of the six digits is taken from, by the check digit.
_UPC_E_SIDES = (
    *("GGGLLL", "GGLGLL", "GGLLGL", "GGLLLG", "GLGGLL"),
    *("GLLGGL", "GLLLGG", "GLGLGL", "GLGLLG", "GLLGLG"),
)
_CODABAR = dict(
    zip(
        "0123456789-$:/.+ABCD",
        (
            *("0000011", "0000110", "0001001", "1100000", "0010010", "1000010", "0100001", "0100100"),
            *("0110000", "1001000", "0001100", "0011000", "1000101", "1010001", "1010100", "0010101"),
            *("0011010", "0101001", "0001011", "0001110"),
        ),
        strict=True,
    )
)


def ean8(data: bytes) -> Bars | None:
    """EAN-8 from 7 digits (the printer adds the check digit) or 8; else None."""
    if len(data) not in (7, 8) or not data.isdigit():
        return None
    text = data.decode()
    text += check_digit(text) if len(text) == 7 else ""
    left, right = side_digits(text[:4], "LLLL"), side_digits(text[4:], "RRRR")
    return Bars("EAN8", text, f"101{left}01010{right}101")


def upc_a(data: bytes) -> Bars | None:
    """UPC-A from 11 or 12 digits: an EAN-13 that begins with 0."""
    bars = ean13(b"0" + data) if len(data) in (11, 12) else None
    return Bars("UPC-A", bars.text[1:], bars.modules) if bars else None


def upc_e(data: bytes) -> Bars | None:
    """UPC-E from six digits, with a 0 before and a check digit behind (7, 8), or from a UPC-A; else None.

    A UPC-A (11, 12 digits) has such a form only if it has zeros in the right places.
    """
    if len(data) not in (6, 7, 8, 11, 12) or not data.isdigit() or (len(data) > 6 and data[:1] != b"0"):
        return None
    text = data.decode()
    short = text[-6:] if len(text) < 8 else text[1:7] if len(text) == 8 else _without_zeros(text)
    if not short:
        return None
    check = check_digit(with_zeros(short))
    if len(text) in (8, 12) and text[-1] != check:
        return None
    return Bars("UPC-E", f"0{short}{check}", f"101{side_digits(short, _UPC_E_SIDES[int(check)])}010101")


def with_zeros(short: str) -> str:
    """The eleven digits of the UPC-A that six digits stand for."""
    last = short[5]
    if last in "012":
        return f"0{short[:2]}{last}0000{short[2:5]}"
    if last == "3":
        return f"0{short[:3]}00000{short[3:5]}"
    return f"0{short[:4]}00000{short[4]}" if last == "4" else f"0{short[:5]}0000{last}"


def _without_zeros(text: str) -> str:
    """The six digits that stand for a UPC-A; empty if it has none."""
    long = text[:11]
    picks = (
        long[1:3] + long[8:11] + long[3],
        long[1:4] + long[9:11] + "3",
        long[1:5] + long[10] + "4",
        long[1:6] + long[10],
    )
    return next((short for short in picks if with_zeros(short) == long), "")


def code39(data: bytes) -> Bars | None:
    """CODE39; start and stop are added where they are not given."""
    text = data.decode("ascii", "replace").strip("*")
    if not text or any(character not in _CODE39 or character == "*" for character in text):
        return None
    return Bars("CODE39", text, "0".join(_elements(_CODE39[one]) for one in f"*{text}*"))


def itf(data: bytes) -> Bars | None:
    """Interleaved 2 of 5: an even number of digits."""
    if not data.isdigit() or len(data) % 2:
        return None
    body = ""
    for bar, space in zip(data[::2], data[1::2], strict=True):
        pairs = zip(_ITF[bar - 48], _ITF[space - 48], strict=True)
        body += _elements("".join(one + other for one, other in pairs))
    return Bars("ITF", data.decode(), f"1010{body}{_elements('100')}")


def codabar(data: bytes) -> Bars | None:
    """CODABAR: its first and last character are A, B, C or D."""
    text = data.decode("ascii", "replace").upper()
    is_framed = len(text) > 1 and text[0] in "ABCD" and text[-1] in "ABCD"
    if not is_framed or any(character not in _CODABAR for character in text):
        return None
    return Bars("CODABAR", text, "0".join(_elements(_CODABAR[one]) for one in text))


def _elements(wide: str) -> str:
    """Bars and spaces in turn, a bar first."""
    return "".join("10"[place % 2] * (_WIDE if one == "1" else _NARROW) for place, one in enumerate(wide))


DRAWN: dict[str, Callable[[bytes], Bars | None]] = {
    "UPC-A": upc_a,
    "UPC-E": upc_e,
    "EAN8": ean8,
    "CODE39": code39,
    "ITF": itf,
    "CODABAR": codabar,
    "CODE93": code93,
}
