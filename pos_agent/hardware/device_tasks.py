"""A task for each device that is set up: they change as the devices do, and a device can be lent.

Most devices take one opener: a task begins once those that ended have let go of theirs.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, Generic, Protocol, TypeVar

from devices.ports.address import place_of


class Placed(Protocol):
    """How a device is set up; equal values are the same device set up the same way."""

    @property
    def uri(self) -> str:
        """Its address."""
        ...


Config = TypeVar("Config", bound=Placed)


class DeviceTasks(Generic[Config]):
    """The tasks. Call everything from the event loop.

    Args:
        work: works with one device until it is cancelled.
        ended: hears the name of a device that nobody works with any more.
    """

    def __init__(
        self, work: Callable[[Config], Coroutine[Any, Any, None]], ended: Callable[[str], None]
    ) -> None:
        self._work = work
        self._ended = ended
        self._group: asyncio.TaskGroup | None = None
        self._configs: Mapping[str, Config] = {}
        self.running: dict[str, tuple[Config, asyncio.Task[None]]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._lent: set[str] = set()  # places that somebody else works with now

    def use(self, configs: Mapping[str, Config]) -> None:
        """Go on with these devices, by name; one that stays as it is notices nothing."""
        self._configs = configs
        self._settle()

    def begin(self, group: asyncio.TaskGroup) -> None:
        """Work in this group from now on."""
        self._group = group
        self._settle()

    def end(self) -> None:
        """End all tasks; none begins any more."""
        self._group = None
        for _config, task in self.running.values():
            task.cancel()
        self.running = {}

    @asynccontextmanager
    async def lent(self, uri: str) -> AsyncIterator[None]:
        """Let somebody else work with a device for a while."""
        place = place_of(uri)
        self._lent.add(place)
        try:  # who waits for the device may give up: then too it is nobody's loan any more
            self._settle()
            if self._ending:
                await asyncio.wait(set(self._ending))
            yield
        finally:
            self._lent.discard(place)
            self._settle()

    def _settle(self) -> None:
        """End tasks that are not wanted any more and begin those that are missing."""
        wanted = {
            name: config for name, config in self._configs.items() if place_of(config.uri) not in self._lent
        }
        for name, (config, task) in list(self.running.items()):
            if wanted.get(name) != config:
                del self.running[name]
                self._stop(task)
                self._ended(name)
        if self._group is None:
            return
        for name, config in wanted.items():
            if name not in self.running:
                task = self._group.create_task(self._after(config, set(self._ending)))
                self.running[name] = (config, task)

    def _stop(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _after(self, config: Config, before: set[asyncio.Task[None]]) -> None:
        if before:
            await asyncio.wait(before)
        await self._work(config)
