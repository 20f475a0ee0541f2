"""Tables of the stores area."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from hub.db.metadata import ZERO, Table


class Store(Table, table=True):
    """A store. JSON columns hold objects keyed by locale (`names`, `address`) or weekday (`hours`)."""

    __tablename__ = "store"

    id: str = Field(primary_key=True, max_length=32)
    names: str
    address: str
    phone: str = ""
    tz: str
    locale: str
    currency: str
    hours: str
    settings: str
    position: int = 0
    entry_ver: int = 0


class StoreEntry(Table, table=True):
    """One versioned entry of what a store is told of itself: settings, staff, keys."""

    __tablename__ = "store_entry"
    __table_args__ = (UniqueConstraint("store", "version"),)

    store: str = Field(primary_key=True, foreign_key="store.id")
    key: str = Field(primary_key=True)
    version: int
    body: str


class StoreStream(Table, table=True):
    """Where the hub stands with a store (see `sync.rules.books.HubPosition`).

    The secret is kept as the broker's hash only; `rebuild_hash` is the SHA-256 of the token with which a
    new agent may read what it takes over.
    """

    __tablename__ = "store_stream"
    __table_args__ = (
        CheckConstraint("app >= 0 AND ver >= heard AND heard >= 0", name="positions"),
        CheckConstraint("state IN ('whole', 'replaying', 'rebuilding')", name="state"),
    )

    store: str = Field(primary_key=True, foreign_key="store.id")
    sinc: int = 0
    app: int = 0
    chain: str
    ver: int = 0
    heard: int = 0
    state: str = Field(default="whole", sa_column_kwargs={"server_default": "whole"})
    stopped: int = Field(default=0, sa_column_kwargs=ZERO)
    doubt: int = Field(default=0, sa_column_kwargs=ZERO)
    mirror_sinc: int = Field(default=0, sa_column_kwargs=ZERO)
    mirror_seq: int = Field(default=0, sa_column_kwargs=ZERO)
    stable: int = Field(default=0, sa_column_kwargs=ZERO)
    rebuild_hash: str | None = None
    secret_hash: str | None = None
    enrolled_at: str | None = None
    last_event_at: str | None = None


class EnrolmentCode(Table, table=True):
    """A one-time code with which an agent becomes a store; kept hashed."""

    __tablename__ = "enrolment_code"

    code_hash: str = Field(primary_key=True)
    store: str = Field(foreign_key="store.id", index=True)
    made_at: str
    expires_at: str
    made_by: str
    used_at: str | None = None
