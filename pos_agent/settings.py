"""The agent's settings: `agent.toml`, and `OMO_AGENT_…` variables above it.

What the hub decides (opening hours, sharing, staff) is no setting: it travels down the link.
"""

import ipaddress
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from pos_agent.lan.names import is_private
from sync.runtime.settings import ProgramSettings, Section
from sync.values.member_form import Check, MemberForm
from sync.values.scale_label import ScaleForm, meeting_forms
from sync.web.known_hosts import HostName

DeviceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
TillId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,8}$")]
Role = Literal["receipt", "pick", "label"]
ItemPrefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,14}$")]
DisplayKind = Literal["text", "text_cn", "digits"]
Affix = Annotated[str, StringConstraints(max_length=8, pattern=r"^[\x20-\x7e]*$")]
DEFAULT_CONFIG = Path("agent.toml")
LOG_FOLDER = "log"
"""Where the last log lines are kept, in the data folder."""


class PrinterSection(Section):
    """One printer: `[[printer]]`."""

    id: DeviceId = Field(description="Name of the printer, unique")
    role: Role = Field("receipt", description="What it prints: receipt, pick (slips) or label")
    uri: str = Field(description="tcp://host:9100 or serial:/dev/serial/by-id/…?baud=19200&flow=rtscts")
    profile: str = Field("generic-80", description="Name of the printer's profile")
    drawer: bool = Field(False, description="A cash drawer hangs on it; cash sales open it")
    fallback: DeviceId | None = Field(None, description="Printer that takes over when this one is dead")


class ScannerSection(Section):
    """One scanner: `[[scanner]]`."""

    id: DeviceId = Field(description="Name of the scanner, unique")
    uri: str = Field(
        description="serial:/dev/serial/by-id/…?baud=9600, hid:/dev/input/by-id/…-event-kbd, tcp://host:port,"
        " listen://address:port or stdin:"
    )
    prefix: Affix = Field("", description="Text that the scanner sends before each code")
    suffix: Affix = Field("", description="Text that it sends after each code, before CR, LF or TAB")
    end: Literal["line", "etx", "gap"] = Field(
        "line", description="What ends a code: line (CR, LF, TAB), etx (that too) or gap (a pause as well)"
    )
    gap_ms: int = Field(100, ge=10, le=1000, description="The pause that ends a code, with end = gap")
    debounce_ms: int = Field(300, ge=0, le=5000, description="The same code within this time counts once")
    till: TillId | None = Field(None, description="The till it belongs to; the first one if not given")


class DisplaySection(Section):
    """One pole display that faces the customer: `[[display]]`."""

    id: DeviceId = Field(description="Name of the display, unique")
    uri: str = Field(description="serial:/dev/serial/by-id/…?baud=9600 or tcp://host:port")
    kind: DisplayKind = Field(
        "text", description="text (two rows of 20), text_cn (with Chinese characters) or digits (eight, LED8)"
    )
    till: TillId | None = Field(None, description="The till it belongs to; the first one if not given")


def device_fault(
    printers: Sequence[PrinterSection],
    scanners: Sequence[ScannerSection],
    displays: Sequence[DisplaySection],
    tills: Sequence[str],
) -> str | None:
    """Why these devices do not fit together, in words; None where they do."""
    for kind, ids in (
        ("printer", [one.id for one in printers]),
        ("scanner", [one.id for one in scanners]),
        ("display", [one.id for one in displays]),
    ):
        if len(set(ids)) != len(ids):
            return f"two {kind}s have the same id"
    known = {printer.id for printer in printers}
    for printer in printers:
        if printer.fallback is not None and printer.fallback not in known - {printer.id}:
            return f"printer {printer.id}: its fallback {printer.fallback} is no other printer"
    for kind, name, till in (
        *(("scanner", one.id, one.till) for one in scanners),
        *(("display", one.id, one.till) for one in displays),
    ):
        if till is not None and till not in tills:
            return f"{kind} {name}: there is no till {till}"
    if sum(scanner.uri.startswith("stdin:") for scanner in scanners) > 1:
        return "two scanners read standard input; only one can"
    return None


