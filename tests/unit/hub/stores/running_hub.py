"""A kernel on a real database file for tests of the hub's areas; the schema is made once and copied."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from hub.db.migrate import migrate
from hub.db.open import FILE_NAME
from hub.directory import Directory
from hub.kernel import Kernel
from hub.settings import BrokerSection, HubSettings
from sync.keys.signing import SigningKey
from sync.storage.reader import Reader
from sync.storage.writer import Writer
from sync.web.events import EventHub

NOW = datetime(2026, 5, 1, 6, 17, tzinfo=UTC)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant

    def monotonic(self) -> float:
        """The same in seconds."""
        return self.instant.timestamp()

    def move(self, **by: float) -> None:
        """Go on by a timedelta's arguments."""
        self.instant += timedelta(**by)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / FILE_NAME
    migrate(path)
    return path


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest_asyncio.fixture
async def kernel(tmp_path: Path, empty_database: Path, clock: SetClock) -> AsyncIterator[Kernel]:
    folder = tmp_path / "hub"
    folder.mkdir()
    shutil.copy(empty_database, folder / FILE_NAME)
    writer, reader = Writer(folder / FILE_NAME), Reader(folder / FILE_NAME)
    await writer.start()
    await reader.start()
    broker = BrokerSection(folder=tmp_path / "broker", public_url="mqtt://broker.test:1883")
    yield Kernel(
        settings=HubSettings(data_dir=folder, broker=broker),
        writer=writer,
        reader=reader,
        clock=clock,
        key=SigningKey.create(tmp_path / "key"),
        hinc=1,
        directory=Directory(clock),
        events=EventHub(heartbeat_s=0.05),
    )
    await reader.close()
    await writer.close()
