"""Compact binary: whole numbers in seven-bit groups and short texts.

Numbers are LEB128 (DWARF 5, section 7.6): least group first, the high bit says that more follow.
"""

from dataclasses import dataclass

MOST_NUMBER = 2**53 - 1
MOST_TEXT_BYTES = 255


class Broken(ValueError):
    """The bytes end too early, go on too long, or hold no such value."""


def number(value: int) -> bytes:
    """`value` (0 to MOST_NUMBER) in seven-bit groups.

    Raises:
        ValueError: out of range.
    """
    if not 0 <= value <= MOST_NUMBER:
        msg = f"{value} is not between 0 and {MOST_NUMBER}"
        raise ValueError(msg)
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    groups.append(value)
    return bytes(groups)


def text(value: str) -> bytes:
    """`value` as UTF-8 after its length in one byte.

    Raises:
        ValueError: more than MOST_TEXT_BYTES bytes.
    """
    data = value.encode()
    if len(data) > MOST_TEXT_BYTES:
        msg = f"{len(data)} bytes of text are more than {MOST_TEXT_BYTES}"
        raise ValueError(msg)
    return bytes([len(data)]) + data


@dataclass(slots=True)
class Reader:
    """Reads what `number` and `text` wrote; every method raises Broken on anything else."""

    data: bytes
    at: int = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        piece = self.data[self.at : self.at + size]
        if len(piece) < size:
            msg = "the bytes end too early"
            raise Broken(msg)
        self.at += size
        return piece

    def number(self) -> int:
        """The next number; one written longer than it needs to be is read as well."""
        value, shift = 0, 0
        while True:
            group = self.take(1)[0]
            value |= (group & 0x7F) << shift
            shift += 7
            if value > MOST_NUMBER or shift > 56:
                msg = "a number is too large"
                raise Broken(msg)
            if group < 0x80:
                return value

    def text(self) -> str:
        """The next text."""
        try:
            return self.take(self.take(1)[0]).decode()
        except UnicodeDecodeError as error:
            msg = "a text is no UTF-8"
            raise Broken(msg) from error

    def finish(self) -> None:
        """Nothing may follow."""
        if self.at != len(self.data):
            msg = f"{len(self.data) - self.at} bytes too many"
            raise Broken(msg)
