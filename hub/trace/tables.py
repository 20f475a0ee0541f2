"""Tables of the trace: one narrow row per run of events that came together, one per item that was sent.

Times are milliseconds since 1970 in UTC, because there are many of these rows. They are for people; losing
them loses no fact.
"""

from sqlmodel import Field

from hub.db.metadata import Table


class TraceUp(Table, table=True):
    """Events `first` to `last` of a store, which left and arrived together.

    `first_ms` and `sent_ms` are the store's clock at the first and the latest sending, `skew_ms` how far it
    was ahead of the hub's; `times` 0 where the agent had forgotten how often. `pages` open pages were told
    at `told_ms`. None: the store did not say.
    """

    __tablename__ = "trace_up"
    __table_args__ = ({"sqlite_with_rowid": False},)

    store: str = Field(primary_key=True)
    sinc: int = Field(primary_key=True)
    first: int = Field(primary_key=True)
    last: int
    first_ms: int | None = None
    sent_ms: int | None = None
    times: int | None = None
    skew_ms: int | None = None
    heard_ms: int
    applied_ms: int
    told_ms: int
    pages: int


class TraceDown(Table, table=True):
    """An item at one version: what it said (`what`), when it was given, sent and heard back."""

    __tablename__ = "trace_down"
    __table_args__ = ({"sqlite_with_rowid": False},)

    store: str = Field(primary_key=True)
    hinc: int = Field(primary_key=True)
    ver: int = Field(primary_key=True)
    kind: str
    item: str
    what: str
    given_ms: int
    first_ms: int
    sent_ms: int
    times: int
    heard_ms: int | None = None
