"""The shop for these tests."""

from tests.unit.hub.shop_web.shop_fixtures import client, shop_database, world

__all__ = ["client", "shop_database", "world"]
