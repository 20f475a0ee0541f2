"""The control port of the demo's line: one order a line in, ``ok``, ``error why`` or the state out.

Orders: ``cut``, ``restore``, ``half-open``, ``delay MS [JITTER]``, ``drop PERCENT``, ``slow BYTES_PER_S``,
``clear``, ``state``. An order that is not understood changes nothing.
"""

import asyncio
import contextlib
from typing import Protocol

from hub.demo.line_weather import MAX_BYTES_PER_S, MAX_DELAY_MS, Weather

LINE_BYTES = 256
IDLE_LIMIT_S = 600.0
_ORDERS = "cut, restore, half-open, delay MS [JITTER], drop PERCENT, slow BYTES_PER_S, clear, state"


class Controlled(Protocol):
    """What the control port commands."""

    weather: Weather

    async def cut(self) -> None:
        """Drop every connection and refuse new ones."""

    async def restore(self) -> None:
        """Carry again."""

    async def half_open(self) -> None:
        """Swallow bytes, keep connections."""

    async def clear(self) -> None:
        """Carry again with every knob turned back."""


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
    name, *arguments = order.split(" ")
    knobs = {"delay": _delay, "drop": _drop, "slow": _slow}
    if name in knobs:
        return knobs[name](line.weather, arguments)
    actions = {"cut": line.cut, "restore": line.restore, "half-open": line.half_open, "clear": line.clear}
    if arguments or (name not in actions and name != "state"):
        return f"error unknown order; use {_ORDERS}"
    if name == "state":
        return line.weather.told()
    await actions[name]()
    return "ok"


def _delay(weather: Weather, arguments: list[str]) -> str:
    """Turn the knobs of lateness."""
    numbers = _numbers(arguments, MAX_DELAY_MS)
    if len(numbers) not in {1, 2}:
        return f"error delay takes 0 to {MAX_DELAY_MS} milliseconds, and as many of jitter"
    weather.delay_ms, weather.jitter_ms = numbers[0], sum(numbers[1:])
    return "ok"


def _drop(weather: Weather, arguments: list[str]) -> str:
    """Turn the knob of sudden ends."""
    numbers = _numbers(arguments, 100)
    if len(numbers) != 1:
        return "error drop takes 0 to 100, the percentage of connections that end each second"
    weather.drop_percent = numbers[0]
    return "ok"


def _slow(weather: Weather, arguments: list[str]) -> str:
    """Turn the knob of the pace."""
    numbers = _numbers(arguments, MAX_BYTES_PER_S)
    if len(numbers) != 1:
        return f"error slow takes 0 to {MAX_BYTES_PER_S} bytes a second; 0 means not slow"
    weather.bytes_per_s = numbers[0]
    return "ok"


def _numbers(arguments: list[str], most: int) -> list[int]:
    """Whole numbers from 0 to `most`; none at all if one of them is not."""
    if not all(one.isascii() and one.isdigit() and int(one[:12]) <= most for one in arguments):
        return []
    return [int(one[:12]) for one in arguments]
