"""The desk: what every area of a running agent is given. It decides nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pos_agent.catalogue.profile import Profile
from pos_agent.enrolment import Enrolment
from pos_agent.hardware.board import DeviceBoard
from pos_agent.hardware.change_devices import DeviceSetup
from pos_agent.hardware.device_metrics import DeviceMetrics
from pos_agent.hardware.displays import Displays
from pos_agent.hardware.drawer import Drawer
from pos_agent.hardware.focus import Focus
from pos_agent.hardware.papers import Papers
from pos_agent.lan.door import LanDoor
from pos_agent.ledger.store_book import Ledger
from pos_agent.metrics import Metrics
from pos_agent.settings import AgentSettings
from pos_agent.till.classify import CodeForms
from sync.storage.reader import Reader
from sync.values.clock import Clock, to_instant
from sync.web.events import EventHub


def till_channel(till: str) -> str:
    """The channel on which the pages of one till hear of its ticket."""
    return f"till:{till}"


def facing_channel(till: str) -> str:
    """The channel on which the customer's page of one till hears what it shows."""
    return f"facing:{till}"


def receiving_channel(till: str) -> str:
    """The channel on which a page that takes goods in at this till hears what is scanned."""
    return f"receiving:{till}"


def till_seen_channel(till: str) -> str:
    """The channel on which a page of this till listens while a person can see it."""
    return f"till-seen:{till}"


def counter_seen_channel(till: str) -> str:
    """The channel on which the counter's page, opened at this till, listens while a person can see it."""
    return f"counter-seen:{till}"


@dataclass(slots=True)
class LineState:
    """The line to the hub, as screens and the till see it.

    Attributes:
        is_online: whether the broker is connected and the hub was heard over this connection.
        since: the instant of the last change, None before the first.
        refused: why the broker does not let this store in, None while it does.
        skew_ms: how far this clock is ahead of the hub's, as of its last hello.
        older: which program is too old for the other, hub or store; None where they share a version.
        want: asks the hub for units back to the floor (SKU to units); set by the link.
    """

    is_online: bool = False
    since: str | None = None
    refused: str | None = None
    skew_ms: int | None = None
    older: Literal["hub", "store"] | None = None
    want: Callable[[Mapping[str, int]], None] = field(default=lambda _wants: None)


@dataclass(slots=True, kw_only=True)
class Desk:
    """One store's agent at work."""

    settings: AgentSettings
    enrolment: Enrolment
    clock: Clock
    ledger: Ledger
    reader: Reader
    papers: Papers
    screens: EventHub
    profile: Profile
    board: DeviceBoard
    lan: LanDoor
    drawer: Drawer | None = None
    setup: DeviceSetup | None = None
    metrics: Metrics = field(default_factory=Metrics)
    line: LineState = field(default_factory=LineState)
    focus: Focus = field(default_factory=Focus)
    facing: dict[str, dict[str, Any]] = field(default_factory=dict)
    displays: Displays = field(init=False)

    def __post_init__(self) -> None:
        self.displays = Displays(self.settings, self.board)
        self.metrics.registry.register(DeviceMetrics(self.board))

    @property
    def at(self) -> str:
        """The present instant as the log writes it."""
        return to_instant(self.clock.now())

    @property
    def today(self) -> date:
        """The day in the store's zone."""
        return self.clock.now().astimezone(self.profile.tz).date()

    @property
    def code_forms(self) -> CodeForms:
        """The chain's own forms of codes."""
        return code_forms_of(self.settings)

    @property
    def first_till(self) -> str:
        """The till that counts where none is named."""
        return self.settings.tills[0]


def code_forms_of(settings: AgentSettings) -> CodeForms:
    """The forms of codes that settings name."""
    return CodeForms(
        labels=settings.scale_forms,
        members=settings.member_forms,
        amount_prefixes=settings.gs1.amount_prefixes,
    )
