"""All ways to find devices, side by side, each with a limit."""

import asyncio
from importlib.util import find_spec
from typing import Final

from devices.discovery.found import Found
from devices.discovery.local import keyboards, serial_lines, usb_printers
from devices.discovery.mdns import announced_printers
from devices.discovery.network import cups_queues, need_hosts, network_printers
from devices.hotplug import MISSING
from devices.ports.usb_bus import PyUsb

TIMEOUT_S: Final = 3.0


async def discover(hosts: list[str], timeout_s: float = TIMEOUT_S) -> list[Found]:
    """Everything that could be set up.

    Args:
        hosts: machines to ask on port 9100.
        timeout_s: for each way.

    Raises:
        ValueError: a host cannot be one, or there are too many.
    """
    # before the others begin: a way that is given up while it opens leaves its sockets open
    need_hosts(hosts)
    ways = [
        asyncio.to_thread(serial_lines),
        asyncio.to_thread(keyboards),
        asyncio.to_thread(usb_printers, PyUsb()),
        cups_queues(timeout_s),
        network_printers(hosts, timeout_s),
        announced_printers(timeout_s * 2 / 3),
    ]
    found = [one for way in await asyncio.gather(*ways) for one in way]
    return [*_once(found), *_plugs()]


def _plugs() -> list[Found]:
    """What is missing to notice a plug at once."""
    if find_spec("pyudev") is not None:
        return []
    return [Found("hotplug", "", trouble=MISSING, cause="no_hotplug")]


def _once(found: list[Found]) -> list[Found]:
    """Each address once: a printer that is named and announces itself is one printer."""
    by_address = {one.address: one for one in reversed(found) if one.address}
    return [one for one in found if not one.address or by_address[one.address] is one]
