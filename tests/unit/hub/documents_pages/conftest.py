"""The hub's kernel and HQ's pages for these tests, with goods, and agents in s1 and s2; s3 has none."""

import pytest_asyncio
from starlette.applications import Starlette

from hub.kernel import Kernel
from sync.storage.writer import Transaction
from tests.unit.hub.stock.small_chain import PRICES, add_skus
from tests.unit.hub.stores.running_hub import clock, empty_database, kernel
from tests.unit.hub.stores.running_pages import add_people, add_stores, browser, hq, make_app, monitor, nobody

__all__ = ["browser", "clock", "empty_database", "hq", "kernel", "monitor", "nobody"]


@pytest_asyncio.fixture
async def app(kernel: Kernel) -> Starlette:
    def enrol(transaction: Transaction) -> None:
        add_skus(transaction, {**PRICES, "茶/1": 100})
        transaction.execute("UPDATE store_stream SET sinc = 1 WHERE store IN ('s1', 's2')")
        transaction.execute(
            "INSERT INTO stock (store, sku, floor, staged, damaged, granted, settled, returned, promised,"
            " floor_request)"
            " VALUES ('s1', 'tea', 5, 0, 0, 0, 0, 0, 0, ''), ('s1', 'soap', 0, 0, 0, 0, 0, 0, 0, '')"
        )

    await add_stores(kernel, "s1", "s2", "s3")
    await add_people(kernel)
    await kernel.writer.run(enrol)
    return make_app(kernel)
