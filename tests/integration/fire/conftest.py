"""One demo for the trials of each file, and the people in it."""

from collections.abc import Iterator

import pytest

from tests.integration.fire.people import Scene
from tests.integration.processes.running_demo import running_demo


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A fresh demo, its first store at hand."""
    with running_demo(tmp_path_factory.mktemp("fire"), "--no-slips") as told:
        one = Scene(told)
        try:
            yield one
        finally:
            one.close()