class ScaleLabelSection(Section):
    """One form of labels that the chain's scales print: `[[scale_label]]`."""

    form: str = Field(description="As the label is read: 21IIIIIWWWWWC; I item, W weight, A amount, C check")
    gram_step: int = Field(1, ge=1, le=1000, description="Grams for one in the last weight digit")
    minor_step: int = Field(1, ge=1, le=1000, description="Minor units for one in the last amount digit")

    @model_validator(mode="after")
    def _has_sense(self) -> "ScaleLabelSection":
        self.scale_form()
        return self

    def scale_form(self) -> ScaleForm:
        """The form as a value.

        Raises:
            InvalidForm: it has no sense.
        """
        return ScaleForm(form=self.form, gram_step=self.gram_step, minor_step=self.minor_step)


class MemberCodeSection(Section):
    """One form of the chain's member codes: `[[member_code]]`. Such a code is never sold as goods."""

    prefix: str = Field(description="What each of these codes begins with: 1 to 8 letters or digits")
    length: int = Field(ge=4, le=32, description="Characters of the whole code, prefix included")
    check: Check = Field("none", description="What its last digit is: none, gs1 or luhn (a check digit)")

    @model_validator(mode="after")
    def _has_sense(self) -> "MemberCodeSection":
        self.member_form()
        return self

    def member_form(self) -> MemberForm:
        """The form as a value.

        Raises:
            InvalidMemberForm: it has no sense.
        """
        return MemberForm(prefix=self.prefix, length=self.length, check=self.check)


class Gs1Section(Section):
    """What counts of the measures in GS1 codes: `[gs1]`. Weights (AI 310x) always do."""

    amount_prefixes: tuple[ItemPrefix, ...] = Field(
        (),
        max_length=32,
        description="Beginnings of the 14-digit item numbers (AI 01) whose amount (AI 392x) counts",
    )


class PickupSection(Section):
    """How online orders are handled here: `[pickup]`."""

    slip: bool = Field(True, description="Print a slip for each new order")
    slip_valid_minutes: int = Field(120, ge=1, le=1440, description="An older slip is not printed any more")
    expiry_check_s: int = Field(30, ge=1, le=3600, description="How often due orders are looked for")
    look_minutes: int = Field(
        30, ge=1, le=1440, description="Open minutes in which units that are asked for must be found"
    )


