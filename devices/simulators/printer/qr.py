"""QR codes (ISO/IEC 18004) of bytes: how large they are, and their rows of modules."""

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

import segno
from segno import consts

_LEVELS = {
    "L": consts.ERROR_LEVEL_L,
    "M": consts.ERROR_LEVEL_M,
    "Q": consts.ERROR_LEVEL_Q,
    "H": consts.ERROR_LEVEL_H,
}
_CAPACITY_BITS = cast("Mapping[int, Mapping[int, int]]", consts.SYMBOL_CAPACITY)
_VERSIONS = range(1, 41)
_LONG_COUNT_FROM = 10


def qr_side(size: int, level: str) -> int:
    """Modules of a side, known before the code is made; 0 where so many bytes are more than a code holds.

    Args:
        size: bytes of data.
        level: error correction, L, M, Q or H.
    """
    for version in _VERSIONS:
        count_bits = 16 if version >= _LONG_COUNT_FROM else 8
        if 4 + count_bits + 8 * size <= _CAPACITY_BITS[version][_LEVELS[level]]:
            return 17 + 4 * version
    return 0


@lru_cache(maxsize=64)
def qr_rows(data: bytes, level: str) -> tuple[str, ...]:
    """The rows, ``1`` black; none where the data are more than a code holds."""
    if not qr_side(len(data), level):
        return ()
    code = segno.make(data, error=level, micro=False, boost_error=False, mode="byte")
    return tuple("".join("1" if dark else "0" for dark in row) for row in code.matrix)
