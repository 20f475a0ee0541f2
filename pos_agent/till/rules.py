"""Pure decisions of the till: what to pay, receipt numbers, how a sale beyond the shelf is booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sync.rules.errors import Refused
from sync.rules.facts import Move, MoveLine
from sync.values.clock import from_instant

MOST_LINES: Final = 200
MOST_UNITS_PER_LINE: Final = 1_000_000
WEIGHED: Final = ("g", "ml")
"""Stock units of goods that are weighed or measured out; all others are counted."""


def receipt_epoch(sinc: int, put_back_at: str) -> int:
    """What parts receipts that could get the same count.

    Args:
        sinc: the store's incarnation: a number of its own for each ledger that the hub let begin.
        put_back_at: when the ledger was put back from a backup; empty for one that never was. Receipts that
            were printed after the backup are not in it, so those that follow count under this second.
    """
    return int(from_instant(put_back_at).timestamp()) if put_back_at else sinc


def receipt_number(store: str, till: str, epoch: int, count: int) -> str:
    """store-till-epoch-counter: no epoch comes twice (`receipt_epoch`), so no number does."""
    return f"{store}-{till}-{epoch}-{count:06d}"


def items_of(unit: str, qty: int) -> int:
    """How many items a customer would count on a line: what is weighed is one thing, however heavy."""
    return 1 if unit in WEIGHED else qty


def change_for(total_minor: int, given_minor: int) -> int:
    """The change, minor units.

    Raises:
        Refused: `too_little_given`, with what is missing.
    """
    if given_minor < total_minor:
        missing = total_minor - given_minor
        raise Refused("too_little_given", total_minor=total_minor, missing_minor=missing)
    return given_minor - total_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleFrame:
    """What the movements of one sale share."""

    ref: str
    at: str
    actor: str
    why: str = ""


def sale_moves(lines: Sequence[tuple[str, int]], frame: SaleFrame) -> list[Move]:
    """The movement of a sale, lines as (SKU, units)."""
    moved = tuple(MoveLine(sku=sku, qty=qty, source="floor") for sku, qty in lines)
    return [Move(reason="sale", lines=moved, at=frame.at, ref=frame.ref, actor=frame.actor)]


def overridden_moves(
    lines: Sequence[tuple[str, int]], free: Mapping[str, int], frame: SaleFrame
) -> list[Move]:
    """A sale beyond the floor's units: what is free is sold, the rest is a recorded decision.

    Args:
        lines: (SKU, units), each SKU once.
        free: what the floor may sell of each SKU; below zero counts as none.
        frame: what the movements share.
    """
    within = [(sku, min(qty, max(0, free[sku]))) for sku, qty in lines]
    beyond = [(sku, qty - sold) for (sku, qty), (_sku, sold) in zip(lines, within, strict=True)]
    sold = tuple(MoveLine(sku=sku, qty=qty, source="floor") for sku, qty in within if qty)
    forced = tuple(MoveLine(sku=sku, qty=qty, source="floor") for sku, qty in beyond if qty)
    moves = []
    if sold:
        moves.append(Move(reason="sale", lines=sold, at=frame.at, ref=frame.ref, actor=frame.actor))
    if forced:
        moves.append(
            Move(
                reason="override",
                lines=forced,
                at=frame.at,
                ref=frame.ref,
                actor=frame.actor,
                why=frame.why,
            )
        )
    return moves
