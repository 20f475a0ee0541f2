"""The browser of the tests: Chromium without a screen.

Its headless shell is taken where it is there: the same engine for pages without the desktop around
it, which costs well under half the processor time of the whole browser.
"""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

SHELL = ("chromium-headless-shell",)
WHOLE = ("chromium", "chromium-browser", "google-chrome")


def executable(programs: tuple[str, ...]) -> str:
    """The path of the first that is installed; tests that need one are skipped where there is none."""
    found = next(filter(None, map(shutil.which, programs)), None)
    assert found is not None, f"none of {', '.join(programs)} is installed"
    return found


@contextmanager
def chromium(*more: str, whole: bool = False) -> Iterator[Browser]:
    """A browser of one's own.

    Args:
        more: For its command line.
        whole: The browser with all its desktop: the shell has no camera whose use a person may forbid.
    """
    path = executable(WHOLE if whole else SHELL + WHOLE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *more])
        yield browser
        browser.close()
    # playwright leaves its closed loop behind, and the next test would take it for a running one
    asyncio.set_event_loop(None)
