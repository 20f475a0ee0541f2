"""All tables of the hub in one metadata: for migrations and tests, never for the running program."""

import importlib
from pathlib import Path

from sqlalchemy import MetaData

from hub.db.metadata import metadata


def whole_schema() -> MetaData:
    """The metadata with every area's tables declared."""
    root = Path(__file__).resolve().parents[1]
    for tables in sorted(root.glob("*/tables.py")):
        importlib.import_module(f"hub.{tables.parent.name}.tables")
    return metadata
