"""Base45 (RFC 9285): bytes in the alphabet of a QR code's alphanumeric mode, 3 characters for 2 bytes.

The last character of an encoding is never a blank (its place value is at most 32), so a scanner or
a page that trims blanks cannot damage it.
"""

from struct import unpack

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_PAIRS = [first + second for second in ALPHABET for first in ALPHABET]
"""Two characters by their number: a token is encoded for every order, so this is worth a table."""


class InvalidBase45(ValueError):
    """The text is no base45: a foreign character, an impossible length or a group out of range."""


def encode_base45(data: bytes) -> str:
    """`data` as base45."""
    groups = unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2])
    characters = [_PAIRS[group % 2025] + ALPHABET[group // 2025] for group in groups]
    if len(data) % 2:
        characters.append(_PAIRS[data[-1]])
    return "".join(characters)


def decode_base45(text: str) -> bytes:
    """The bytes that `encode_base45` wrote as `text`.

    Raises:
        InvalidBase45: `text` is no encoding of any bytes.
    """
    data = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        size = len(group) - 1
        if size == 0:
            msg = "one character is left over"
            raise InvalidBase45(msg)
        number = sum(_value(character) * 45**place for place, character in enumerate(group))
        if number >= 256**size:
            msg = f"group {group!r} stands for more than {size} bytes"
            raise InvalidBase45(msg)
        data += number.to_bytes(size, "big")
    return bytes(data)


def _value(character: str) -> int:
    """A character's place in the alphabet."""
    value = _VALUES.get(character)
    if value is None:
        msg = f"{character!r} is no character of base45"
        raise InvalidBase45(msg)
    return value
