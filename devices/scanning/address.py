"""Addresses of scanners: those of every port, and the ways that only scanners come in."""

from urllib.parse import urlsplit

from devices.errors import AddressError
from devices.ports.address import port_at
from devices.ports.port import Port
from devices.scanning.hid_port import HidPort
from devices.scanning.listen_port import ListenPort
from devices.scanning.stdin_port import StdinPort


def scanner_port_at(uri: str) -> Port:
    """The port a scanner's address names; nothing is opened yet.

    Args:
        uri: as ``port_at`` reads it, or ``hid:/dev/input/by-id/…-event-kbd`` for one that plays keyboard,
            ``listen://address:port`` for one that connects to this machine, or ``stdin:`` for codes that come
            in on the program's standard input.

    Raises:
        AddressError: the address cannot be read; the text says what is expected.
    """
    scheme = uri.partition(":")[0]
    if scheme == "hid":
        return _hid(uri)
    if scheme == "listen":
        return _listen(uri)
    if scheme == "stdin":
        return _stdin(uri)
    return port_at(uri)


def _hid(uri: str) -> HidPort:
    path = uri.removeprefix("hid:")
    if not path.startswith("/"):
        raise AddressError(f"{uri!r} is no keyboard scanner: write hid:/dev/input/by-id/…-event-kbd")
    return HidPort(path)


def _stdin(uri: str) -> StdinPort:
    if uri != "stdin:":
        raise AddressError(f"{uri!r} is no scanner: write stdin: and nothing behind it")
    return StdinPort()


def _listen(uri: str) -> ListenPort:
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressError(f"{uri!r}: {error}; write listen://192.168.1.20:9200") from error
    if not host or not port or parts.path not in ("", "/") or parts.query:
        raise AddressError(f"{uri!r} is no address to listen on: write listen://192.168.1.20:9200")
    return ListenPort(host, port)
