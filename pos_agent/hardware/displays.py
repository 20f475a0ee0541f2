"""Runs the pole displays. What they say is the till's business."""

import asyncio
from typing import Final

from devices.display.driver import DisplayConfig, PoleDisplay
from devices.display.view import BLANK, PoleView
from devices.supervisor import DeviceStatus
from pos_agent.hardware.board import DeviceBoard
from pos_agent.settings import AgentSettings
from sync.runtime.supervision import Lifetime

A_WHILE_S: Final = 30.0
"""How long the change stands on a display when nothing follows; then the greeting is back."""


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
        self._by_till: dict[str, list[PoleDisplay]] = {}
        for one in settings.display:
            display = PoleDisplay(DisplayConfig(one.id, one.uri, one.kind))
            self._by_till.setdefault(one.till or settings.tills[0], []).append(display)
        self._greeting = BLANK
        self._returns: dict[str, asyncio.TimerHandle] = {}

    def greet(self, view: PoleView) -> None:
        """What stands on a display while nothing is sold; shown at once."""
        self._greeting = view
        for till in self._by_till:
            self._show(till, view)

    def has(self, till: str) -> bool:
        """Whether a display follows this till."""
        return till in self._by_till

    def show(self, till: str, view: PoleView, *, for_a_while: bool = False) -> None:
        """Show this at a till's displays, for good or until the greeting comes back; never waits."""
        self._show(till, view)
        if for_a_while:
            loop = asyncio.get_running_loop()
            self._returns[till] = loop.call_later(A_WHILE_S, self._show, till, self._greeting)

    def _show(self, till: str, view: PoleView) -> None:
        if waiting := self._returns.pop(till, None):
            waiting.cancel()
        for display in self._by_till.get(till, ()):
            display.show(view)

    async def run(self, lifetime: Lifetime) -> None:
        """Keep them true until asked to stop."""
        lifetime.ready()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(display.run(self._on_status))
                for displays in self._by_till.values()
                for display in displays
            ]
            await lifetime.until_stopping()
            for task in tasks:
                task.cancel()
        for waiting in self._returns.values():
            waiting.cancel()

    def _on_status(self, status: DeviceStatus) -> None:
        self._board.display_is(status.device, status.state.value, status.reason, status.since, status.tally)
