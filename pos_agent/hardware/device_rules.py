"""Rules of changing devices: from the tables that are to the tables that are wanted. No input, no output."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from devices.errors import ConfigurationError
from devices.ports.address import place_of, port_at
from devices.scanning.address import scanner_port_at
from pos_agent.hardware.device_file import DeviceTables
from pos_agent.settings import DisplaySection, PrinterSection, ScannerSection
from sync.rules.errors import Refused
from sync.web.errors import N_, FieldFault, InvalidInput

Change = Callable[[DeviceTables], DeviceTables]
One = TypeVar("One", bound=PrinterSection | ScannerSection | DisplaySection)
MOST: Final = 16
NO_PRINTER: Final = N_(
    "This is no address of a printer. Write tcp://192.168.1.50:9100, serial:/dev/…?baud=19200, usb:04b8:0202,"
    " cups:queue or file:/dev/usb/lp0."
)
NO_SCANNER: Final = N_(
    "This is no address of a scanner. Write serial:/dev/…?baud=9600, hid:/dev/input/by-id/…-event-kbd,"
    " tcp://192.168.1.70:4000 or listen://192.168.1.20:9200."
)
NO_DISPLAY: Final = N_(
    "This is no address of a display. Write serial:/dev/…?baud=9600 or tcp://192.168.1.80:9100."
)
NO_DEVICE_FILE: Final = N_("On this page a file: address is a device below /dev.")
TAKEN: Final = N_("This name is taken. Choose another one.")
SAME_PLACE: Final = N_("%(other)s is set up at this address already. Change that one.")
NO_PROFILE: Final = N_("There is no such model.")
NO_FALLBACK: Final = N_("Choose another printer that is set up.")
OTHER_DRAWER: Final = N_("The drawer hangs on %(other)s already. Take it off there first.")
_FOR_DISPLAYS: Final = ("serial:", "tcp:", "file:")
_NOT_FROM_A_PAGE: Final = ("pty:", "stdin:")
NO_TILL: Final = N_("There is no such till.")


def put_printer(printer: PrinterSection, *, is_new: bool, profiles: Sequence[str]) -> Change:
    """Add a printer, or set the one of this id anew.

    Args:
        printer: as it is wanted.
        is_new: whether its id must be free.
        profiles: the models that there are.
    """

    def change(now: DeviceTables) -> DeviceTables:
        faults = printer_faults(now, printer, profiles)
        return now.model_copy(update={"printer": _with(now.printer, printer, faults, is_new=is_new)})

    return change


def put_scanner(scanner: ScannerSection, *, is_new: bool, tills: Sequence[str]) -> Change:
    """Add a scanner, or set the one of this id anew; `tills` are those that there are."""

    def change(now: DeviceTables) -> DeviceTables:
        faults = scanner_faults(now, scanner, tills)
        return now.model_copy(update={"scanner": _with(now.scanner, scanner, faults, is_new=is_new)})

    return change


def put_display(display: DisplaySection, *, is_new: bool, tills: Sequence[str]) -> Change:
    """Add a pole display, or set the one of this id anew; `tills` are those that there are."""

    def change(now: DeviceTables) -> DeviceTables:
        faults = display_faults(now, display, tills)
        return now.model_copy(update={"display": _with(now.display, display, faults, is_new=is_new)})

    return change


def without_printer(name: str) -> Change:
    """Remove a printer; one that is gone already is none to remove."""

    def change(now: DeviceTables) -> DeviceTables:
        users = [one.id for one in now.printer if one.fallback == name]
        if users:
            raise Refused("is_fallback", printers=users)
        return now.model_copy(update={"printer": tuple(one for one in now.printer if one.id != name)})

    return change


def without_scanner(name: str) -> Change:
    """Remove a scanner; one that is gone already is none to remove."""
    return lambda now: now.model_copy(update={"scanner": tuple(one for one in now.scanner if one.id != name)})


def without_display(name: str) -> Change:
    """Remove a display; one that is gone already is none to remove."""
    return lambda now: now.model_copy(update={"display": tuple(one for one in now.display if one.id != name)})


def printer_faults(now: DeviceTables, printer: PrinterSection, profiles: Sequence[str]) -> list[FieldFault]:
    """Why a printer cannot be set up like this, by field."""
    others = [one for one in now.printer if one.id != printer.id]
    faults = _place_faults(printer.uri, _others(now, printer), NO_PRINTER)
    if printer.profile not in profiles:
        faults.append(FieldFault("profile", "profile.unknown", NO_PROFILE))
    if printer.fallback is not None and printer.fallback not in {one.id for one in others}:
        faults.append(FieldFault("fallback", "fallback.unknown", NO_FALLBACK))
    drawer = next((one.id for one in others if one.drawer), None)
    if printer.drawer and drawer is not None:
        faults.append(FieldFault("drawer", "drawer.elsewhere", OTHER_DRAWER, {"other": drawer}))
    return faults


def scanner_faults(now: DeviceTables, scanner: ScannerSection, tills: Sequence[str]) -> list[FieldFault]:
    """Why a scanner cannot be set up like this, by field."""
    faults = _place_faults(scanner.uri, _others(now, scanner), NO_SCANNER, scanner_port_at)
    return [*faults, *_till_faults(scanner.till, tills)]


def display_faults(now: DeviceTables, display: DisplaySection, tills: Sequence[str]) -> list[FieldFault]:
    """Why a display cannot be set up like this, by field."""
    if not display.uri.startswith(_FOR_DISPLAYS):
        faults = [FieldFault("uri", "address.unreadable", NO_DISPLAY)]
    else:
        faults = _place_faults(display.uri, _others(now, display), NO_DISPLAY)
    return [*faults, *_till_faults(display.till, tills)]


def _till_faults(till: str | None, tills: Sequence[str]) -> list[FieldFault]:
    is_known = till is None or till in tills
    return [] if is_known else [FieldFault("till", "till.unknown", NO_TILL)]


def _others(
    now: DeviceTables, one: PrinterSection | ScannerSection | DisplaySection
) -> list[tuple[str, str]]:
    """Name and address of all devices but this one."""
    return [
        (other.id, other.uri)
        for section in (now.printer, now.scanner, now.display)
        for other in section
        if not (isinstance(other, type(one)) and other.id == one.id)
    ]


def _place_faults(
    uri: str,
    others: Sequence[tuple[str, str]],
    message: str,
    port_of: Callable[[str], object] = port_at,
) -> list[FieldFault]:
    """What is wrong with an address. A page must not make the agent write into files of its user.

    Nor make files: lines for programs (`pty:`) and standard input belong to whoever starts the agent.
    """
    try:
        port_of(uri)
    except ConfigurationError:
        return [FieldFault("uri", "address.unreadable", message)]
    if uri.startswith(_NOT_FROM_A_PAGE):
        return [FieldFault("uri", "address.unreadable", message)]
    path = uri.removeprefix("file:")
    if path != uri and (not path.startswith("/dev/") or ".." in path.split("/")):
        return [FieldFault("uri", "address.no_device", NO_DEVICE_FILE)]
    same = next((name for name, other in others if place_of(other) == place_of(uri)), None)
    return [FieldFault("uri", "address.taken", SAME_PLACE, {"other": same})] if same else []


def _taken(sections: Sequence[One], one: One, *, is_new: bool) -> list[FieldFault]:
    known = next((other for other in sections if other.id == one.id), None)
    if is_new and known is not None and known != one:
        return [FieldFault("id", "id.taken", TAKEN)]
    return []


def _with(known: Sequence[One], one: One, faults: list[FieldFault], *, is_new: bool) -> tuple[One, ...]:
    """The devices of a kind with this one, unless something is wrong with it."""
    wanted = _put(known, one, is_new=is_new)
    if every := [*faults, *_taken(known, one, is_new=is_new)]:
        raise InvalidInput(tuple(every))
    return wanted


def _put(sections: Sequence[One], one: One, *, is_new: bool) -> tuple[One, ...]:
    if any(other.id == one.id for other in sections):
        return tuple(one if other.id == one.id else other for other in sections)
    if not is_new:
        raise Refused("unknown_device")
    if len(sections) >= MOST:
        raise Refused("too_many_devices")
    return (*sections, one)
