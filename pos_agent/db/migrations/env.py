"""Alembic's entry: always on the connection that `pos_agent.db.migrate` hands over."""

from typing import Any

from alembic import context

from pos_agent.db.models import metadata

JOURNAL = {"print_job"}
"""The print journal's table is the devices' own; its migration creates it by their statements."""


def include(name: str | None, kind: str, parents: Any) -> bool:
    """Compare every table but the journal's."""
    del parents
    return not (kind == "table" and name in JOURNAL)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    include_name=include,
)
with context.begin_transaction():
    context.run_migrations()
