"""One demo for the trials of each file, and the people in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.fire.people import Scene
from tests.integration.processes.prepared_demo import prepared_demo
from tests.integration.processes.running_demo import running_demo


@pytest.fixture(scope="module")
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared: Path
) -> Iterator[Scene]:
    """A demo of its own, its first store at hand; with all its stores for a file that says `ALL_STORES`."""
    folder = tmp_path_factory.mktemp("fire")
    has_all = getattr(request.module, "ALL_STORES", False)
    with running_demo(folder, "--no-slips") if has_all else prepared_demo(folder, shared) as told:
        one = Scene(told)
        try:
            yield one
        finally:
            one.close()
