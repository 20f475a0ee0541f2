"""What the page that sets up devices sends: devices as people fill them in."""

from typing import Annotated, Literal

from pydantic import Field

from pos_agent.requests import Body, RequestId
from pos_agent.settings import (
    Affix,
    DeviceId,
    DisplayKind,
    DisplaySection,
    PrinterSection,
    Role,
    ScannerSection,
    TillId,
)
from sync.web.forms import Line

Version = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class PrinterFields(Body):
    """A printer."""

    id: DeviceId
    role: Role = "receipt"
    uri: Line
    profile: Annotated[str, Field(max_length=64)] = "generic-80"
    drawer: bool = False
    fallback: DeviceId | None = None

    def section(self) -> PrinterSection:
        """As the settings have it."""
        return PrinterSection(**self.model_dump())


class ScannerFields(Body):
    """A scanner."""

    id: DeviceId
    uri: Line
    prefix: Affix = ""
    suffix: Affix = ""
    end: Literal["line", "etx", "gap"] = "line"
    gap_ms: int = Field(100, ge=10, le=1000)
    debounce_ms: int = Field(300, ge=0, le=5000)
    till: TillId | None = None

    def section(self) -> ScannerSection:
        """As the settings have it."""
        return ScannerSection(**self.model_dump())


class DisplayFields(Body):
    """A pole display."""

    id: DeviceId
    uri: Line
    kind: DisplayKind = "text"
    till: TillId | None = None

    def section(self) -> DisplaySection:
        """As the settings have it."""
        return DisplaySection(**self.model_dump())


class PutPrinter(Body):
    """A printer to keep; `version` is that of the devices as they were shown."""

    version: Version
    is_new: bool
    printer: PrinterFields


class PutScanner(Body):
    """A scanner to keep; `version` is that of the devices as they were shown."""

    version: Version
    is_new: bool
    scanner: ScannerFields


class PutDisplay(Body):
    """A pole display to keep; `version` is that of the devices as they were shown."""

    version: Version
    is_new: bool
    display: DisplayFields


class RemoveDevice(Body):
    """A device to remove."""

    version: Version
    kind: Literal["printer", "scanner", "display"]
    id: DeviceId


class FindBody(Body):
    """Where to look, beside this machine: a host's name or address, or nothing."""

    host: Annotated[str, Field(max_length=253, pattern=r"^[A-Za-z0-9.:_-]*$")] = ""


class TrialBody(Body):
    """What to try: a page or the drawer of a printer, the scans of a scanner, a view on a display."""

    request: RequestId
    kind: Literal["page", "drawer", "scans", "view"]
    printer: PrinterFields | None = None
    scanner: ScannerFields | None = None
    display: DisplayFields | None = None

    @property
    def wish(self) -> str:
        """What is wanted, without who tries for how often."""
        return self.model_dump_json(exclude={"request"})
