"""Codes that no catalogue knows, how many were counted and not kept, and what this store says codes mean."""

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from pos_agent.db.base import Table


class UnknownCode(Table, table=True):
    """A code that was scanned or typed and stands for nothing here, until a manager looks at it."""

    __tablename__ = "unknown_code"
    __table_args__ = (
        CheckConstraint("how IN ('scanner', 'page')", "how"),
        CheckConstraint("seen > 0", "seen"),
        Index("uq_unknown_code_code", "code", unique=True),
        Index("ix_unknown_code_last_seen", "last_seen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    code: str
    seen: int
    first_seen: str
    last_seen: str
    till: str
    how: str


class UnkeptCodes(Table, table=True):
    """How often codes came that are never kept, since they may be somebody's money or name."""

    __tablename__ = "unkept_codes"
    __table_args__ = (
        CheckConstraint("reason IN ('payment', 'person', 'link', 'member')", "reason"),
        {"sqlite_with_rowid": False},
    )
    reason: str = Field(primary_key=True)
    seen: int
    last_seen: str


class CodeAlias(Table, table=True):
    """What a manager of this store said a code means: goods, and how many units of them."""

    __tablename__ = "code_alias"
    __table_args__ = (
        CheckConstraint("pieces BETWEEN 1 AND 10000", "pieces"),
        Index("uq_code_alias_code", "code", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    code: str
    sku: str
    pieces: int
    at: str
    actor: str
