"""Tables of the stock area: rights, hold lines, and the two streams' durable halves."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from hub.db.metadata import ZERO, Table


class Stock(Table, table=True):
    """A SKU at a store: the mirror of the store's counters, and what the hub returned and promised."""

    __tablename__ = "stock"
    __table_args__ = (
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
    taken: int = Field(default=0, sa_column_kwargs=ZERO)
    floor_request: str = ""


class HoldLine(Table, table=True):
    """Units of one order line held at a store."""

    __tablename__ = "hold_line"
    __table_args__ = (
        CheckConstraint("qty > 0 AND done >= 0 AND short >= 0 AND released >= 0", name="counters"),
        CheckConstraint("done + short + released <= qty", name="sum"),
        Index("ix_hold_line_store_sku", "store", "sku"),
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
    staged: int = Field(default=0, sa_column_kwargs=ZERO)
    ready: int = Field(default=0, sa_column_kwargs=ZERO)
    victim: int = Field(default=0, sa_column_kwargs=ZERO)


class Request(Table, table=True):
    """What a store still has to hear, or has heard: one row per kind and key, at its newest version.

    `at` is when that version was given, for people who follow an item.
    """

    __tablename__ = "request"
    __table_args__ = (UniqueConstraint("store", "ver"), {"sqlite_with_rowid": False})

    store: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    ver: int
    raw: str
    at: str = Field(default="", sa_column_kwargs={"server_default": ""})


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


class EventSubject(Table, table=True):
    """What an event names: an order's id, or the number of a paper. Finds the events of either."""

    __tablename__ = "event_subject"
    __table_args__ = ({"sqlite_with_rowid": False},)

    subject: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    sinc: int = Field(primary_key=True)
    seq: int = Field(primary_key=True)


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


class Movement(Table, table=True):
    """Units that an applied event moved, or granted: what answers "why is it 47". Only ever added to.

    A grant's `qty` is the cumulative number; its `source` and `target` are both empty.
    """

    __tablename__ = "movement"
    __table_args__ = ({"sqlite_with_rowid": False},)

    store: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)
    sinc: int = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    qty: int
    source: str
    target: str
    reason: str
    ref: str
    actor: str
    at: str


class Trouble(Table, table=True):
    """A business exception: facts that disagree with plans, for a person to resolve.

    `subject` says what it is about: while one of a kind is not resolved, another about the same subject of
    the same store is counted (`times`, `last_at`) and not opened.
    """

    __tablename__ = "trouble"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'assigned', 'resolved')", name="state"),
        Index(
            "uq_trouble_subject",
            "store",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state <> 'resolved' AND subject <> ''"),
        ),
        Index("ix_trouble_state", "state", "id"),
        Index("ix_trouble_resolved_at", "resolved_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    store: str = Field(index=True)
    facts: str
    state: str = "open"
    raised_at: str
    subject: str = Field(default="", sa_column_kwargs={"server_default": ""})
    times: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    last_at: str = Field(default="", sa_column_kwargs={"server_default": ""})
    owner: str = Field(default="", sa_column_kwargs={"server_default": ""})
    action: str = Field(default="", sa_column_kwargs={"server_default": ""})
    resolved_at: str | None = None
    resolved_by: str | None = None
    note: str = ""


class TroubleChange(Table, table=True):
    """What somebody did to a trouble: state and owner before and after."""

    __tablename__ = "trouble_change"

    id: int | None = Field(default=None, primary_key=True)
    trouble: int = Field(index=True)
    at: str
    by: str
    state_before: str
    owner_before: str
    state_after: str
    owner_after: str
    action: str = ""
    note: str = ""


class StoreDigest(Table, table=True):
    """The latest comparison of a store's digest with its mirror, and whether another is asked for.

    `checked_at` is empty before the first. `differ` counts the buckets that differed, `buckets` names them
    (JSON); `rows` are SKUs of them with both sides' numbers (JSON), `beyond` counts those not kept.
    """

    __tablename__ = "store_digest"

    store: str = Field(primary_key=True)
    sinc: int = 0
    seq: int = 0
    checked_at: str = ""
    differ: int = 0
    buckets: str = "[]"
    rows: str = "[]"
    beyond: int = 0
    asked_at: str = ""
    asked_by: str = ""


class SelfCheck(Table, table=True):
    """One verification of the hub's own books: asked for by a person, or the night's (`by` empty)."""

    __tablename__ = "self_check"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'running', 'done', 'cut')", name="state"),)

    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(index=True)
    by: str
    state: str
    asked_at: str
    finished_at: str = ""
    took_ms: int = 0
    counted: str = "{}"
    findings: int = 0
    told: str = "[]"
