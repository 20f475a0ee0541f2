"""Bar codes as a printer draws them: from the command's data to bars, and to the text they hold.

EAN-13: GS1 General Specifications, section 5.2. CODE128: ISO/IEC 15417, its code sets chosen in Epson's way:
``{A``, ``{B``, ``{C``.
"""

from dataclasses import dataclass

_LEFT = tuple(f"{code:07b}" for code in (0x0D, 0x19, 0x13, 0x3D, 0x23, 0x31, 0x2F, 0x3B, 0x37, 0x0B))
_RIGHT = ["".join("10"[int(bit)] for bit in code) for code in _LEFT]
_MIRRORED = [code[::-1] for code in _RIGHT]
# Which side each of the left six digits is taken from, by the first digit.
_PARITY = (
    *("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG"),
    *("LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"),
)
# Widths of three bars and three spaces for the values 0 to 105, six digits each; then the stop.
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222"
    "123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321"
    "232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
    "313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224"
    "111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
    "114311411113411311113141114131311141411131211412211214211232"
)
_CODE128 = (*(_WIDTHS[place : place + 6] for place in range(0, len(_WIDTHS), 6)), "2331112")
_START = {"A": 103, "B": 104, "C": 105}
_SWITCH = {"A": 101, "B": 100, "C": 99}
_FUNCTIONS = {ord("1"): 102, ord("2"): 97, ord("3"): 96}
_STOP = 106


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar code: ``1`` is a black module, ``text`` what a scanner reads."""

    name: str
    text: str
    modules: str


def ean13(data: bytes) -> Bars | None:
    """EAN-13 from 12 digits (the printer adds the check digit) or 13 (drawn as given); else None."""
    if len(data) not in (12, 13) or not data.isdigit():
        return None
    text = data.decode()
    text += check_digit(text) if len(text) == 12 else ""
    left, right = side_digits(text[1:7], _PARITY[int(text[0])]), side_digits(text[7:], "RRRRRR")
    return Bars("EAN13", text, f"101{left}01010{right}101")


def check_digit(digits: str) -> str:
    """The check digit behind these: weights 3 and 1 in turn from the right (GS1, section 7.9)."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def side_digits(digits: str, sides: str) -> str:
    """Modules of digits, each taken from its side: L, G or R."""
    tables = {"L": _LEFT, "G": _MIRRORED, "R": _RIGHT}
    return "".join(tables[side][int(digit)] for digit, side in zip(digits, sides, strict=True))


def code128(data: bytes) -> Bars | None:
    """CODE128 from Epson's form: a code set first; None where the data breaks the form."""
    if len(data) < 3 or data[:1] != b"{" or chr(data[1]) not in _START:
        return None
    reading = _Code128(chr(data[1]))
    place = 2
    while place < len(data):
        used = reading.take(data[place : place + 2])
        if not used:
            return None
        place += used
    return Bars("CODE128", reading.text, reading.modules())


class _Code128:
    """Symbol values and text gathered so far, in the code set at hand."""

    def __init__(self, code_set: str) -> None:
        self._set = code_set
        self._values = [_START[code_set]]
        self.text = ""

    def take(self, pair: bytes) -> int:
        """Take in the first byte of ``pair``, or both where it is an escape.

        Returns:
            Bytes used, 0 if they mean nothing.
        """
        if pair[0] == ord("{"):
            return 2 if len(pair) == 2 and self._escape(pair[1]) else 0
        return 1 if self._character(pair[0]) else 0

    def _escape(self, code: int) -> bool:
        if chr(code) in _SWITCH:
            self._set = chr(code)
            self._values.append(_SWITCH[self._set])
        elif code in _FUNCTIONS:
            self._values.append(_FUNCTIONS[code])
        elif code == ord("{") and self._set == "B":
            return self._character(code)
        else:
            return False
        return True

    def _character(self, code: int) -> bool:
        if self._set == "C":
            if code > 99:
                return False
            self._values.append(code)
            self.text += f"{code:02d}"
            return True
        if code > 127 or (self._set == "B" and code < 32) or (self._set == "A" and code > 95):
            return False
        self._values.append(code - 32 if code >= 32 else code + 64)
        self.text += chr(code)
        return True

    def modules(self) -> str:
        check = sum(value * max(place, 1) for place, value in enumerate(self._values)) % 103
        widths = "".join(_CODE128[value] for value in (*self._values, check, _STOP))
        return "".join("10"[place % 2] * int(width) for place, width in enumerate(widths))
