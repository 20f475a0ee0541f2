"""A furnished HQ and a browser to visit it with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium as started
from tests.browser.hq.running_hq import RunningHq, furnish, serving


@pytest.fixture(scope="module")
def hq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHq]:
    with serving(tmp_path_factory.mktemp("hq") / "data") as running:
        running.do(furnish(running))
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="session")
def pictures() -> Path:
    folder = Path("build/pictures/hq")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
