"""The ledger's tables: position, balances, holds, the log and its movements."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, Text, text
from sqlmodel import Field

from pos_agent.db.base import Table


class Position(Table, table=True):
    """Where this agent stands; one row.

    `put_back_at`: when this ledger was put back from a backup; empty where it never was.
    """

    __tablename__ = "position"
    __table_args__ = (
        CheckConstraint("id = 1", "one_row"),
        CheckConstraint("seq >= 0 AND heard >= 0 AND heard <= seq AND dver >= 0", "counters"),
        CheckConstraint("length(chain) = 16", "chain"),
    )
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    store: str
    sinc: int
    hinc: int
    seq: int
    chain: str
    heard: int
    dver: int
    fenced: int
    stable: int
    put_back_at: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Stock(Table, table=True):
    """One SKU's balances; a bucket may be negative by a recorded override only.

    `frozen`: told after a loss, neither counted nor accepted yet.
    """

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("granted >= 0 AND returned >= 0 AND settled >= 0 AND open >= 0", "counters"),
        CheckConstraint("returned <= granted", "rights"),
    )
    sku: str = Field(primary_key=True)
    floor: int
    staged: int
    damaged: int
    granted: int
    returned: int
    settled: int
    open: int
    frozen: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Hold(Table, table=True):
    """An online order at this store; never forgotten, its body may go.

    `unsure`: told after a loss, nobody has looked yet what became of it. `prepaid_minor`: what the counter
    does not take, because it was paid online after the order was sent here.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("stage IN ('received', 'picking', 'ready', 'closed')", "stage"),
        CheckConstraint("prepaid_minor >= 0", "prepaid"),
        Index("ix_hold_code_hash", "code_hash"),
        Index("ix_hold_stage_expires_at", "stage", "expires_at"),
        # closed orders stay for ever: what is asked of them must not read them all
        Index("ix_hold_told_of", "stage", "closed_at", sqlite_where=text("body IS NOT NULL")),
    )
    order_id: str = Field(primary_key=True)
    stage: str
    code_hash: str
    expires_at: str
    closed_at: str
    closed_by: str
    unsure: int
    prepaid_minor: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    body: str | None = Field(default=None, sa_column=Column(Text))


class HoldLine(Table, table=True):
    """One line's counters; they only rise and never exceed the quantity."""

    __tablename__ = "hold_line"
    __table_args__ = (
        ForeignKeyConstraint(["order_id"], ["hold.order_id"]),
        CheckConstraint("qty > 0 AND done >= 0 AND short >= 0 AND released >= 0 AND staged >= 0", "counters"),
        CheckConstraint("done + short + released <= qty", "sum"),
        Index("ix_hold_line_sku", "sku"),
        Index("ix_hold_line_staged", "order_id", sqlite_where=text("staged > 0")),
        {"sqlite_with_rowid": False},
    )
    order_id: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    sku: str
    qty: int
    done: int
    short: int
    released: int
    staged: int


class StoreDocument(Table, table=True):
    """What the headquarters ask, or the store counts by itself; an ended one is kept for ever, without body.

    `found` are the findings so far as JSON.
    """

    __tablename__ = "store_document"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'booked', 'refused', 'withdrawn')", "state"),
        CheckConstraint("(state = 'open') = (body IS NOT NULL)", "body"),
        Index("ix_store_document_open", "id", sqlite_where=text("state = 'open'")),
    )
    id: str = Field(primary_key=True)
    rev: int
    state: str
    number: str
    is_own: int
    ended_at: str
    ended_by: str
    why: str
    found: str = Field(sa_column=Column(Text, nullable=False))
    body: str | None = Field(default=None, sa_column=Column(Text))


class LookNow(Table, table=True):
    """Units of a hold line that are to be looked for, since when; gone once they are answered."""

    __tablename__ = "look_now"
    __table_args__ = ({"sqlite_with_rowid": False},)
    order_id: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    since: str


class Event(Table, table=True):
    """The log: one row per fact, gapless, each with the chain after it."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("seq > 0", "seq"), CheckConstraint("length(chain) = 16", "chain"))
    seq: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    chain: str
    at: str
    raw: str = Field(sa_column=Column(Text, nullable=False))
    rejected: str | None = None


class Movement(Table, table=True):
    """The units that an event moved: what answers "why is it 47"."""

    __tablename__ = "movement"
    __table_args__ = (
        CheckConstraint("qty > 0", "qty"),
        CheckConstraint("source <> target", "somewhere"),
        Index("ix_movement_sku_seq", "sku", "seq"),
        {"sqlite_with_rowid": False},
    )
    seq: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    sku: str
    qty: int
    source: str
    target: str
    reason: str
    ref: str
    actor: str
    at: str


class DemandRow(Table, table=True):
    """What customers wanted of a SKU: counters that forget (`sync.rules.demand.Demand`)."""

    __tablename__ = "demand"
    __table_args__ = (
        CheckConstraint("days >= 0 AND till >= 0 AND online >= 0", "counters"),
        {"sqlite_with_rowid": False},
    )
    sku: str = Field(primary_key=True)
    day: int
    days: int
    till: int
    online: int


class HabitsRow(Table, table=True):
    """The store's hours and outages (`sync.rules.demand.Habits`) as JSON; one row."""

    __tablename__ = "habits"
    __table_args__ = (CheckConstraint("id = 1", "one_row"),)
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    body: str = Field(sa_column=Column(Text, nullable=False))


class SelfCheck(Table, table=True):
    """A night's check of the books; `finished_at` is empty while it runs, and for one that was cut."""

    __tablename__ = "self_check"
    id: int = Field(sa_column=Column(Integer, primary_key=True))
    day: str = Field(index=True)
    began_at: str
    finished_at: str
    took_ms: int
    counted: str
    findings: int
    told: str


class Document(Table, table=True):
    """A receiving or opening document that was booked; its reference counts once."""

    __tablename__ = "document"
    __table_args__ = (CheckConstraint("reason IN ('opening', 'receive')", "reason"),)
    ref: str = Field(primary_key=True)
    reason: str
    fingerprint: str
    seq: int
    at: str
    actor: str
