"""Addresses of ports as people write them: ``tcp://host:9100``, ``usb:04b8:0202``, ``serial:/dev/…``."""

import re
from urllib.parse import parse_qsl, urlsplit

from devices.errors import AddressError
from devices.ports.cups import QUEUE, CupsPort
from devices.ports.file_path import FilePort
from devices.ports.port import Port
from devices.ports.pty_end import PtyPort
from devices.ports.serial_line import SerialPort, SerialSettings
from devices.ports.tcp import TcpPort
from devices.ports.usb import UsbPort
from devices.ports.usb_bus import UsbName

_RAW_PRINT_PORT = 9100
_BAUD = re.compile(r"[5-9][0-9]|[1-9][0-9]{2,6}")
_USB = re.compile(r"usb:([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::([\x21-\x7e]{1,64}))?")
_FLOWS = ("none", "rtscts", "xonxoff")


def port_at(uri: str) -> Port:
    """The port an address names; nothing is opened yet.

    Args:
        uri: ``tcp://host[:port]`` (port 9100 if absent),
            ``serial:/path[?baud=N][&flow=none|rtscts|xonxoff]`` (9600 baud if absent; a pty's path too),
            ``usb:vendor:product[:serial]`` (hexadecimal, as ``lsusb`` shows them), ``cups:queue``,
            ``file:/path`` (``/dev/usb/lp0``, or a file that jobs are appended to) or ``pty:/path`` (a line
            that this port makes and another program opens by that name).

    Raises:
        AddressError: the address cannot be read; the text says what is expected.
    """
    scheme, colon, _ = uri.partition(":")
    if scheme == "tcp":
        return _tcp(uri)
    if scheme == "serial":
        return SerialPort(serial_settings(uri))
    reader = {"usb": _usb, "cups": _cups, "file": _file, "pty": _pty}.get(scheme)
    if reader is not None and colon:
        return reader(uri)
    raise AddressError(
        f"{uri!r} is no device address: write tcp://host:9100, serial:/dev/…?baud=9600, usb:04b8:0202,"
        " cups:queue or file:/dev/usb/lp0"
    )


def place_of(uri: str) -> str:
    """What an address names, without how fast it is spoken to: two addresses of one device are alike."""
    place = uri.partition("?")[0].rstrip("/")
    is_bare = place.startswith("tcp://") and re.search(r":[0-9]+$", place) is None
    return f"{place}:{_RAW_PRINT_PORT}" if is_bare else place


def _usb(uri: str) -> Port:
    found = _USB.fullmatch(uri)
    if found is None:
        raise AddressError(f"{uri!r} is no USB printer: write usb:vendor:product, as lsusb shows them")
    vendor, product, serial = found.groups()
    return UsbPort(UsbName(int(vendor, 16), int(product, 16), serial or ""))


def _cups(uri: str) -> Port:
    queue = uri.removeprefix("cups:")
    if not QUEUE.fullmatch(queue) or queue.startswith("-"):
        raise AddressError(f"{uri!r} is no CUPS queue: write cups:name, as lpstat -e lists them")
    return CupsPort(queue)


def _file(uri: str) -> Port:
    path = uri.removeprefix("file:")
    if not path.startswith("/") or "\0" in path:
        raise AddressError(f"{uri!r} is no file: write file:/dev/usb/lp0")
    return FilePort(path)


def _pty(uri: str) -> Port:
    link = uri.removeprefix("pty:")
    if not link.startswith("/") or link.endswith("/") or "\0" in link:
        raise AddressError(f"{uri!r} is no pseudo-terminal: write pty:/path/of/its/name")
    return PtyPort(link)


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
