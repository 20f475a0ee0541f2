"""Browsers that may open the pages over the network; the key is a hash: a copy of it opens nothing."""

from sqlmodel import Field

from pos_agent.db.base import Table


class PairedBrowser(Table, table=True):
    """One browser: a phone, or another till's machine."""

    __tablename__ = "paired_browser"
    id: str = Field(primary_key=True)
    key: str = Field(unique=True)
    name: str
    till: str
    paired_by: str
    paired_at: str
    seen_at: str
