"""The frame of all tables: their own metadata, and constraint names that migrations can rely on.

The tables (each area's `tables.py`) are the schema's source for migrations; the running agent writes
plain SQL and never imports them.
"""

from typing import Final

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=dict(NAMES)))):
    """What every table of the agent derives from."""


metadata = Table.metadata
