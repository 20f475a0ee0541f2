"""Which ports the demo's processes listen on: all counted from one base, chosen once and kept.

base + 0  hub            base + 10 (i + 1) + 0  agent of store i       + 5  printer `receipt`: control
base + 1  broker                           + 1  its line to the hub    + 6  printer `pick`
base + 2  devices                          + 2  its line to the broker + 7  printer `pick`: control
                                           + 3  the line's control     + 8  scanner: control
                                           + 4  printer `receipt`    + 9  agent's door for phones (HTTPS)
"""

import asyncio
import contextlib
import random
import socket
from dataclasses import dataclass

from hub.demo.errors import PortTaken

PREFERRED_BASE = 8000
LOOPBACK = "127.0.0.1"
_STEP = 10
_LOWEST, _HIGHEST = 10_000, 30_000  # below the range from which systems take ports for outgoing connections
_TRIES = 200
_ANSWER_LIMIT_S = 1.0


@dataclass(frozen=True, slots=True)
class StorePorts:
    """The ports of one store."""

    base: int

    @property
    def agent(self) -> int:
        """The agent's pages and API."""
        return self.base

    @property
    def line_hub(self) -> int:
        """The hub as the store reaches it."""
        return self.base + 1

    @property
    def line_broker(self) -> int:
        """The broker as the store reaches it."""
        return self.base + 2

    @property
    def line_control(self) -> int:
        """Orders to the line."""
        return self.base + 3

    def printer(self, number: int) -> int:
        """Where printer 0 or 1 prints from."""
        return self.base + 4 + 2 * number

    def printer_control(self, number: int) -> int:
        """Faults of printer 0 or 1."""
        return self.base + 5 + 2 * number

    @property
    def scanner_control(self) -> int:
        """Codes to scan."""
        return self.base + 8

    @property
    def door(self) -> int:
        """The agent's pages for phones, over HTTPS."""
        return self.base + 9


@dataclass(frozen=True, slots=True)
class Ports:
    """All ports of a demo with `stores` stores."""

    base: int
    stores: int

    @property
    def hub(self) -> int:
        """The hub's pages and API."""
        return self.base

    @property
    def broker(self) -> int:
        """The broker."""
        return self.base + 1

    @property
    def devices(self) -> int:
        """The page of all stores' simulated devices."""
        return self.base + 2

    def store(self, number: int) -> StorePorts:
        """The ports of the store with this number, from 0 on."""
        return StorePorts(self.base + _STEP * (number + 1))

    def all(self) -> dict[int, str]:
        """Every port and what it is for."""
        found = {self.hub: "the hub", self.broker: "the broker", self.devices: "the page of devices"}
        for number in range(self.stores):
            first = self.store(number).base
            found |= {first + place: f"store {number + 1}" for place in range(_STEP)}
        return found


def choose(stores: int, *, usual: bool = True) -> Ports:
    """Free ports: the usual ones, else some others.

    Args:
        stores: How many stores need some.
        usual: Whether to try the usual ones first; without, demos that start together stay apart.

    Raises:
        PortTaken: No free block was found.
    """
    wished = Ports(PREFERRED_BASE, stores)
    if usual and not taken(wished):
        return wished
    for _ in range(_TRIES):
        ports = Ports(random.randrange(_LOWEST, _HIGHEST - _STEP * (stores + 1), _STEP), stores)
        if not taken(ports):
            return ports
    raise PortTaken(f"no {_STEP * (stores + 1)} free ports in a row were found; give some with --port-base P")


def require_free(ports: Ports) -> None:
    """Refuse to start where a port is in use.

    Raises:
        PortTaken: Naming the port and what to do.
    """
    if not ports.base or max(ports.all()) > 65_535:
        raise PortTaken(
            f"--port-base {ports.base} leaves no room for {ports.stores} stores; take a lower one"
        )
    used = taken(ports)
    if used:
        port, what = next(iter(used.items()))
        others = f" ({len(used) - 1} more too)" if len(used) > 1 else ""
        raise PortTaken(
            f"port {port} for {what} is used by another program{others}; stop that one, or choose other"
            " ports with --port-base P"
        )


def taken(ports: Ports) -> dict[int, str]:
    """The ports that somebody uses at this moment."""
    return {port: what for port, what in ports.all().items() if not _is_free(port)}


def _is_free(port: int) -> bool:
    """Whether a server could listen here now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


async def accepts(port: int, host: str = LOOPBACK) -> bool:
    """Whether something accepts connections on a port."""
    try:
        async with asyncio.timeout(_ANSWER_LIMIT_S):
            _reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
