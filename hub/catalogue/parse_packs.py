"""The further barcodes of one row: `6901234567892; 16901234567899*24`. Used by the reader of our own file."""

import re
from collections.abc import Mapping
from typing import Final

from hub.catalogue.pack_codes import MOST_PACKS, MOST_PIECES, PackCode
from hub.catalogue.parse_barcode import parse_barcode
from hub.catalogue.parse_cells import Cells
from hub.catalogue.parse_text import plain_digits, without_text_mark

_BETWEEN: Final = re.compile(r"[;；,，、|\n]+")
_TIMES: Final = re.compile(r"\s*[*×]\s*|(?<=[0-9\s])\s*[xX]\s*")
_WHOLE: Final = re.compile(r"[0-9]{1,6}")
_LONGEST: Final = 64
"""Characters of one code with its units, blanks included: what is longer is none, and is not looked into."""


def read_packs(
    cells: Cells, column: str, taken: Mapping[str, int], own: str | None
) -> tuple[PackCode, ...] | None:
    """The codes of a cell in order; every fault of them is said, and then the row is left out.

    Args:
        cells: the row.
        column: where they stand.
        taken: the row in which each barcode of the file was given already.
        own: the SKU's first barcode, which stands in the same row.

    Returns:
        None where the file has no such column: it says nothing of them.
    """
    if not cells.knows(column):
        return None
    found: dict[str, int] = {}
    entries = _entries(cells.row.raw(column))
    for text in entries[:MOST_PACKS]:
        pack = _pack(cells, column, text)
        if pack is None:
            continue
        if pack.gtin in found or pack.gtin == own:
            cells.error(column, "gtin_twice", value=pack.gtin, first=cells.number)
        elif pack.gtin in taken:
            cells.error(column, "gtin_twice", value=pack.gtin, first=taken[pack.gtin])
        found[pack.gtin] = pack.pieces
    if len(entries) > MOST_PACKS:
        cells.error(column, "too_many_packs", most=MOST_PACKS)
    return tuple(sorted(PackCode(pieces, gtin) for gtin, pieces in found.items()))


def _entries(cell: str) -> list[str]:
    """The parts of a cell, without the marks that spreadsheets leave; empty ones are left out."""
    text = without_text_mark(plain_digits(cell.strip()))
    return [part for part in (part.strip() for part in _BETWEEN.split(text)) if part]


def _pack(cells: Cells, column: str, text: str) -> PackCode | None:
    """One code with its units; one without a number of units is another code of a single unit."""
    number, *factors = _TIMES.split(text) if len(text) <= _LONGEST else (text,)
    barcode = parse_barcode(number)
    if barcode.fault:
        code = f"gtin_{barcode.fault}"
        cells.error(column, code, value=number, length=barcode.length, expected=barcode.expected)
    pieces = _pieces(factors)
    if pieces is None:
        cells.error(column, "pieces_invalid", value=text, most=MOST_PIECES)
    if pieces is None or barcode.gtin is None:
        if not barcode.fault and pieces is not None:
            cells.error(column, "gtin_not_digits", value=text)
        return None
    if barcode.was_padded:
        cells.warn(column, "gtin_padded", value=number, gtin=barcode.gtin)
    return PackCode(pieces, barcode.gtin)


def _pieces(factors: list[str]) -> int | None:
    """The units behind the code, 1 where none are written; None for what is no such number."""
    if not factors:
        return 1
    text = factors[0]
    pieces = int(text) if len(factors) == 1 and _WHOLE.fullmatch(text) else 0
    return pieces if 1 <= pieces <= MOST_PIECES else None
