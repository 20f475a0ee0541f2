"""What the hub told, as the till reads it: products with barcodes, settings, and pages under way."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text
from sqlmodel import Field

from pos_agent.db.base import Table


class Product(Table, table=True):
    """A product as the till sells it; never deleted, only switched off."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("status IN ('on', 'off')", "status"),
        CheckConstraint("price_minor IS NULL OR price_minor >= 0", "price"),
        CheckConstraint("per > 0", "per"),
    )
    sku: str = Field(primary_key=True)
    version: int
    names: str = Field(sa_column=Column(Text, nullable=False))
    search: str = Field(sa_column=Column(Text, nullable=False))
    price_minor: int | None = None
    per: int
    currency: str
    unit: str
    status: str
    shelf: str
    category: str
    image: str


class PriceChange(Table, table=True):
    """A shelf label that tells an old price: what it says, since when, and the label that was printed anew.

    `has_other`: a label with yet another price was printed since, so nobody knows which one hangs.
    """

    __tablename__ = "price_change"
    __table_args__ = (
        ForeignKeyConstraint(["sku"], ["product.sku"]),
        CheckConstraint("old_minor >= 0 AND old_per > 0", "old"),
        Index("ix_price_change_job_id", "job_id"),
    )
    sku: str = Field(primary_key=True)
    old_minor: int
    old_per: int
    old_currency: str
    old_unit: str
    since: str
    has_other: bool
    job_id: str | None = None


class Gtin(Table, table=True):
    """A barcode number, the product it stands on, and the stock units of one scan (a case holds several).

    `place` is its place among the product's numbers: the first of one unit is the one that is shown.
    """

    __tablename__ = "gtin"
    __table_args__ = (
        ForeignKeyConstraint(["sku"], ["product.sku"]),
        CheckConstraint("pieces BETWEEN 1 AND 9999", "pieces"),
        Index("ix_gtin_sku", "sku"),
        {"sqlite_with_rowid": False},
    )
    gtin: str = Field(primary_key=True)
    sku: str
    pieces: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    place: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Setting(Table, table=True):
    """One entry of the store's own series: settings, a member of staff, a key."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True)
    version: int
    body: str = Field(sa_column=Column(Text, nullable=False))


class Series(Table, table=True):
    """How far each series is known, and how far the run of pages under way has come."""

    __tablename__ = "series"
    __table_args__ = (CheckConstraint("name IN ('catalog', 'store')", "name"),)
    name: str = Field(primary_key=True)
    hinc: int
    version: int
    run_hinc: int
    run_since: int
    run_to: int


class StagedEntry(Table, table=True):
    """An entry of a run that is not whole yet; a newer one of the same key takes its place."""

    __tablename__ = "staged_entry"
    __table_args__ = ({"sqlite_with_rowid": False},)
    name: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    version: int
    body: str = Field(sa_column=Column(Text, nullable=False))
