"""Tables of the payments area."""

from sqlalchemy import CheckConstraint
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
