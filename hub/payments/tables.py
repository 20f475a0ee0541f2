"""Tables of the payments area."""

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from hub.db.metadata import Table


class Payment(Table, table=True):
    """Money asked for or taken: online through a provider, or at a counter as a store reported it."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'captured', 'failed', 'refunded')", name="state"),
    )

    id: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    provider: str
    state: str
    minor: int
    currency: str
    reference: str = ""
    at: str
    settled_at: str | None = None


class Capture(Table, table=True):
    """What a provider told of money that it took, once for each of its references, and what came of it.

    `waiting`: its order's store has not told all that happened, so nothing is decided about the money yet.
    `order_id` is None, and `outcome` `unknown` or `mismatch`, where nobody can tell what it is for.
    """

    __tablename__ = "capture"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('paid', 'asked', 'held_again', 'refunded', 'surplus', 'unknown', 'mismatch',"
            " 'waiting')",
            name="outcome",
        ),
        Index("ix_capture_outcome", "outcome"),
        Index("ix_capture_order", "order_id", "at"),
    )

    provider: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    payment_id: str
    order_id: str | None = None
    minor: int
    currency: str
    at: str
    outcome: str
