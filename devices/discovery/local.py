"""Devices on this machine: serial lines, keyboard scanners, USB printers. Nothing is opened."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from serial.tools import list_ports

from devices.discovery.found import Found
from devices.ports.trouble import Cause, cause_below, group_of
from devices.ports.usb_bus import UsbBus

_BY_ID: Final = "dev/serial/by-id"
_KEYBOARDS: Final = "dev/input/by-id"
_KEYBOARD_END: Final = "-event-kbd"


def serial_lines(root: Path = Path("/")) -> list[Found]:
    """Serial lines by the name that stays with the device, then those that have none."""
    named = [(f"/{_BY_ID}/{path.name}", path.name) for path in _listed(root / _BY_ID)]
    known = {(root / address[1:]).resolve() for address, _ in named}
    others = [
        (port.device, port.description or "")
        for port in list_ports.comports()
        if Path(port.device).resolve() not in known and port.hwid != "n/a"
    ]
    return [
        _with_lock(Found("serial", f"serial:{address}", name), root / address[1:])
        for address, name in [*named, *others]
    ]


def keyboards(root: Path = Path("/")) -> list[Found]:
    """Devices that play keyboard: scanners, and real keyboards too."""
    return [
        _with_lock(Found("keyboard", f"hid:/{_KEYBOARDS}/{path.name}", path.name), path)
        for path in _listed(root / _KEYBOARDS)
        if path.name.endswith(_KEYBOARD_END)
    ]


def usb_printers(bus: UsbBus) -> list[Found]:
    """Printers on USB; what is missing to look for them."""
    try:
        return [Found("usb", str(name), words) for name, words in bus.printers()]
    except OSError as error:
        return [Found("usb", "", trouble=str(error), cause=cause_below(error), facts={"place": "USB"})]


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _with_lock(found: Found, path: Path) -> Found:
    """The same; where this user may not open it with why, and what to do."""
    if os.access(path, os.R_OK | os.W_OK):
        return found
    group = group_of(path)
    if not group:
        return replace(found, trouble="it went away", cause=Cause.ABSENT, facts={"place": found.address})
    words = f"this user may not open it: add the user to the group {group} (usermod -aG {group} USER)"
    facts = {"place": found.address, "group": group}
    return replace(found, trouble=words, cause=Cause.PERMISSION, facts=facts)
