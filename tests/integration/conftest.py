"""Where the workers of one run share what is made once."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run: above those of its workers, or its own where there are none."""
    own = tmp_path_factory.getbasetemp()
    return (own if worker_id == "master" else own.parent) / "shared"
