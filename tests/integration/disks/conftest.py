"""One demo with one store for each file of trials."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.disks.machine import Machine
from tests.integration.processes.prepared_demo import prepared_demo


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Machine]:
    """A running hub and store."""
    folder = tmp_path_factory.mktemp("disks")
    with prepared_demo(folder, shared) as told:
        one = Machine(told, folder / "data")
        try:
            yield one
        finally:
            one.close()
