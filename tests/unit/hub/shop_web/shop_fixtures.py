"""Fixtures of the shop's tests: the filled database is made once and copied."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from hub.db.open import FILE_NAME
from tests.unit.hub.shop_web.shop_world import World, make_database, running_world

HEADERS = {"sec-fetch-site": "same-origin", "accept": "text/html", "accept-language": "en"}


def filled_database(folder: Path) -> Path:
    """A database with stores, catalogue and stock."""
    empty = folder / "empty"
    empty.mkdir()
    full = folder / "full"
    full.mkdir()

    async def fill() -> None:
        async with running_world(full, make_database(empty), full=True) as world:
            await world.kernel.writer.run(lambda transaction: transaction.execute("SELECT 1"))

    with ThreadPoolExecutor(1) as pool:  # a browser's test has an event loop of its own in this thread
        pool.submit(lambda: asyncio.run(fill())).result()
    return full / FILE_NAME


@pytest.fixture(scope="session")
def shop_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = filled_database(tmp_path_factory.mktemp("shop"))
    kept = path.parent / "kept.sqlite"
    shutil.copy(path, kept)
    return kept


@pytest_asyncio.fixture
async def world(tmp_path: Path, shop_database: Path) -> AsyncIterator[World]:
    async with running_world(tmp_path, shop_database) as world:
        yield world


@pytest_asyncio.fixture
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://shop.test", headers=HEADERS
    ) as client:
        yield client
