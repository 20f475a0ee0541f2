"""Tables of the monitor area."""

from sqlmodel import Field

from hub.db.metadata import Table


class StoreHealth(Table, table=True):
    """The last that was heard of a store: presence and health as it told them."""

    __tablename__ = "store_health"

    store: str = Field(primary_key=True)
    state: str = "unknown"
    since: str = ""
    seen_at: str = ""
    health: str = "{}"
