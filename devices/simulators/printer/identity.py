"""What the virtual printer says of itself (GS I), and which commands sound its buzzer."""

from devices.simulators.printer.tokens import Token

_MODEL, _TYPE, _VERSION = b"\x20", b"\x03", b"\x01"  # the type: two-byte characters, a cutter
_BUZZER = ((b"\x1b(", b"A"), (b"\x10\x14", b"\x03"))


def answer(which: int, columns: int) -> bytes:
    """GS I n: one byte for 1 to 3 (also as digits), ``_`` and text and NUL from 65 on; else nothing.

    Args:
        which: what is asked for.
        columns: half-width characters of a line.
    """
    number = which - 48 if 49 <= which <= 51 else which
    brief = {1: _MODEL, 2: _TYPE, 3: _VERSION}.get(number)
    if brief is not None:
        return brief
    told = {65: "1.00", 66: "OMO", 67: f"VIRTUAL-{columns}", 68: "V0000001", 69: "CHINA GB18030"}.get(number)
    return b"_" + told.encode() + b"\0" if told else b""


def is_beep(token: Token) -> bool:
    """ESC ( A and DLE DC4 3, as the reference has them, and ESC B of Chinese models."""
    return token.name == b"\x1bB" or (token.name, token.args[:1]) in _BUZZER
