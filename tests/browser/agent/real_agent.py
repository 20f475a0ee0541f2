"""The real agent behind the pages: its database, rules and API, without devices and without a line."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, expect

from pos_agent.app import build_app
from tests.browser.agent.stage import WAIT_S, Watched, signed_in
from tests.unit.pos_agent.agent_stage import Stage, staged


class RealAgent:
    """A staged agent that serves from a thread of its own."""

    def __init__(self, template: Path, folder: Path, **settings: Any) -> None:
        self._template, self._folder, self._settings = template, folder, settings
        self._started = threading.Event()
        self._port = 0
        self._thread = self._new_thread()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self.stage: Stage | None = None
        self.url = ""

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with staged(self._template, self._folder, **self._settings) as stage:
            self.stage = stage
            self._server = uvicorn.Server(await self._config(stage))
            serving = asyncio.create_task(self._server.serve())
            while not self._server.started and not serving.done():  # noqa: ASYNC110  # uvicorn tells by a flag only
                await asyncio.sleep(0.01)
            self._port = self._server.servers[0].sockets[0].getsockname()[1]
            self.url = self._url(stage, self._port)
            self._started.set()
            await serving

    async def _config(self, stage: Stage) -> uvicorn.Config:
        """What is served; at this machine itself unless a kind of agent says otherwise."""
        return uvicorn.Config(build_app(stage.desk, 8700), port=self._port, log_level="error", lifespan="off")

    def _url(self, _stage: Stage, port: int) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{port}"

    def start(self) -> Stage:
        """Serve; returns the stage."""
        self._thread.start()
        assert self._started.wait(WAIT_S)
        assert self.stage is not None
        return self.stage

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the agent's loop."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_S)

    def stop(self) -> None:
        """End the streams, then the server."""
        assert self._loop is not None
        assert self.stage is not None
        assert self._server is not None
        self._loop.call_soon_threadsafe(self.stage.desk.screens.close)
        self._server.should_exit = True
        self._thread.join(WAIT_S)

    def start_again(self) -> Stage:
        """Serve once more what `stop` left, at the same address; what was in memory alone is gone."""
        assert not self._thread.is_alive()
        self._started.clear()
        self._thread = self._new_thread()
        return self.start()


def sign_in(page: Page, url: str, login: str) -> None:
    """Sign in by name and PIN, as people do, and wait for the till."""
    page.goto(url + "/till")
    page.locator(f"input[value='{login}']").check()
    page.locator("#pin").fill("2468")
    page.keyboard.press("Enter")
    page.wait_for_url("**/till")
    expect(page.locator("#scan")).to_be_focused()


@contextmanager
def at_work(browser: Browser, agent: RealAgent, login: str) -> Iterator[Page]:
    """A till at which somebody works; at the end its page may have had no fault."""
    context = signed_in(browser, agent.url, login="", viewport={"width": 1280, "height": 900})
    watched = Watched(context.new_page())
    sign_in(watched.page, agent.url, login)
    yield watched.page
    context.close()
    assert watched.faults == []
