"""The hub's kernel and HQ's pages for these tests."""

from tests.unit.hub.stores.running_hub import clock, empty_database, kernel
from tests.unit.hub.stores.running_pages import app, browser, hq, monitor, nobody

__all__ = ["app", "browser", "clock", "empty_database", "hq", "kernel", "monitor", "nobody"]
