"""Further barcodes of a SKU, each with the stock units that one scan stands for. Values; nothing is read.

A case of 24 has a number of its own (GS1 General Specifications 2.1.3: GTIN-14 with an indicator digit, or a
GTIN-13), and the same goods keep their old number while old packs lie on the shelves: 24 units, and 1.
"""

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

MOST_PIECES: Final = 9_999
"""The most units that one code may stand for: what is above was a typing mistake."""
MOST_PACKS: Final = 20
"""The most further barcodes of one SKU."""


class PackCode(NamedTuple):
    """A further barcode. The smallest packs come first, so that equal codes make equal content.

    Attributes:
        pieces: stock units of one scan, 1 to MOST_PIECES.
        gtin: the normalised number of 8, 13 or 14 digits.
    """

    pieces: int
    gtin: str


def packs_from(text: str | None) -> tuple[PackCode, ...]:
    """The codes that a query gathered as JSON pairs `[gtin, pieces]`, in their order."""
    return tuple(sorted(PackCode(int(pieces), str(gtin)) for gtin, pieces in json.loads(text or "[]")))


def written_packs(packs: Iterable[PackCode]) -> str:
    """The codes as a cell of our own product file, read back from it: `6901234567892; 16901234567899*24`."""
    return "; ".join(pack.gtin if pack.pieces == 1 else f"{pack.gtin}*{pack.pieces}" for pack in packs)
