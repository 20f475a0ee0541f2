"""Tables of the staff area."""

from sqlmodel import Field

from hub.db.metadata import Table


class Staff(Table, table=True):
    """A person of the chain. `pin_hash` opens tills of `store`, `password_hash` the hub's pages."""

    __tablename__ = "staff"

    login: str = Field(primary_key=True)
    names: str
    role: str
    store: str | None = Field(default=None, index=True)
    password_hash: str | None = None
    pin_hash: str | None = None
    active: int = 1


class WebSession(Table, table=True):
    """A signed-in browser or machine; the id is kept hashed."""

    __tablename__ = "web_session"

    key: str = Field(primary_key=True)
    subject: str = Field(index=True)
    data: str
    expires_at: str = Field(index=True)
