"""The bar codes of shelves and parcels that are older than CODE128: EAN-8, UPC-A, CODE39, ITF, CODABAR.

EAN-8, UPC-A: GS1 General Specifications, section 5.2. CODE39: ISO/IEC 16388; ITF: ISO/IEC 16390; CODABAR:
EN 798. A wide bar is three modules.
"""

from collections.abc import Callable

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
    "EAN8": ean8,
    "CODE39": code39,
    "ITF": itf,
    "CODABAR": codabar,
}
