"""Cuts a scanner's byte stream into codes, however the bytes arrive: split, glued, or with noise between."""

from typing import Final, Literal

End = Literal["line", "etx", "gap"]
"""What ends a code: CR, LF or TAB; ETX as well; or nothing but a pause (``Framer.take_part``)."""
_LINE: Final = frozenset(b"\r\n\t")
_TERMINATORS: Final[dict[End, frozenset[int]]] = {
    "line": _LINE,
    # not for everybody: on a line whose scanner never sends it, ETX is noise and must not cut a code in two
    "etx": _LINE | {0x03},
    "gap": _LINE,
}
# ASCII separators that GS1 and ISO/IEC 15434 data carry; every other control byte is noise on the line.
_KEPT_CONTROLS = frozenset((0x04, 0x1C, 0x1D, 0x1E, 0x1F))
MAX_CODE_BYTES = 4096


class Framer:
    """Feed it what arrives; it gives whole codes.

    Any terminator ends a code; empty ones vanish, so CR LF ends one code. A code longer than the limit
    is dropped whole, up to its terminator, and counted.

    Args:
        limit: the longest code in bytes.
        prefix: bytes the scanner puts before each code, taken off where they stand.
        suffix: further bytes the scanner puts after each code, before the terminator.
        end: what ends a code.
    """

    def __init__(
        self, limit: int = MAX_CODE_BYTES, prefix: bytes = b"", suffix: bytes = b"", end: End = "line"
    ) -> None:
        assert limit > 0
        self._limit = limit
        self._prefix = prefix
        self._suffix = suffix
        self._terminators = _TERMINATORS[end]
        self._part = bytearray()
        self._overflows = False
        self.dropped = 0

    @property
    def has_part(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._part) or self._overflows

    def reset(self) -> None:
        """Forget a code begun: the line was reopened, or the rest will not come."""
        self._part.clear()
        self._overflows = False

    def feed(self, data: bytes) -> list[bytes]:
        """Take in what arrived.

        Returns:
            The codes that ended in it, oldest first.
        """
        codes: list[bytes] = []
        for byte in data:
            if byte in self._terminators:
                codes += self.take_part()
            elif (byte >= 0x20 and byte != 0x7F) or byte in _KEPT_CONTROLS:
                self._take(byte)
        return codes

    def take_part(self) -> list[bytes]:
        """End the code here: the one begun, or none. For scanners that end a code with a pause only."""
        code = bytes(self._part)
        overflowed = self._overflows
        self.reset()
        if overflowed:
            self.dropped += 1
            return []
        code = code.removeprefix(self._prefix).removesuffix(self._suffix)
        return [code] if code else []

    def _take(self, byte: int) -> None:
        if len(self._part) < self._limit:
            self._part.append(byte)
        else:
            self._overflows = True


def decode(code: bytes) -> str | None:
    """A code's text: UTF-8, else GB18030 as Chinese scanners send; None if it is neither."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return code.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
