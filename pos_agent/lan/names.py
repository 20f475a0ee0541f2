"""Under which names and addresses phones may reach this machine. Pure but for the look at the own addresses.

Only private names and addresses count: the authority of a store is bound to them, so that what a phone
trusts for the till can never speak for a bank.
"""

import contextlib
import ipaddress
import re
import socket
import struct
from collections.abc import Iterable
from typing import Final

PRIVATE_ENDINGS: Final = ("local", "lan", "internal", "home.arpa", "localhost")
"""Endings of names that no public site has (RFC 6762, RFC 8375, ICANN's `internal`, and what routers use)."""
PRIVATE_NETWORKS: Final = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128")
)
"""RFC 1918, the loopback, and RFC 4193."""
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
MOST_NAME_CHARACTERS: Final = 253
_ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address of no machine (RFC 5737): asking for the way to it sends nothing."""
_ADDRESS_OF: Final = 0x8915
"""SIOCGIFADDR (man 7 netdevice): the IPv4 address of an interface."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def as_address(text: str) -> Address | None:
    """The address that a text is; None for a name."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_private(name: str) -> bool:
    """Whether a name or address can be one of a shop's own network."""
    address = as_address(name)
    if address is not None:
        return any(address in network for network in PRIVATE_NETWORKS)
    labels = name.split(".")
    is_formed = len(name) <= MOST_NAME_CHARACTERS and all(_LABEL.fullmatch(label) for label in labels)
    return is_formed and any(name == end or name.endswith(f".{end}") for end in PRIVATE_ENDINGS)


def present_addresses() -> tuple[str, ...]:
    """The private IPv4 addresses that this machine has now, without the loopback, sorted."""
    found = {*_addresses_of_interfaces(), _address_of_way_out()}
    addresses = [ipaddress.ip_address(text) for text in found if text and is_private(text)]
    return tuple(str(one) for one in sorted(addresses, key=int) if not one.is_loopback)


def _addresses_of_interfaces() -> Iterable[str]:
    try:
        import fcntl  # noqa: PLC0415  # only Unix has it; elsewhere the way out is the answer
    except ImportError:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _number, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # an interface without an address
                answer = fcntl.ioctl(asking, _ADDRESS_OF, struct.pack("256s", name.encode()[:15]))
                yield socket.inet_ntoa(answer[20:24])


def _address_of_way_out() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking, contextlib.suppress(OSError):
        asking.connect(_ELSEWHERE)
        return str(asking.getsockname()[0])
    return ""
