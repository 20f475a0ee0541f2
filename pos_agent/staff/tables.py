"""Signed-in browsers and machines; the key is a hash, so a copy of the database opens nothing."""

from sqlalchemy import Column, Text
from sqlmodel import Field

from pos_agent.db.base import Table


class Session(Table, table=True):
    """One session: a browser's cookie, or a machine's token."""

    __tablename__ = "session"
    key: str = Field(primary_key=True)
    subject: str
    created_at: str
    expires_at: str
    seen_at: str
    data: str = Field(sa_column=Column(Text, nullable=False))
