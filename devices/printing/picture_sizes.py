"""How wide a code becomes, in modules (its narrowest bar or one square), before any printer draws it."""

from bisect import bisect_left

# ISO/IEC 18004, table 7: bytes a QR code of version 1, 2, … holds at error correction level M.
_QR_BYTES_M = (
    *(14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412),
    *(450, 504, 560, 624, 666, 711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370),
)


def qr_modules(length: int) -> int:
    """The side of a QR code with ``length`` bytes at level M, without its quiet zone."""
    version = bisect_left(_QR_BYTES_M, length) + 1
    assert version <= len(_QR_BYTES_M), "documents limit a QR code's length"
    return 17 + 4 * version
