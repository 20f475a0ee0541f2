"""Tables of the backup area."""

from sqlmodel import Field

from hub.db.metadata import Table


class Backup(Table, table=True):
    """A backup that may be put back: until it is forgotten, stores keep what came after it.

    `apps` is a JSON object: per store [incarnation, last event] that the backup has heard.
    """

    __tablename__ = "backup"

    id: int | None = Field(default=None, primary_key=True)
    at: str
    file: str
    bytes: int
    apps: str
