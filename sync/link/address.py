"""Where a broker is: reading ``mqtt://host:port`` and opening a socket to it without blocking the loop."""

import asyncio
import contextlib
import socket
from urllib.parse import urlsplit

from sync.link.errors import LinkError, LinkLostError
from sync.link.port import LossReason

DEFAULT_PORT = 1883


class BadAddressError(LinkError):
    """The configured address of the broker cannot be read."""

    code = "link.bad_address"


def split_url(url: str) -> tuple[str, int]:
    """Read host and port.

    Raises:
        BadAddressError: The text is not ``mqtt://host`` or ``mqtt://host:port``.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORT
    except ValueError as error:
        raise BadAddressError(f"{url!r} has no readable port; write mqtt://host:port") from error
    if parts.scheme != "mqtt" or not parts.hostname:
        raise BadAddressError(f"{url!r} is no broker address; write mqtt://host:port")
    return parts.hostname, port


async def open_socket(host: str, port: int) -> socket.socket:
    """Connect by TCP, trying each address of the name in turn; the caller sets the time-out.

    Raises:
        LinkLostError: Nobody accepts the connection.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise LinkLostError(LossReason.UNREACHABLE, f"{host}: {error}") from error
    last = "the name has no address"
    for family, kind, proto, _name, address in found:
        sock = socket.socket(family, kind, proto)
        with contextlib.ExitStack() as undo:
            undo.callback(sock.close)
            sock.setblocking(False)
            # Small messages must leave at once: Nagle's wait for an acknowledgement costs up to 40 ms.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                await loop.sock_connect(sock, address)
            except OSError as error:
                last = str(error)
                continue
            undo.pop_all()
            return sock
    raise LinkLostError(LossReason.UNREACHABLE, f"{host}:{port}: {last}")
