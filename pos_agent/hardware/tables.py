"""The devices' table: each time the cash drawer was told to open. The print journal brings its own."""

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from pos_agent.db.base import Table


class DrawerOpening(Table, table=True):
    """Who had the drawer opened, why, and whether the pulse left; never repeated, never deleted."""

    __tablename__ = "drawer_opening"
    __table_args__ = (
        CheckConstraint("cause IN ('cash', 'no_sale')", "cause"),
        CheckConstraint("outcome IN ('asked', 'sent', 'failed')", "outcome"),
        CheckConstraint("length(reason) <= 200", "reason"),
        Index("uq_drawer_opening_receipt", "receipt", unique=True, sqlite_where=text("receipt <> ''")),
    )
    id: int | None = Field(default=None, primary_key=True)
    at: str
    till: str
    actor: str
    cause: str
    reason: str
    receipt: str
    printer: str
    outcome: str
