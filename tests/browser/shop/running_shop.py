"""The shop behind a real port, served from a thread with an event loop of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from tests.unit.hub.shop_web.shop_world import World, running_world

START_LIMIT_S = 30.0


@dataclass(slots=True)
class RunningShop:
    """A shop to visit."""

    world: World
    url: str
    loop: asyncio.AbstractEventLoop

    def do(self, act: Callable[[World], Any]) -> None:
        """Run something in the shop's event loop."""

        async def run() -> None:
            act(self.world)

        asyncio.run_coroutine_threadsafe(run(), self.loop).result(START_LIMIT_S)

    def run(self, command: Any) -> Any:
        """Run a command in the shop's writer."""
        writing = self.world.kernel.writer.run(command)
        return asyncio.run_coroutine_threadsafe(writing, self.loop).result(START_LIMIT_S)


@contextmanager
def serving(folder: Path, database: Path) -> Iterator[RunningShop]:
    """Serve a copy of `database` until the block ends."""
    ready: threading.Event = threading.Event()
    held: dict[str, Any] = {}

    async def serve() -> None:
        async with running_world(folder, database) as world:
            server = uvicorn.Server(uvicorn.Config(world.app, port=0, log_level="warning", lifespan="off"))
            held.update(world=world, server=server, loop=asyncio.get_running_loop())
            task = asyncio.ensure_future(server.serve())
            while not server.started and not task.done():  # noqa: ASYNC110  # the server tells by a flag
                await asyncio.sleep(0.01)
            held["port"] = server.servers[0].sockets[0].getsockname()[1]
            ready.set()
            await task

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="shop", daemon=True)
    thread.start()
    assert ready.wait(START_LIMIT_S), "the shop did not start"
    try:
        yield RunningShop(held["world"], f"http://127.0.0.1:{held['port']}", held["loop"])
    finally:
        held["loop"].call_soon_threadsafe(held["world"].kernel.events.close)
        held["server"].should_exit = True
        thread.join(START_LIMIT_S)
        assert not thread.is_alive()
