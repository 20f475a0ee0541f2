"""All ways to find devices, side by side, each with a limit."""

import asyncio
from typing import Final

from devices.discovery.found import Found
from devices.discovery.local import keyboards, serial_lines, usb_printers
from devices.discovery.network import cups_queues, network_printers
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
    ways = [
        asyncio.to_thread(serial_lines),
        asyncio.to_thread(keyboards),
        asyncio.to_thread(usb_printers, PyUsb()),
        cups_queues(timeout_s),
        network_printers(hosts, timeout_s),
    ]
    return [found for way in await asyncio.gather(*ways) for found in way]
