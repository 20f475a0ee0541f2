"""QR codes (ISO/IEC 18004) as rows of modules."""

from functools import lru_cache


@lru_cache(maxsize=64)
def qr_rows(data: bytes, level: str) -> tuple[str, ...]:
    """The rows, ``1`` black; none where the data are more than a code holds.

    Args:
        data: what it holds.
        level: error correction, L, M, Q or H.
    """
    import segno  # noqa: PLC0415 - only once a code is measured or drawn

    try:
        code = segno.make(data, error=level, micro=False, boost_error=False, mode="byte")
    except ValueError:
        return ()
    return tuple("".join("1" if dark else "0" for dark in row) for row in code.matrix)
