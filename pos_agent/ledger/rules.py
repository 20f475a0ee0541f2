"""Pure decisions of the ledger's area: what a receiving document is, and its fingerprint."""

from hashlib import blake2b
from typing import Literal

from sync.rules.canonical import canonical
from sync.rules.errors import Refused
from sync.rules.facts import Move, MoveLine
from sync.values.bounds import MOST_UNITS

DocumentReason = Literal["opening", "receive"]
MOST_DOCUMENT_LINES = 20_000
LINES_PER_MOVE = 200


def merged(lines: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The units per SKU, in the order of first appearance.

    Raises:
        Refused: `empty_document`, `document_too_long`, or `too_many_units` with the SKU and the line (the
            first is 1) whose units are more than one movement can carry.
    """
    if not lines:
        raise Refused("empty_document")
    if len(lines) > MOST_DOCUMENT_LINES:
        raise Refused("document_too_long", lines=len(lines), most=MOST_DOCUMENT_LINES)
    units: dict[str, int] = {}
    for number, (sku, qty) in enumerate(lines, start=1):
        units[sku] = units.get(sku, 0) + qty
        if units[sku] > MOST_UNITS:
            raise Refused("too_many_units", sku=sku, line=number, most=MOST_UNITS)
    return list(units.items())


def document_fingerprint(reason: DocumentReason, lines: list[tuple[str, int]]) -> str:
    """What makes two documents of one reference the same: reason and units per SKU."""
    content = {"reason": reason, "lines": sorted([sku, qty] for sku, qty in lines)}
    return blake2b(canonical(content), digest_size=16).hexdigest()


def receiving_moves(
    reason: DocumentReason, ref: str, lines: list[tuple[str, int]], at: str, actor: str
) -> list[Move]:
    """The movements of a document: goods come in from outside, at most LINES_PER_MOVE in one."""
    moves = [MoveLine(sku=sku, qty=qty, target="floor") for sku, qty in lines]
    chunks = [moves[i : i + LINES_PER_MOVE] for i in range(0, len(moves), LINES_PER_MOVE)]
    return [Move(reason=reason, lines=tuple(chunk), at=at, ref=ref, actor=actor) for chunk in chunks]


def epoch_of(receipt: str) -> int | None:
    """The epoch in a receipt's number (store-till-epoch-counter); None where it has none."""
    parts = receipt.rsplit("-", 2)
    return int(parts[1]) if len(parts) == 3 and parts[1].isascii() and parts[1].isdigit() else None
