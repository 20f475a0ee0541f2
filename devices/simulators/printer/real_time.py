"""Requests that a printer obeys as they arrive, before the bytes that wait: DLE EOT n, DLE DC4 1 m t.

They are found wherever they stand in the stream, as in real machines, also across two arrivals.
"""

import re

_REQUEST = re.compile(rb"\x10(?:\x04([\x00-\xff])|\x14\x01([\x00\x01][\x01-\x08]))", re.DOTALL)
_LONGEST = 5


class RealTime:
    """Finds the requests in a stream."""

    def __init__(self) -> None:
        self._tail = b""

    def find(self, data: bytes) -> list[bytes]:
        """The requests that are whole with these bytes: EOT and n, or DC4, 1, m, t."""
        stream = self._tail + data
        found, place = [], 0
        for match in _REQUEST.finditer(stream):
            found.append(match.group()[1:])
            place = match.end()
        rest = stream[place:][1 - _LONGEST :]
        begun = rest.find(b"\x10")
        self._tail = rest[begun:] if begun >= 0 else b""
        return found
