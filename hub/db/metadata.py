"""The base of the hub's tables: its own registry, and constraint names that migrations can rely on."""

from typing import Final

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=dict(NAMES)))):
    """What every table of the hub derives from."""


metadata = Table.metadata

ZERO = {"server_default": "0"}
"""Column arguments: a row that does not name the column holds zero."""
