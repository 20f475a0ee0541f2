"""The board: what each printer, scanner and display of this store was last heard to be."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from devices.tally import Tally
from pos_agent.settings import AgentSettings


@dataclass(slots=True)
class Shown:
    """One device: `state` is a stable word, `text` a reason for those who repair it.

    `since` is None until it was heard; `tally` is the device's own and goes on counting.
    """

    id: str
    role: str
    state: str = "unknown"
    text: str = ""
    since: datetime | None = None
    tally: Tally = field(default_factory=Tally)


class DeviceBoard:
    """Keeps the states; `changed` is called on each change, from the event loop.

    Args:
        settings: names the devices.
    """

    def __init__(self, settings: AgentSettings) -> None:
        self.printers: dict[str, Shown] = {}
        self.scanners: dict[str, Shown] = {}
        self.displays: dict[str, Shown] = {}
        self.changed: Callable[[], None] = lambda: None
        self.use(settings)

    def use(self, settings: AgentSettings) -> None:
        """Show these devices from now on; what is known of those that stay is kept."""
        roles = {one.id: one.role for one in settings.printer}
        self.printers = {
            name: replace(self.printers.get(name, Shown(name, role)), role=role)
            for name, role in roles.items()
        }
        self.scanners = {
            one.id: self.scanners.get(one.id, Shown(one.id, "scanner")) for one in settings.scanner
        }
        self.displays = {
            one.id: self.displays.get(one.id, Shown(one.id, "display")) for one in settings.display
        }
        self.changed()

    def printer_is(
        self, printer: str, state: str, text: str, since: datetime | None = None, tally: Tally | None = None
    ) -> None:
        """A printer's state changed."""
        if (shown := self.printers.get(printer)) is not None:
            shown.since, shown.tally = since, tally or shown.tally
        self._put(self.printers.get(printer), state, text)

    def scanner_is(
        self, scanner: str, state: str, text: str, since: datetime | None = None, tally: Tally | None = None
    ) -> None:
        """A scanner's state changed."""
        if (shown := self.scanners.get(scanner)) is not None:
            shown.since, shown.tally = since, tally or shown.tally
        self._put(self.scanners.get(scanner), state, text)

    def display_is(
        self, display: str, state: str, text: str, since: datetime | None = None, tally: Tally | None = None
    ) -> None:
        """A pole display's state changed."""
        if (shown := self.displays.get(display)) is not None:
            shown.since, shown.tally = since, tally or shown.tally
        self._put(self.displays.get(display), state, text)

    def displays_json(self) -> list[dict[str, Any]]:
        """The pole displays as the API and the hub are told."""
        return [{"id": one.id, "state": one.state} for one in self.displays.values()]

    def printers_json(self) -> list[dict[str, Any]]:
        """The printers as the API and the hub are told."""
        return [
            {"id": one.id, "role": one.role, "state": one.state, "text": one.text}
            for one in self.printers.values()
        ]

    def scanners_json(self) -> list[dict[str, Any]]:
        """The scanners as the API and the hub are told."""
        return [{"id": one.id, "state": one.state} for one in self.scanners.values()]

    def _put(self, shown: Shown | None, state: str, text: str) -> None:
        if shown is not None and (shown.state, shown.text) != (state, text):
            shown.state, shown.text = state, text
            self.changed()
