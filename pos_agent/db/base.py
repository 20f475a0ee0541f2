"""The frame of all tables: one metadata with a naming convention, so that migrations can name constraints.

The tables (each area's `tables.py`) are the schema's source for migrations and for verification tools;
the running agent writes plain SQL and never imports them.
"""

from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SQLModel.metadata.naming_convention = NAMES
metadata = SQLModel.metadata


class Table(SQLModel):
    """Base class of the agent's tables."""
