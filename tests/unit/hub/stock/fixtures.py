"""Fixtures of the tests around the hub's books: import them into a conftest."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hub.db.migrate import migrate
from hub.db.open import FILE_NAME
from tests.unit.hub.stock.small_chain import SetClock, SmallHub, small_hub


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / FILE_NAME
    migrate(path)
    return path


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest_asyncio.fixture
async def hub(tmp_path: Path, schema: Path, clock: SetClock) -> AsyncIterator[SmallHub]:
    async with small_hub(tmp_path / "hub", schema, clock) as running:
        yield running
