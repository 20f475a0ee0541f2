"""One demo for the trials of each file, and the people in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.fire.people import Scene
from tests.integration.processes.prepared_demo import prepared_demo


@pytest.fixture(scope="module")
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared: Path
) -> Iterator[Scene]:
    """A demo of its own, its first store at hand; a file that needs more stores than one says `STORES`."""
    stores = getattr(request.module, "STORES", 1)
    with prepared_demo(tmp_path_factory.mktemp("fire"), shared, stores) as told:
        one = Scene(told)
        try:
            yield one
        finally:
            one.close()