class LanSection(Section):
    """The pages for phones in the shop's own network, over HTTPS: `[lan]`."""

    open: bool = Field(False, description="Serve the pages over HTTPS to paired browsers in the network")
    host: str = Field("0.0.0.0", description="Address to listen on; all of this machine's unless changed")  # noqa: S104  # HTTPS, and paired browsers alone
    port: int = Field(8743, ge=0, le=65535, description="TCP port of HTTPS; 0 = any free one")
    names: tuple[str, ...] = Field(
        (), max_length=16, description="Names and addresses beside the present ones, as till.local"
    )

    @field_validator("host")
    @classmethod
    def _is_address(cls, value: str) -> str:
        ipaddress.ip_address(value)
        return value

    @field_validator("names")
    @classmethod
    def _are_private(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """The store's authority speaks for private names alone."""
        names = tuple(name.lower() for name in value)
        for name in names:
            if not is_private(name):
                msg = (
                    f"{name} is no private name or address: it must end with .local, .lan, .internal or"
                    " .home.arpa, or be an address of a private network"
                )
                raise ValueError(msg)
        return names


class VerifySection(Section):
    """The nightly check of the books: `[verify]`."""

    hour: int = Field(3, ge=0, le=23, description="Hour of the store's day at which the books are checked")


class AgentSettings(ProgramSettings, env_prefix="OMO_AGENT_"):
    """Everything that is set on the store's machine."""

    data_dir: Path = Field(Path("data"), description="Folder of the ledger, the secret and the incarnations")
    host: str = Field(
        "127.0.0.1", description="Address of the pages on this machine itself; for phones see [lan]"
    )
    port: int = Field(8700, ge=0, le=65535, description="TCP port of the pages and the API; 0 = any free one")
    broker_url: str = Field(
        "", description="Broker address in the place of the one the hub gave; empty = its"
    )
    reconnect_most_s: float = Field(
        1.2, ge=0.2, le=60, description="Longest pause before dialling the broker again, seconds"
    )
    tills: tuple[TillId, ...] = Field(("1",), min_length=1, max_length=16, description="Tills of this store")
    paper_days: int = Field(
        180, ge=7, le=3650, description="Days for which a copy of a paper can be printed; then its text goes"
    )
    hosts: tuple[HostName, ...] = Field(
        (), max_length=16, description="Names beside localhost under which the pages may be opened"
    )
    log: Literal["json", "console"] = Field("json", description="Form of the log lines")
    pickup: PickupSection = Field(default_factory=PickupSection, description="Online orders")
    verify: VerifySection = Field(default_factory=VerifySection, description="The nightly check of the books")
    lan: LanSection = Field(default_factory=LanSection, description="Pages for phones in the shop's network")
    gs1: Gs1Section = Field(default_factory=Gs1Section, description="Amounts in GS1 codes")
    printer_profiles: Path | None = Field(None, description="Folder with printer profiles of the shop's own")
    logo: Path | None = Field(None, description="PNG picture at the head of receipts, at most 512 KiB")
    printer: tuple[PrinterSection, ...] = Field((), max_length=16, description="Printers")
    scanner: tuple[ScannerSection, ...] = Field((), max_length=16, description="Scanners")
    display: tuple[DisplaySection, ...] = Field((), max_length=16, description="Pole displays")
    scale_label: tuple[ScaleLabelSection, ...] = Field(
        (), max_length=16, description="Labels of the chain's scales"
    )
    member_code: tuple[MemberCodeSection, ...] = Field(
        (), max_length=16, description="Member codes of the chain"
    )

    @field_validator("host")
    @classmethod
    def _is_this_machine(cls, value: str) -> str:
        """Plain HTTP never leaves the machine: browsers give no camera and no safe cookie there."""
        if value != "localhost" and not ipaddress.ip_address(value).is_loopback:
            msg = (
                f"{value} would open the pages to the network in plain HTTP: leave host at 127.0.0.1 and set"
                " open = true under [lan], which serves HTTPS"
            )
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _is_consistent(self) -> "AgentSettings":
        """Ids are unique, fallbacks and tills exist."""
        if fault := device_fault(self.printer, self.scanner, self.display, self.tills):
            raise ValueError(fault)
        return self

    @model_validator(mode="after")
    def _labels_are_told_apart(self) -> "AgentSettings":
        """No code is a label of two forms."""
        meeting = meeting_forms(self.scale_forms)
        if meeting is not None:
            msg = f"scale labels {meeting[0]} and {meeting[1]}: one code could be both; change a prefix"
            raise ValueError(msg)
        for member in self.member_forms:
            for label in self.scale_forms:
                if member.may_meet(label):
                    msg = (
                        f"member codes {member.prefix} and scale labels {label.form}: one code could be both"
                    )
                    raise ValueError(msg)
        return self

    @cached_property
    def member_forms(self) -> tuple[MemberForm, ...]:
        """The forms of the chain's member codes."""
        return tuple(one.member_form() for one in self.member_code)

    @cached_property
    def scale_forms(self) -> tuple[ScaleForm, ...]:
        """The forms of the scales' labels."""
        return tuple(one.scale_form() for one in self.scale_label)

    @property
    def database(self) -> Path:
        """The ledger's file."""
        return self.data_dir / "agent.db"

    def printer_for(self, role: Role) -> PrinterSection | None:
        """The first printer of a role, if there is one."""
        return next((printer for printer in self.printer if printer.role == role), None)
