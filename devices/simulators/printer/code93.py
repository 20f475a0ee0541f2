"""CODE93 with all of ASCII: 9 modules a character, two check characters, AIM USS-93."""

from devices.simulators.printer.codes import Bars

_PATTERNS = (
    *("100010100", "101001000", "101000100", "101000010", "100101000", "100100100", "100100010", "101010000"),
    *("100010010", "100001010", "110101000", "110100100", "110100010", "110010100", "110010010", "110001010"),
    *("101101000", "101100100", "101100010", "100110100", "100011010", "101011000", "101001100", "101000110"),
    *("100101100", "100010110", "110110100", "110110010", "110101100", "110100110", "110010110", "110011010"),
    *("101101100", "101100110", "100110110", "100111010", "100101110", "111010100", "111010010", "111001010"),
    *("101101110", "101110110", "110101110", "100100110", "111011010", "111010110", "100110010"),
)
_START_STOP, _END = "101011110", "1"
_PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_DOLLAR, _PERCENT, _SLASH, _PLUS = 43, 44, 45, 46
_A = _PLAIN.index("A")
# From which code on a shift character and a letter stand for a character, in rising order.
_SHIFTS = (
    *((0, _PERCENT, "U"), (1, _DOLLAR, "A"), (27, _PERCENT, "A"), (33, _SLASH, "A"), (59, _PERCENT, "F")),
    *((64, _PERCENT, "V"), (91, _PERCENT, "K"), (96, _PERCENT, "W"), (97, _PLUS, "A"), (123, _PERCENT, "P")),
)
_CHECK_WEIGHTS = (20, 15)


def code93(data: bytes) -> Bars | None:
    """CODE93 of characters below 0x80; else None."""
    if not data.isascii() or not data:
        return None
    values = [value for code in data for value in _values(code)]
    for most in _CHECK_WEIGHTS:
        weighted = ((place % most + 1) * value for place, value in enumerate(reversed(values)))
        values.append(sum(weighted) % len(_PATTERNS))
    body = "".join(_PATTERNS[value] for value in values)
    return Bars("CODE93", data.decode("ascii"), f"{_START_STOP}{body}{_START_STOP}{_END}")


def _values(code: int) -> tuple[int, ...]:
    """One character, or a shift and a letter."""
    if chr(code) in _PLAIN:
        return (_PLAIN.index(chr(code)),)
    first, shift, letter = max(entry for entry in _SHIFTS if entry[0] <= code)
    return shift, _A + ord(letter) - ord("A") + code - first
