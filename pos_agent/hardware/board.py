"""The board: what each printer, scanner and display of this store was last heard to be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from devices.ports.address import place_of
from devices.printing.status import PrinterStatus
from devices.supervisor import DeviceStatus
from devices.tally import Tally
from pos_agent.settings import AgentSettings, DisplaySection, PrinterSection, ScannerSection

AnySection = PrinterSection | ScannerSection | DisplaySection


@dataclass(slots=True)
class Shown:
    """One device: `state` is a stable word, `text` a reason for those who repair it.

    `cause` is the reason as a stable word, which is translated where it is shown, and `place` the device's
    address without its settings. `since` is None until it was heard; `tally` is the device's own and goes on
    counting.
    """

    id: str
    role: str
    state: str = "unknown"
    text: str = ""
    cause: str = ""
    place: str = ""
    since: datetime | None = None
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of a device; see `Shown`."""

    state: str
    text: str = ""
    cause: str = ""
    since: datetime | None = None
    tally: Tally | None = None


def heard_of(status: DeviceStatus | PrinterStatus) -> Heard:
    """What a driver says of its device."""
    return Heard(status.state.value, status.reason, str(status.cause), status.since, status.tally)


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
        self.printers = {one.id: self._kept(self.printers, one, one.role) for one in settings.printer}
        self.scanners = {one.id: self._kept(self.scanners, one, "scanner") for one in settings.scanner}
        self.displays = {one.id: self._kept(self.displays, one, "display") for one in settings.display}
        self.changed()

    @staticmethod
    def _kept(shown: Mapping[str, Shown], one: AnySection, role: str) -> Shown:
        return replace(shown.get(one.id, Shown(one.id, role)), role=role, place=place_of(one.uri))

    def printer_is(self, printer: str, heard: Heard) -> None:
        """A printer's state changed."""
        self._put(self.printers.get(printer), heard)

    def scanner_is(self, scanner: str, heard: Heard) -> None:
        """A scanner's state changed."""
        self._put(self.scanners.get(scanner), heard)

    def display_is(self, display: str, heard: Heard) -> None:
        """A pole display's state changed."""
        self._put(self.displays.get(display), heard)

    def _put(self, shown: Shown | None, heard: Heard) -> None:
        if shown is None:
            return
        shown.since, shown.tally = heard.since, heard.tally or shown.tally
        before = (shown.state, shown.text, shown.cause)
        shown.state, shown.text, shown.cause = heard.state, heard.text, heard.cause
        if before != (shown.state, shown.text, shown.cause):
            self.changed()
