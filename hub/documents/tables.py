"""Tables of the documents area."""

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from hub.db.metadata import ZERO, Table

EMPTY = {"server_default": ""}


class Document(Table, table=True):
    """What one store is asked to book, or booked by itself (`origin` store).

    `rev` is the newest revision given, `booked_rev` the one that the store booked in incarnation `sinc`.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint(
            "task IN ('opening', 'receiving', 'transfer_out', 'transfer_in', 'count', 'adjust')",
            name="task",
        ),
        CheckConstraint("state IN ('asked', 'received', 'booked', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("origin IN ('hq', 'store')", name="origin"),
        Index("ix_document_store", "store", "state", "given_at"),
        Index("ix_document_given_at", "given_at", "id"),
        Index("ix_document_transfer", "transfer"),
    )

    id: str = Field(primary_key=True)
    number: str
    task: str
    store: str
    rev: int
    state: str
    origin: str
    transfer: str = Field(default="", sa_column_kwargs=EMPTY)
    partner: str = Field(default="", sa_column_kwargs=EMPTY)
    note: str = Field(default="", sa_column_kwargs=EMPTY)
    given_at: str
    given_by: str = Field(default="", sa_column_kwargs=EMPTY)
    withdraw_asked_at: str | None = None
    received_at: str | None = None
    ended_at: str | None = None
    ended_by: str = Field(default="", sa_column_kwargs=EMPTY)
    why: str = Field(default="", sa_column_kwargs=EMPTY)
    booked_rev: int = Field(default=0, sa_column_kwargs=ZERO)
    sinc: int = Field(default=0, sa_column_kwargs=ZERO)


class DocumentLine(Table, table=True):
    """A SKU's bucket on a document: `qty` as given, `asked` and `found` as the store booked it."""

    __tablename__ = "document_line"
    __table_args__ = ({"sqlite_with_rowid": False},)

    document: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)
    bucket: str = Field(primary_key=True)
    place: int
    qty: int
    asked: int | None = None
    found: int | None = None


class DocumentHistory(Table, table=True):
    """What was done to a document, by HQ and in the store; only ever added to.

    `at` is when it happened by the clock there, `heard_at` when the hub wrote it; `told` its lines (JSON).
    """

    __tablename__ = "document_history"

    id: int | None = Field(default=None, primary_key=True)
    document: str = Field(index=True)
    kind: str
    rev: int
    at: str
    heard_at: str
    by: str = Field(default="", sa_column_kwargs=EMPTY)
    why: str = Field(default="", sa_column_kwargs=EMPTY)
    told: str = Field(default="[]", sa_column_kwargs={"server_default": "[]"})


class Transfer(Table, table=True):
    """Goods from one store to another; `target` is empty where the hub has lost it. `state` is derived."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'ready', 'in_transit', 'partly_received', 'received', 'cancelled',"
            " 'discrepancy_closed')",
            name="state",
        ),
        Index("ix_transfer_state", "state"),
    )

    id: str = Field(primary_key=True)
    number: str
    source: str
    target: str
    state: str
    note: str = Field(default="", sa_column_kwargs=EMPTY)
    closed_at: str | None = None
    closed_by: str = Field(default="", sa_column_kwargs=EMPTY)
    closed_why: str = Field(default="", sa_column_kwargs=EMPTY)


class TransferClosed(Table, table=True):
    """Units of a transfer that HQ closed as a difference; negative where more came than was sent."""

    __tablename__ = "transfer_closed"
    __table_args__ = ({"sqlite_with_rowid": False},)

    transfer: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)
    bucket: str = Field(primary_key=True)
    qty: int
