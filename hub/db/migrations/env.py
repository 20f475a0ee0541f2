"""Alembic's entry: runs migrations on the connection that `migrate` hands over."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from hub.db.schema import whole_schema


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """SQLModel's text type is SQLAlchemy's String: migrations name only the latter."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=whole_schema(),
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
