"""The counter's own table: where picked orders lie, and how often their bags' labels were printed."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from pos_agent.db.base import Table


class BagLabel(Table, table=True):
    """The bags of an order: their place as the clerk calls it, how many, who printed their labels last."""

    __tablename__ = "bag_label"
    __table_args__ = (
        CheckConstraint("bags BETWEEN 1 AND 9", "bags"),
        CheckConstraint("length(place) <= 12", "place"),
        CheckConstraint("prints > 0", "prints"),
    )
    order_id: str = Field(primary_key=True)
    place: str
    bags: int
    prints: int
    at: str
    actor: str
