"""A hub on a real database file for these tests."""

from tests.unit.hub.stock.fixtures import clock, hub, schema

__all__ = ["clock", "hub", "schema"]
