"""Addresses of ports as people write them: ``tcp://host:9100``, ``serial:/dev/ttyUSB0?baud=19200``."""

import re
from urllib.parse import parse_qsl, urlsplit

from devices.errors import AddressError
from devices.ports.port import Port
from devices.ports.serial_line import SerialPort, SerialSettings
from devices.ports.tcp import TcpPort

_RAW_PRINT_PORT = 9100
_BAUD = re.compile(r"[5-9][0-9]|[1-9][0-9]{2,6}")
_FLOWS = ("none", "rtscts", "xonxoff")


def port_at(uri: str) -> Port:
    """The port an address names; nothing is opened yet.

    Args:
        uri: ``tcp://host[:port]`` (port 9100 if absent) or
            ``serial:/path[?baud=N][&flow=none|rtscts|xonxoff]`` (9600 baud if absent; a pty's path too).

    Raises:
        AddressError: the address cannot be read; the text says what is expected.
    """
    scheme = uri.partition(":")[0]
    if scheme == "tcp":
        return _tcp(uri)
    if scheme == "serial":
        return SerialPort(serial_settings(uri))
    raise AddressError(f"{uri!r} is no device address: write tcp://host:9100 or serial:/dev/…?baud=9600")


def _tcp(uri: str) -> TcpPort:
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressError(f"{uri!r}: {error}; write tcp://host:9100") from error
    if not host or port == 0 or parts.path not in ("", "/") or parts.query:
        raise AddressError(f"{uri!r} is no network address: write tcp://host:9100")
    return TcpPort(host, port or _RAW_PRINT_PORT)


def serial_settings(uri: str) -> SerialSettings:
    """The settings in a ``serial:`` address.

    Raises:
        AddressError: the address cannot be read.
    """
    path, _, query = uri.removeprefix("serial:").partition("?")
    path = path.removeprefix("//")
    options = dict(parse_qsl(query, keep_blank_values=True))
    baud, flow = options.pop("baud", "9600"), options.pop("flow", "none")
    if not path or options or flow not in _FLOWS or not _BAUD.fullmatch(baud):
        raise AddressError(f"{uri!r} is no serial address: write serial:/dev/…?baud=19200&flow=rtscts")
    return SerialSettings(path, int(baud), rtscts=flow == "rtscts", xonxoff=flow == "xonxoff")
