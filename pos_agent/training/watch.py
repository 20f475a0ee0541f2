"""Keeps the state of every simulated device at hand and tells open pages when one changes."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

from pos_agent.training.control_line import ControlLine, DeviceAway, DeviceRefused
from pos_agent.training.places import Place, Places
from sync.runtime.supervision import Lifetime
from sync.web.events import EventHub

Facts = Mapping[str, Any]
NOTHING: Final[Facts] = {}
CHANGED: Final = "changed"
_WAIT_LIMIT_S: Final = 30.0  # the device answers by itself before
_PAUSE_S: Final = 0.1
_RETRY_S: Final = 1.0


class Watch:
    """The devices' facts by control port; empty while a device is away."""

    def __init__(self, places: Places, events: EventHub) -> None:
        self._places = places
        self._events = events
        self._facts: dict[int, Facts] = {}

    def facts(self, control: int) -> Facts:
        """What a device last said of itself."""
        return self._facts.get(control, NOTHING)

    async def run(self, lifetime: Lifetime) -> None:
        """Listen to all devices until told to stop."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._follow(*one)) for one in self._devices()]
            lifetime.ready()
            await lifetime.until_stopping()
            for task in tasks:
                task.cancel()

    def _devices(self) -> list[tuple[Place, int, str]]:
        found = [(place, printer.control, "") for place in self._places.places for printer in place.printers]
        scanners = [(place, place.scanner.control, ":") for place in self._places.places if place.scanner]
        return [*found, *scanners]

    async def _follow(self, place: Place, control: int, mark: str) -> None:
        """One device for ever: `mark` stands before its words."""
        while True:
            try:
                async with ControlLine(control) as line:
                    said = await line.ask(f"{mark}state")
                    while True:
                        self._keep(place, control, json.loads(said))
                        await asyncio.sleep(_PAUSE_S)
                        seen = self._facts[control].get("revision", 0)
                        said = await line.ask(f"{mark}wait {seen}", _WAIT_LIMIT_S)
            except (DeviceAway, DeviceRefused, ValueError):
                self._keep(place, control, NOTHING)
            await asyncio.sleep(_RETRY_S)

    def _keep(self, place: Place, control: int, facts: Facts) -> None:
        if self._facts.get(control) != facts:
            self._facts[control] = facts
            self._events.publish(place.id, CHANGED)
