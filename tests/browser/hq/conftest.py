"""A furnished HQ and a browser to visit it with."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.hq.running_hq import RunningHq, furnish, serving

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def hq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHq]:
    with serving(tmp_path_factory.mktemp("hq") / "data") as running:
        running.do(furnish(running))
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    asyncio.set_event_loop(None)


@pytest.fixture(scope="session")
def pictures() -> Path:
    folder = Path("build/pictures/hq")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
