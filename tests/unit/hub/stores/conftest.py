"""The hub's kernel for these tests."""

from tests.unit.hub.stores.running_hub import clock, empty_database, kernel

__all__ = ["clock", "empty_database", "kernel"]
