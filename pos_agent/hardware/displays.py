"""Runs the pole displays; they come and go while it runs. What they say is the till's business."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from devices.display.driver import DisplayConfig, PoleDisplay
from devices.display.view import BLANK, PoleView
from devices.supervisor import DeviceStatus
from pos_agent.hardware.board import DeviceBoard, Heard, heard_of
from pos_agent.hardware.device_tasks import DeviceTasks
from pos_agent.settings import AgentSettings, DisplaySection
from sync.runtime.supervision import Lifetime

A_WHILE_S: Final = 30.0
"""How long the change stands on a display when nothing follows; then the greeting is back."""


def display_config(one: DisplaySection) -> DisplayConfig:
    """A display of the settings as its driver wants it."""
    return DisplayConfig(one.id, one.uri, one.kind)


class Displays:
    """The store's pole displays as a service of the program; each follows one till.

    Args:
        settings: the displays.
        board: hears of each change.

    Raises:
        devices.errors.ConfigurationError: an address cannot work.
    """

    def __init__(self, settings: AgentSettings, board: DeviceBoard) -> None:
        self._board = board
        self._tasks = DeviceTasks(self._keep_true, lambda name: board.display_is(name, Heard("unknown")))
        self._tills: dict[str, str] = {}
        self._live: dict[str, PoleDisplay] = {}
        self._greeting = BLANK
        self._views: dict[str, PoleView] = {}
        self._returns: dict[str, asyncio.TimerHandle] = {}
        self.use(settings)

    def use(self, settings: AgentSettings) -> None:
        """Go on with these displays; one that stays as it is does not even flicker. Call from the event loop.

        Raises:
            devices.errors.ConfigurationError: an address cannot work; nothing changed.
        """
        configs = {one.id: display_config(one) for one in settings.display}
        for config in configs.values():
            PoleDisplay(config)  # refuses an address that cannot work
        self._tills = {one.id: one.till or settings.tills[0] for one in settings.display}
        self._tasks.use(configs)
        for name, till in self._tills.items():
            if name in self._live:
                self._live[name].show(self._view(till))

    @asynccontextmanager
    async def lent(self, uri: str) -> AsyncIterator[None]:
        """Let somebody else show something on a display for a while."""
        async with self._tasks.lent(uri):
            yield

    def greet(self, view: PoleView) -> None:
        """What stands on a display while nothing is sold; shown at once."""
        self._greeting = view
        for till in set(self._tills.values()):
            self._show(till, view)

    def has(self, till: str) -> bool:
        """Whether a display follows this till."""
        return till in self._tills.values()

    def show(self, till: str, view: PoleView, *, for_a_while: bool = False) -> None:
        """Show this at a till's displays, for good or until the greeting comes back; never waits."""
        self._show(till, view)
        if for_a_while:
            loop = asyncio.get_running_loop()
            self._returns[till] = loop.call_later(A_WHILE_S, self._show, till, self._greeting)

    def _show(self, till: str, view: PoleView) -> None:
        if waiting := self._returns.pop(till, None):
            waiting.cancel()
        self._views[till] = view
        for name, display in self._live.items():
            if self._tills.get(name) == till:
                display.show(view)

    def _view(self, till: str) -> PoleView:
        return self._views.get(till, self._greeting)

    async def run(self, lifetime: Lifetime) -> None:
        """Keep them true until asked to stop."""
        lifetime.ready()
        async with asyncio.TaskGroup() as group:
            self._tasks.begin(group)
            await lifetime.until_stopping()
            self._tasks.end()
        for waiting in self._returns.values():
            waiting.cancel()

    async def _keep_true(self, config: DisplayConfig) -> None:
        display = PoleDisplay(config)
        display.show(self._view(self._tills[config.id]))
        self._live[config.id] = display
        try:
            await display.run(self._on_status)
        finally:
            del self._live[config.id]

    def _on_status(self, status: DeviceStatus) -> None:
        self._board.display_is(status.device, heard_of(status))
