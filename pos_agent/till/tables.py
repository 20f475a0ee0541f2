"""The till's tables: tickets that survive a reload or a kill, receipts, and their numbers."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text, text
from sqlmodel import Field

from pos_agent.db.base import Table


class Ticket(Table, table=True):
    """What a customer at a till buys; one is open per till at any time."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'completed')", "state"),
        Index("uq_ticket_open_till", "till", unique=True, sqlite_where=text("state = 'open'")),
    )
    id: str = Field(primary_key=True)
    till: str
    state: str
    opened_at: str
    completed_at: str | None = None
    currency: str


class TicketLine(Table, table=True):
    """One line, with the price it was shown at; `cases` says how many of its units came as cases."""

    __tablename__ = "ticket_line"
    __table_args__ = (
        ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        CheckConstraint("qty > 0 AND qty <= 1000000", "qty"),
        {"sqlite_with_rowid": False},
    )
    ticket_id: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    sku: str
    gtin: str
    names: str = Field(sa_column=Column(Text, nullable=False))
    unit_minor: int
    per: int
    qty: int
    amount_minor: int
    price_version: int
    unit: str
    is_measured: bool
    cases: str = Field(default="[]", sa_column=Column(Text, nullable=False, server_default="[]"))


class ReceiptCounter(Table, table=True):
    """The last receipt number of a till in an epoch (the store's incarnation)."""

    __tablename__ = "receipt_counter"
    __table_args__ = ({"sqlite_with_rowid": False},)
    till: str = Field(primary_key=True)
    epoch: int = Field(primary_key=True)
    last: int


class Receipt(Table, table=True):
    """A receipt as it was given: a sale at the till, or an order handed over.

    `z_id` is the Z report that counted it: none until the till is closed, and then one for ever.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        CheckConstraint("kind IN ('sale', 'pickup')", "kind"),
        CheckConstraint("(kind = 'sale') = (ticket_id IS NOT NULL)", "ticket"),
        CheckConstraint("(kind = 'pickup') = (order_id IS NOT NULL)", "order"),
        CheckConstraint("given_minor - change_minor = paid_minor", "change"),
        Index("uq_receipt_ticket_id", "ticket_id", unique=True),
        Index("ix_receipt_order_id", "order_id"),
        Index("ix_receipt_uncounted", "till", sqlite_where=text("z_id IS NULL")),
        CheckConstraint("gift_copies >= 0", "gift_copies"),
    )
    number: str = Field(primary_key=True)
    kind: str
    till: str
    ticket_id: str | None = None
    order_id: str | None = None
    at: str
    total_minor: int
    paid_minor: int
    given_minor: int
    change_minor: int
    tender: str
    job_id: str | None = None
    z_id: str | None = None
    gift_copies: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    content: str = Field(sa_column=Column(Text, nullable=False))
