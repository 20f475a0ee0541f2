"""The reports' table: each closing of a till, as it was printed."""

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field

from pos_agent.db.base import Table


class ZReport(Table, table=True):
    """A closed stretch of a till's sales; never changed but for its paper, never deleted.

    `request` names the wish it answered, so that a wish told twice closes once; `drawer_through` is the last
    opening of the drawer that it counted.
    """

    __tablename__ = "z_report"
    __table_args__ = (
        CheckConstraint("count > 0", "count"),
        CheckConstraint("receipts >= 0", "receipts"),
        Index("uq_z_report_till_epoch_count", "till", "epoch", "count", unique=True),
        Index("uq_z_report_request", "request", unique=True),
    )
    id: str = Field(primary_key=True)
    till: str
    epoch: int
    count: int
    request: str
    at: str
    actor: str
    receipts: int
    drawer_through: int
    job_id: str | None = None
    content: str = Field(sa_column=Column(Text, nullable=False))
