"""Cuts a byte stream into ESC/POS commands and runs of text, by Epson's command reference.

Knows each command's length, not its meaning. A command that has not fully arrived is left for later. One
that is not known, or that says it is longer than any printer's memory, is passed over by its name alone: what
follows it is read as data again, as the reference has it for parameters out of range.
"""

from dataclasses import dataclass

# Commands of two bytes and the number of bytes that follow.
_FOLLOWING = {
    b"\x1b": {
        **dict.fromkeys(b"@2imvLS<\x0c", 0),
        **dict.fromkeys(b"3aEG!-JdtRM{V =KeruT%?", 1),
        **dict.fromkeys(b"$\\cB", 2),
        ord("p"): 3,
        ord("W"): 8,
    },
    b"\x1d": {
        **dict.fromkeys(b":c", 0),
        **dict.fromkeys(b"!BHhwfrabITEj/", 1),
        **dict.fromkeys(b"LWP\\$", 2),
        **dict.fromkeys(b"^z", 3),
        ord("g"): 4,
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
_PULSE_LENGTHS = {1: 2, 2: 2, 3: 5, 7: 1, 8: 7}
_COUNTER_LENGTHS = {0: 3, 48: 3, 1: 7, 49: 7, 2: 3, 50: 3}
_NUL_BARCODES = range(7)
_MAX_NUL_RUN = 256
LONGEST = 1_048_576
"""Bytes of the longest command that is taken, more than such a printer has memory for pictures."""


@dataclass(frozen=True, slots=True)
class Token:
    """A command (``name`` of one or two bytes, and ``args``), or text (``name`` empty, ``args`` the run).

    A command that is not ``known`` has a name alone.
    """

    name: bytes
    args: bytes
    raw: bytes
    known: bool = True


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
    if not _is_known(name):
        return Token(name, b"", name, known=False)
    length = _length(name, data, start + 2)
    if length is not None and length > LONGEST:
        return Token(name, b"", name, known=False)
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


def _is_known(name: bytes) -> bool:
    return name[1] in _FOLLOWING[name[:1]] or name in _MEASURES


def _length(name: bytes, data: bytes | bytearray, at: int) -> int | None:
    """How many bytes follow the name; None if they do not yet tell."""
    fixed = _FOLLOWING[name[:1]].get(name[1])
    if fixed is not None:
        return fixed
    head = bytes(data[at : at + 8])
    try:
        return _MEASURES[name](head, data, at)
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


def _own_characters(head: bytes, data: bytes | bytearray, at: int) -> int:
    """ESC & y c1 c2 [x d1…d(y x)]…: characters of the shop's own, each as wide as it says."""
    length = 3
    for _ in range(head[1], head[2] + 1):
        length += 1 + head[0] * data[at + length]
    return length


def _kept_pictures(head: bytes, data: bytes | bytearray, at: int) -> int:
    """FS q n [xL xH yL yH d…]…: pictures for the memory that outlives the power, 8 x y bytes each."""
    length = 1
    for _ in range(head[0]):
        xl, xh, yl, yh = (data[at + length + place] for place in range(4))
        length += 4 + (xl + xh * 256) * (yl + yh * 256) * 8
        if length > LONGEST:
            break
    return length


def _user_memory(head: bytes, _data: bytes | bytearray, _at: int) -> int:
    """FS g 1 m a1 a2 a3 a4 nL nH d… writes; FS g 2 m a1 a2 a3 a4 nL nH reads."""
    return 8 + (head[6] + head[7] * 256 if head[0] == ord("1") else 0)


def _counter(head: bytes, _data: bytes | bytearray, _at: int) -> int:
    """GS C 0 n m, GS C 1 …, GS C 2 nL nH: the counter of older models."""
    return _COUNTER_LENGTHS.get(head[0], 1)


_MEASURES = {
    b"\x1b(": _sized,
    b"\x1b&": _own_characters,
    b"\x1cq": _kept_pictures,
    b"\x1cg": _user_memory,
    b"\x1dC": _counter,
    b"\x1dQ": _raster,
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
