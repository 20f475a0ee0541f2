"""One demo with one store for each file of trials."""

from collections.abc import Iterator

import pytest

from tests.integration.disks.machine import Machine
from tests.integration.processes.running_demo import running_demo


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A running hub and store."""
    folder = tmp_path_factory.mktemp("disks")
    with running_demo(folder, "--no-slips", "--stores", "1") as told:
        one = Machine(told, folder / "data")
        try:
            yield one
        finally:
            one.close()
