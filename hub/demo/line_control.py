"""The control port of the demo's line: one order a line in, ``ok``, ``error why`` or the state out.

Orders: ``cut``, ``restore``, ``half-open``, ``delay MS``, ``state``.
"""

import asyncio
import contextlib
from typing import Protocol

LINE_BYTES = 256
IDLE_LIMIT_S = 600.0
MAX_DELAY_MS = 60_000
_ORDERS = "cut, restore, half-open, delay MS, state"


class Controlled(Protocol):
    """What the control port commands."""

    delay_s: float

    @property
    def state(self) -> str:
        """What the line does with bytes."""

    async def cut(self) -> None:
        """Drop every connection and refuse new ones."""

    async def restore(self) -> None:
        """Carry again."""

    async def half_open(self) -> None:
        """Swallow bytes, keep connections."""


async def serve_control(line: Controlled, port: int) -> asyncio.Server:
    """Listen for orders on loopback; each connection may send any number of them."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.CancelledError, ValueError):
            while True:
                async with asyncio.timeout(IDLE_LIMIT_S):
                    order = await reader.readline()
                if not order:
                    break
                answer = await obey(line, order.decode("utf-8", "replace").strip())
                writer.write(f"{answer}\n".encode())
                await writer.drain()
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", port, limit=LINE_BYTES)


async def obey(line: Controlled, order: str) -> str:
    """Carry out one order and give the answer."""
    name, _, argument = order.partition(" ")
    if name == "state" and not argument:
        return str(line.state)
    if name == "delay":
        return _set_delay(line, argument)
    actions = {"cut": line.cut, "restore": line.restore, "half-open": line.half_open}
    if name not in actions or argument:
        return f"error unknown order; use {_ORDERS}"
    await actions[name]()
    return "ok"


def _set_delay(line: Controlled, argument: str) -> str:
    if not argument.isascii() or not argument.isdigit() or int(argument) > MAX_DELAY_MS:
        return f"error delay takes 0 to {MAX_DELAY_MS} milliseconds"
    line.delay_s = int(argument) / 1000
    return "ok"
