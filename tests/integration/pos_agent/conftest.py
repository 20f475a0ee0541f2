"""An empty, migrated database once per run."""

from pathlib import Path

import pytest

from pos_agent.db.migrate import migrate


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file of the newest schema."""
    path = tmp_path_factory.mktemp("agent") / "template.db"
    migrate(path)
    return path
