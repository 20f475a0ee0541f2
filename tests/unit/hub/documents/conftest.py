"""A hub on a real database file for these tests, with two stores that have agents."""

import pytest_asyncio

from tests.unit.hub.documents.acts import Acts
from tests.unit.hub.stock.fixtures import clock, hub, schema
from tests.unit.hub.stock.small_chain import SmallHub, enrol, hear

__all__ = ["clock", "hub", "schema"]


@pytest_asyncio.fixture
async def acts(hub: SmallHub) -> Acts:
    """Stores s1 and s2 with goods on their shelves."""
    first, second = await enrol(hub), await enrol(hub, "s2")
    first.receive("tea", 50)
    first.receive("soap", 20)
    await hear(hub, first.up())
    second.receive("tea", 5)
    await hear(hub, second.up())
    return Acts(hub, {"s1": first, "s2": second})
