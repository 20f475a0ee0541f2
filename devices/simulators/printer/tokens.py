"""Cuts a byte stream into ESC/POS commands and runs of text, by Epson's command reference.

Knows each command's length, not its meaning. A command that has not fully arrived is left for later.
Not known: ESC & (own characters), FS q (stored pictures), page mode's picture memory; rare on receipts.
"""

from dataclasses import dataclass

# Commands of two bytes and the number of bytes that follow.
_FOLLOWING = {
    b"\x1b": {
        **dict.fromkeys(b"@2imvLS\x0c", 0),
        **dict.fromkeys(b"3aEG!-JdtRM{V =KeruT%?", 1),
        **dict.fromkeys(b"$\\c", 2),
        ord("p"): 3,
        ord("W"): 8,
    },
    b"\x1d": {
        ord(":"): 0,
        **dict.fromkeys(b"!BHhwfrabIT/", 1),
        **dict.fromkeys(b"LWP\\$", 2),
        ord("^"): 3,
    },
    b"\x1c": {
        **dict.fromkeys(b"&.\x0e\x14", 0),
        **dict.fromkeys(b"!-WC", 1),
        **dict.fromkeys(b"Sp?", 2),
        ord("2"): 74,
    },
    b"\x10": {0x04: 1, 0x05: 1},
}
_DENSITY_BYTES = {0: 1, 1: 1, 32: 3, 33: 3}
_PULSE_LENGTHS = {1: 2, 2: 2, 8: 7}
_NUL_BARCODES = range(7)
_MAX_NUL_RUN = 256


@dataclass(frozen=True, slots=True)
class Token:
    """A command (``name`` of one or two bytes, and ``args``), or text (``name`` empty, ``args`` the run)."""

    name: bytes
    args: bytes
    raw: bytes


def next_token(data: bytes | bytearray, start: int, *, kanji: bool) -> Token | None:
    """The token at ``start``; None if it has not fully arrived.

    Args:
        data: the stream so far.
        start: where the token begins.
        kanji: whether bytes from 0x81 begin a character of several bytes, which is never cut in two.
    """
    if start >= len(data):
        return None
    first = data[start]
    if first >= 0x20:
        return _text(data, start, kanji=kanji)
    lead = bytes((first,))
    if lead not in _FOLLOWING:
        return Token(lead, b"", lead)
    if start + 1 >= len(data):
        return None
    name = bytes(data[start : start + 2])
    length = _length(name, data, start + 2)
    if length is None or start + 2 + length > len(data):
        return None
    args = bytes(data[start + 2 : start + 2 + length])
    return Token(name, args, name + args)


def _text(data: bytes | bytearray, start: int, *, kanji: bool) -> Token | None:
    end = start
    while end < len(data) and data[end] >= 0x20:
        step = character_length(data, end) if kanji else 1
        if end + step > len(data):
            break
        end += step
    run = bytes(data[start:end])
    return Token(b"", run, run) if run else None


def character_length(data: bytes | bytearray, place: int) -> int:
    """Bytes of the GB18030 character at ``place``: 1, 2 or 4; longer than the data if it is incomplete."""
    if not 0x81 <= data[place] <= 0xFE:
        return 1
    if place + 1 >= len(data):
        return 2
    second = data[place + 1]
    if 0x30 <= second <= 0x39:
        return 4
    return 2 if 0x40 <= second <= 0xFE and second != 0x7F else 1


def _length(name: bytes, data: bytes | bytearray, at: int) -> int | None:
    """How many bytes follow the name; None if they do not yet tell."""
    fixed = _FOLLOWING[name[:1]].get(name[1])
    if fixed is not None:
        return fixed
    measure = _MEASURES.get(name)
    if measure is None:
        return 0
    head = bytes(data[at : at + 8])
    try:
        return measure(head, data, at)
    except IndexError:
        return None


def _sized(head: bytes, _data: bytes | bytearray, _at: int) -> int:
    """GS ( X pL pH …, FS ( X pL pH …."""
    return 3 + head[1] + head[2] * 256


def _long_sized(head: bytes, _data: bytes | bytearray, _at: int) -> int:
    """GS 8 L p1 p2 p3 p4 …."""
    return 5 + int.from_bytes(bytes((head[1], head[2], head[3], head[4])), "little")


def _barcode(head: bytes, data: bytes | bytearray, at: int) -> int | None:
    """GS k m d… NUL for m up to 6; GS k m n d… above."""
    if head[0] in _NUL_BARCODES:
        length = _until_nul(head, data, at + 1)  # m itself is NUL for UPC-A
        return None if length is None else length + 1
    return 2 + head[1]


def _until_nul(_head: bytes, data: bytes | bytearray, at: int) -> int | None:
    end = data.find(b"\0", at)
    if end >= 0:
        return end - at + 1
    return None if len(data) - at < _MAX_NUL_RUN else 1


def _raster(head: bytes, _data: bytes | bytearray, _at: int) -> int:
    """GS v 0 m xL xH yL yH d…."""
    return 6 + (head[2] + head[3] * 256) * (head[4] + head[5] * 256)


def _bit_image(head: bytes, _data: bytes | bytearray, _at: int) -> int:
    """ESC * m nL nH d…."""
    return 3 + (head[1] + head[2] * 256) * _DENSITY_BYTES.get(head[0], 1)


def _cut(head: bytes, _data: bytes | bytearray, _at: int) -> int:
    """GS V m, or GS V m n for the functions that feed."""
    return 1 if head[0] in (0, 1, 48, 49) else 2


def _pulse(head: bytes, _data: bytes | bytearray, _at: int) -> int:
    """DLE DC4 fn …."""
    return 1 + _PULSE_LENGTHS.get(head[0], 0)


def _stored_bits(head: bytes, _data: bytes | bytearray, _at: int) -> int:
    """GS * x y d…."""
    return 2 + head[0] * head[1] * 8


_MEASURES = {
    b"\x1d(": _sized,
    b"\x1c(": _sized,
    b"\x1d8": _long_sized,
    b"\x1dk": _barcode,
    b"\x1bD": _until_nul,
    b"\x1dv": _raster,
    b"\x1b*": _bit_image,
    b"\x1dV": _cut,
    b"\x10\x14": _pulse,
    b"\x1d*": _stored_bits,
}
