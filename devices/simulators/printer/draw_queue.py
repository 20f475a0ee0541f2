"""Hands papers to the drawing process one at a time: a bounded queue that never holds up the printing."""

import asyncio
import contextlib
import hashlib
import json
import sys
from pathlib import Path

import structlog

from devices.simulators.printer.memory import Memory
from devices.simulators.printer.modes import Modes

_log = structlog.get_logger(__name__)

QUEUE_LIMIT = 10_000
_DRAW_LIMIT_S = 60.0
_END_LIMIT_S = 2.0


class DrawQueue:
    """Papers waiting for their picture. A full queue leaves the paper without one and says so."""

    def __init__(self, folder: Path, columns: int) -> None:
        self._folder = folder
        self._last = Memory()
        self._last_name = ""
        self._argv = ("-m", "devices.simulators.printer.draw", str(folder), str(columns))
        self._orders: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LIMIT)
        self._process: asyncio.subprocess.Process | None = None

    def add(self, number: int, modes: Modes, memory: Memory) -> None:
        """Have a paper drawn when there is time."""
        told = {"number": number, "modes": modes.to_json(), "pictures": self._told(memory)}
        order = json.dumps(told).encode() + b"\n"
        try:
            self._orders.put_nowait(order)
        except asyncio.QueueFull:
            _log.warning("printer.paper_not_drawn", number=number, reason="too many papers wait")

    def _told(self, memory: Memory) -> str:
        """The name of a file with the stored pictures, written once for as long as they stay the same."""
        if memory.is_empty:
            return ""
        if memory is not self._last:
            content = json.dumps(memory.to_json()).encode()
            name = f"pictures-{hashlib.sha256(content).hexdigest()[:16]}.json"
            (self._folder / name).write_bytes(content)
            self._last, self._last_name = memory, name
        return self._last_name

    async def run(self) -> None:
        """Draw for ever; cancel to stop. Papers left over are drawn at the next start."""
        try:
            while True:
                await self._draw(await self._orders.get())
        finally:
            await self._end()

    async def _draw(self, order: bytes) -> None:
        try:
            async with asyncio.timeout(_DRAW_LIMIT_S):
                process = self._process or await self._start()
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(order)
                await process.stdin.drain()
                answer = await process.stdout.readline()
        except (OSError, TimeoutError) as error:
            answer = b""
            _log.warning("printer.drawing_failed", reason=str(error) or "it takes too long")
        if not answer:
            await self._end()

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *self._argv, stdin=pipe, stdout=pipe, start_new_session=True
        )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_LIMIT_S):
                await process.wait()
