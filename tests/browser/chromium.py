"""The browser of the tests: Chromium without a screen.

Its headless shell is taken where it is there: the same engine for pages without the desktop around
it, which costs well under half the processor time of the whole browser.
"""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def executable() -> str:
    """The program's path; `./omo test` skips the tests that need it where there is none."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found is not None, f"none of {', '.join(PROGRAMS)} is installed"
    return found


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A browser of one's own; `more` goes to its command line."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", *more])
        yield browser
        browser.close()
    # playwright leaves its closed loop behind, and the next test would take it for a running one
    asyncio.set_event_loop(None)
