"""Tables of the orders area. Personal data stands in one table of its own."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from hub.db.metadata import Table


class Order(Table, table=True):
    """An order. `stage` and `payment` are two axes that never mix; line counters are the stored truth.

    `prepaid_minor`: what its store is asked not to take at the counter, because it was paid online;
    `prepaid_at`: when the store granted it. `loss_minor`: what was given back although the goods are, or may
    be, handed over.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("total_minor >= 0", name="total"),
        CheckConstraint("prepaid_minor >= 0 AND loss_minor >= 0", name="money"),
        CheckConstraint("pay IN ('counter', 'sandbox')", name="pay"),
        CheckConstraint(
            "stage IN ('unpaid', 'pending_store', 'accepted', 'picking', 'ready', 'collected',"
            " 'short', 'cancelled', 'expired')",
            name="stage",
        ),
        CheckConstraint("payment IN ('unpaid', 'pending', 'paid', 'refund_due', 'refunded')", name="payment"),
        UniqueConstraint("number"),
        UniqueConstraint("token"),
        Index("ix_orders_store_stage", "store", "stage"),
        Index("ix_orders_code", "store", "code_hash"),
        Index("ix_orders_lapses", "stage", "lapses_at", sqlite_where=text("lapses_at IS NOT NULL")),
    )

    id: str = Field(primary_key=True)
    number: str
    token: str
    store: str
    sinc: int
    stage: str
    payment: str
    pay: str
    total_minor: int
    currency: str
    locale: str
    code: str
    code_hash: str
    placed_at: str
    ready_by: str
    expires_at: str
    lapses_at: str | None = None
    accepted_at: str | None = None
    ready_at: str | None = None
    closed_at: str | None = None
    cancel_asked_at: str | None = None
    closed_why: str = Field(default="", sa_column_kwargs={"server_default": ""})
    paid_minor: int = 0
    price_version: int = 0
    prepaid_minor: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    prepaid_at: str | None = None
    loss_minor: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class ForcedRefund(Table, table=True):
    """Money that HQ gave back before the store had answered: who, when, why. Never changed."""

    __tablename__ = "forced_refund"

    id: int | None = Field(default=None, primary_key=True)
    order_id: str = Field(index=True)
    minor: int
    at: str
    by: str
    reason: str


class OrderLine(Table, table=True):
    """One line as it was bought: names and price of that moment."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("qty > 0 AND amount_minor >= 0", name="amounts"),
        {"sqlite_with_rowid": False},
    )

    order_id: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    sku: str
    names: str
    gtin: str
    image: str
    qty: int
    unit_minor: int
    per: int
    amount_minor: int


class OrderContact(Table, table=True):
    """Who collects: the only table of this area with personal data."""

    __tablename__ = "order_contact"

    order_id: str = Field(primary_key=True)
    name: str
    phone: str
    phone_tail: str = Field(index=True)


class IdempotencyKey(Table, table=True):
    """What was answered to a call with a key: the same call gets the same answer."""

    __tablename__ = "idempotency_key"

    key: str = Field(primary_key=True)
    request_hash: str
    answer: str
    at: str = Field(index=True)
