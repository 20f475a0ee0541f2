"""Tables of the stock area: rights, hold lines, and the two streams' durable halves."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from hub.db.metadata import Table


class Stock(Table, table=True):
    """A SKU at a store: the mirror of the store's counters, and what the hub returned and promised."""

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("granted - returned - promised >= 0", name="available"),
        CheckConstraint("granted >= 0 AND settled >= 0 AND returned >= 0 AND promised >= 0", name="counters"),
        Index("ix_stock_sku", "sku"),
        {"sqlite_with_rowid": False},
    )

    store: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)
    floor: int = 0
    staged: int = 0
    damaged: int = 0
    granted: int = 0
    settled: int = 0
    returned: int = 0
    promised: int = 0
    floor_request: str = ""


class HoldLine(Table, table=True):
    """Units of one order line held at a store."""

    __tablename__ = "hold_line"
    __table_args__ = (
        CheckConstraint("qty > 0 AND done >= 0 AND short >= 0 AND released >= 0", name="counters"),
        CheckConstraint("done + short + released <= qty", name="sum"),
        {"sqlite_with_rowid": False},
    )

    order_id: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    store: str
    sku: str
    qty: int
    done: int = 0
    short: int = 0
    released: int = 0
    dispatched: int = 0


class Request(Table, table=True):
    """What a store still has to hear, or has heard: one row per kind and key, at its newest version."""

    __tablename__ = "request"
    __table_args__ = (UniqueConstraint("store", "ver"), {"sqlite_with_rowid": False})

    store: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    ver: int
    raw: str


class Event(Table, table=True):
    """A store's event as it came, with the chain after it."""

    __tablename__ = "event"
    __table_args__ = ({"sqlite_with_rowid": False},)

    store: str = Field(primary_key=True)
    sinc: int = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    kind: str
    raw: str
    chain: str
    at: str


class DeadLetter(Table, table=True):
    """An event that could never be booked, with the reason; a person decides."""

    __tablename__ = "dead_letter"

    id: int | None = Field(default=None, primary_key=True)
    store: str = Field(index=True)
    sinc: int
    seq: int
    code: str
    raw: str
    at: str


class Trouble(Table, table=True):
    """A business exception: facts that disagree with plans, for a person to resolve."""

    __tablename__ = "trouble"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    store: str = Field(index=True)
    facts: str
    state: str = "open"
    raised_at: str
    resolved_at: str | None = None
    resolved_by: str | None = None
    note: str = ""
