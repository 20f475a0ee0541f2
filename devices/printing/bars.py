"""Bar codes as bars, for pictures of papers. A printer draws its own from the data.

EAN: GS1 General Specifications, section 5.2. CODE128: ISO/IEC 15417.
"""

from typing import Final

from devices.printing.blocks import Barcode, Symbology
from devices.printing.code128 import Run, runs_of

# The odd (A) sets of seven modules for 0 to 9; even (B) is C mirrored, right (C) is A inverted.
_ODD: Final = (
    *("0001101", "0011001", "0010011", "0111101", "0100011"),
    *("0110001", "0101111", "0111011", "0110111", "0001011"),
)
_RIGHT: Final = tuple(code.translate(str.maketrans("01", "10")) for code in _ODD)
_EVEN: Final = tuple(code[::-1] for code in _RIGHT)
# Which of the six left digits of an EAN-13 are even, by its first digit: a bit each, the first digit highest.
_EVENS: Final = (
    *(0b000000, 0b001011, 0b001101, 0b001110, 0b010011),
    *(0b011001, 0b011100, 0b010101, 0b010110, 0b011010),
)
_GUARD: Final = "101"
_MIDDLE: Final = "01010"
# Element widths of the values 0 to 105, bar first, each as an octal-like number of six digits.
_VALUES: Final = (
    *(212222, 222122, 222221, 121223, 121322, 131222, 122213, 122312, 132212, 221213, 221312, 231212),
    *(112232, 122132, 122231, 113222, 123122, 123221, 223211, 221132, 221231, 213212, 223112, 312131),
    *(311222, 321122, 321221, 312212, 322112, 322211, 212123, 212321, 232121, 111323, 131123, 131321),
    *(112313, 132113, 132311, 211313, 231113, 231311, 112133, 112331, 132131, 113123, 113321, 133121),
    *(313121, 211331, 231131, 213113, 213311, 213131, 311123, 311321, 331121, 312113, 312311, 332111),
    *(314111, 221411, 431111, 111224, 111422, 121124, 121421, 141122, 141221, 112214, 112412, 122114),
    *(122411, 142112, 142211, 241211, 221114, 413111, 241112, 134111, 111242, 121142, 121241, 114212),
    *(124112, 124211, 411212, 421112, 421211, 212141, 214121, 412121, 111143, 111341, 131141, 114113),
    *(114311, 411113, 411311, 113141, 114131, 311141, 411131, 211412, 211214, 211232),
)
_STOP: Final = 2331112
_START: Final = {"B": 104, "C": 105}
_CHANGE_TO: Final = {"B": 100, "C": 99}


def modules_of(barcode: Barcode) -> str:
    """The bar code's modules from left to right, `1` for a bar, without its quiet zones."""
    if barcode.symbology is Symbology.EAN13:
        return _ean13(barcode.data)
    if barcode.symbology is Symbology.EAN8:
        left = "".join(_ODD[int(digit)] for digit in barcode.data[:4])
        return _GUARD + left + _MIDDLE + _right(barcode.data[4:]) + _GUARD
    return _code128(barcode.data)


def _ean13(data: str) -> str:
    evens = _EVENS[int(data[0])]
    left = "".join(
        (_EVEN if evens >> (5 - place) & 1 else _ODD)[int(digit)] for place, digit in enumerate(data[1:7])
    )
    return _GUARD + left + _MIDDLE + _right(data[7:]) + _GUARD


def _right(digits: str) -> str:
    return "".join(_RIGHT[int(digit)] for digit in digits)


def _code128(data: str) -> str:
    runs = runs_of(data)
    values = [value for run in runs for value in (_CHANGE_TO[run.code_set], *_values(run))]
    values[0] = _START[runs[0].code_set]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    return "".join(_elements(_VALUES[value]) for value in (*values, check)) + _elements(_STOP)


def _values(run: Run) -> list[int]:
    if run.code_set == "C":
        return [int(run.text[place : place + 2]) for place in range(0, len(run.text), 2)]
    return [ord(character) - 32 for character in run.text]


def _elements(widths: int) -> str:
    return "".join("10"[place % 2] * int(width) for place, width in enumerate(str(widths)))
