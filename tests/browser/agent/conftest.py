"""A browser for each module of tests, a store for each test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.agent.fake_agent import FakeAgent
from tests.browser.agent.fake_shop import FakeShop, busy_shop
from tests.browser.agent.stage import Served, Watched, signed_in
from tests.browser.chromium import chromium

Open = Callable[..., Watched]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module: a longer life would keep its loop running under other tests."""
    with chromium() as started:
        yield started


@pytest.fixture
def shop() -> FakeShop:
    """A store in the middle of its day; the scanner serves the till."""
    made = busy_shop()
    made.picking = None
    return made


@pytest.fixture
def served(shop: FakeShop) -> Iterator[Served]:
    """The store's agent, serving."""
    running = Served(FakeAgent(shop))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def open_page(browser: Browser, served: Served) -> Iterator[Open]:
    """Opens a page as somebody who is signed in; at the end no page may have had a fault."""
    contexts, pages = [], []

    def go(path: str, *, width: int = 1280, height: int = 800, **options: Any) -> Watched:
        context = signed_in(browser, served.url, viewport={"width": width, "height": height}, **options)
        watched = Watched(context.new_page())
        contexts.append(context)
        pages.append(watched)
        watched.page.goto(served.url + path)
        watched.page.wait_for_selector("main#main:not(.narrow)")
        return watched

    yield go
    for context in contexts:
        context.close()
    assert [fault for one in pages for fault in one.faults] == []
