"""A control port: one line in, ``ok …`` or ``error why`` out, over TCP on this machine only."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

Handler = Callable[[str], Awaitable[str]]

MAX_LINE = 4096
_IDLE_S = 3600.0
_LOOPBACK = "127.0.0.1"


class Refused(Exception):
    """A control line cannot be obeyed; its text goes back as ``error …``."""


async def serve_control(port: int, handler: Handler) -> asyncio.Server:
    """Listen for control lines; ``handler`` returns what follows ``ok`` or raises ``Refused``.

    Args:
        port: 0 takes a free one.
        handler: gets each line without its end.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # cancelled = the program ends, and who waits for a revision still waits: no fault to be logged
        with contextlib.suppress(OSError, TimeoutError, asyncio.CancelledError):
            await _converse(reader, writer, handler)
        writer.close()

    return await asyncio.start_server(serve, _LOOPBACK, port, limit=MAX_LINE)


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler) -> None:
    while True:
        try:
            async with asyncio.timeout(_IDLE_S):
                line = await reader.readline()
        except ValueError:
            writer.write(f"error a line has at most {MAX_LINE} bytes\n".encode())
            return
        if not line:
            return
        writer.write((await _answer(line, handler) + "\n").encode())
        await writer.drain()


async def _answer(line: bytes, handler: Handler) -> str:
    try:
        text = line.removesuffix(b"\n").removesuffix(b"\r").decode()
        said = await handler(text)
    except UnicodeDecodeError:
        return "error the line is not UTF-8"
    except Refused as refusal:
        return f"error {refusal}"
    return f"ok {said}".rstrip()


def port_of(server: asyncio.Server) -> int:
    """The port a server listens on."""
    port = server.sockets[0].getsockname()[1]
    assert isinstance(port, int)
    return port
