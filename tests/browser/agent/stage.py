"""A server thread for the fake agent, and a browser that notes every error of a page."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.agent.fake_agent import COOKIE, FakeAgent
from tests.browser.agent.fake_shop import FakeShop

WAIT_S = 10.0


class Served:
    """A running fake agent."""

    def __init__(self, agent: FakeAgent) -> None:
        self.agent = agent
        config = uvicorn.Config(agent.app(), host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def shop(self) -> FakeShop:
        """The store behind it."""
        return self.agent.shop

    @property
    def url(self) -> str:
        """Its address."""
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        serving = asyncio.create_task(self._server.serve())
        while not self._server.started and not serving.done():  # noqa: ASYNC110  # uvicorn tells by a flag only
            await asyncio.sleep(0.01)
        self._started.set()
        await serving

    def start(self) -> None:
        """Serve."""
        self._thread.start()
        assert self._started.wait(WAIT_S)

    def stop(self) -> None:
        """End the streams, then the server."""
        self.soon(self.agent.events.close)
        self._server.should_exit = True
        self._thread.join(WAIT_S)

    def soon(self, act: Callable[[], Any]) -> None:
        """Do something in the server's loop."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(act)

    def tell(self, channel: str, event: str, data: Any = None) -> None:
        """Push an event to the open pages."""
        self.soon(lambda: self.agent.tell(channel, event, data))


def expect_note(page: Page, words: str, tone: str = "") -> None:
    """Wait for a note with these words, however many others stand beside it.

    Args:
        page: the page.
        words: part of what it says.
        tone: `ok`, `info`, `warn` or `bad`; empty = any.
    """
    notes = page.locator(f".toast.{tone}" if tone else ".toast")
    expect(notes.filter(has_text=words).first).to_be_visible()


class Watched:
    """A page whose console errors and failed requests are kept."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))

    def _note(self, kind: str, text: str) -> None:
        # a refused call is a normal answer; the browser logs each as an error of the network
        if kind == "error" and "Failed to load resource" not in text:
            self.faults.append(text)


def signed_in(
    browser: Browser, url: str, *, login: str = "wang", locale: str = "zh-CN", **options: Any
) -> BrowserContext:
    """A browser window of somebody who is signed in."""
    context = browser.new_context(locale=locale, timezone_id="UTC", **options)
    context.set_default_timeout(WAIT_S * 1000)
    if login:
        context.add_cookies([{"name": COOKIE, "value": login, "url": url}])
    return context
