"""The schema of the hub's database, made once per run."""

from tests.unit.hub.stock.fixtures import schema

__all__ = ["schema"]
