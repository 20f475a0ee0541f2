"""The devices' tables: openings of the drawer, granted wishes for paper. The print journal brings its own."""

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


class PrintRequest(Table, table=True):
    """A wish for paper that was granted: what it was, as a hash, and the jobs that it became."""

    __tablename__ = "print_request"
    __table_args__ = (
        CheckConstraint("length(id) BETWEEN 8 AND 64", "id"),
        CheckConstraint("length(wish) = 64", "wish"),
        Index("ix_print_request_at", "at"),
        {"sqlite_with_rowid": False},
    )
    id: str = Field(primary_key=True)
    wish: str
    jobs: str
    at: str
