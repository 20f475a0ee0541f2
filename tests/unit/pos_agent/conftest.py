"""An empty, migrated database once per run, and an agent on a copy of it per test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pos_agent.db.migrate import migrate
from tests.unit.pos_agent.agent_stage import Stage, staged


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file of the newest schema."""
    path = tmp_path_factory.mktemp("agent") / "template.db"
    migrate(path)
    return path


@pytest.fixture
async def stage(template: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """An agent with a catalogue, staff and no goods."""
    async with staged(template, tmp_path) as made:
        yield made
