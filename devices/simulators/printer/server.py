"""The virtual printer on the network: one client at a time, as real ones serve port 9100."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from devices.simulators.printer.archive import Archive, Paper
from devices.simulators.printer.elements import as_text
from devices.simulators.printer.machine import BUFFER_LIMIT, Condition, Machine
from devices.simulators.printer.modes import Modes
from devices.simulators.revision import Revision

_CHUNK = 65_536
# A client that says nothing for so long makes room for one that waits.
_IDLE_S = 3.0
# A slow printer takes a few milliseconds' worth at a time and has the small buffer of its kind.
_TICK_S = 0.02
_SLOW_CHUNK, _SLOW_BUFFER = 512, 4096
_GARBAGE = b"\xff\x9d"


class PrinterServer:
    """Listens, prints, keeps papers. ``draw`` is told each paper's number and first modes."""

    def __init__(self, columns: int, archive: Archive, draw: Callable[[int, Modes], None]) -> None:
        self.reset_after: int | None = None
        self.has_font = True
        """False: this machine has no Chinese font, and pictures show hollow boxes."""
        self.revision = Revision()
        self.port = 0
        self._columns = columns
        self._archive = archive
        self._draw = draw
        self._machine = Machine(columns, self._keep, archive.add_to_last)
        self._server: asyncio.Server | None = None
        self._turn = asyncio.Lock()
        self._clients: set[asyncio.StreamWriter] = set()
        self._current: asyncio.StreamWriter | None = None
        self._moved = asyncio.Event()
        self._pacing: asyncio.Task[None] | None = None

    @property
    def condition(self) -> Condition:
        """What is right or wrong with the machine."""
        return self._machine.condition

    async def listen(self, port: int) -> None:
        """Begin to listen; port 0 takes a free one, kept over ``unplug`` and ``plug``."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=_CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]
        self.revision.grow()

    async def plug(self) -> None:
        """Listen again on the same port."""
        if self._server is None:
            await self.listen(self.port)

    async def unplug(self) -> None:
        """Refuse connections and drop those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for client in list(self._clients):
            client.transport.abort()
        self.revision.grow()
        await asyncio.sleep(0)

    def power_cycle(self) -> None:
        """Off and on: the buffer is lost and clients are cut off."""
        self._machine.power_cycle()
        self._moved.set()
        self.revision.grow()
        for client in list(self._clients):
            client.transport.abort()

    def condition_changed(self) -> None:
        """Print what waited, and answer whoever still listens."""
        if not self.condition.bytes_per_s:
            self._machine.allowance = None
        elif self._pacing is None or self._pacing.done():
            self._machine.allowance = 0
            self._pacing = asyncio.get_running_loop().create_task(self._pace())
        self._print_waiting()
        self.revision.grow()

    def _print_waiting(self) -> None:
        answers = self._machine.print_waiting()
        self._moved.set()
        if answers and self._current is not None and not self.condition.is_mute:
            self._answer(self._current, answers)

    async def _pace(self) -> None:
        """Let the machine print at its speed, until it is told to print as fast as it can."""
        while speed := self.condition.bytes_per_s:
            self._machine.allowance = min(self._machine.allowance or 0, 0) + max(1, speed * _TICK_S)
            if self._machine.waiting:
                self._print_waiting()
                self.revision.grow()
            await asyncio.sleep(_TICK_S)

    def _answer(self, writer: asyncio.StreamWriter, answers: bytes) -> None:
        """Send answers, as true and as soon as the machine's condition lets them be."""
        if not answers:
            return
        if self.condition.is_babbling:
            answers = (_GARBAGE * len(answers))[: len(answers)]
        if self.condition.late_ms:
            asyncio.get_running_loop().call_later(self.condition.late_ms / 1000, _write, writer, answers)
        else:
            writer.write(answers)

    def facts(self) -> dict[str, object]:
        """The state for people and tests."""
        it = self.condition
        return {
            "online": it.prints,
            "offline": it.is_offline,
            "paper": it.paper,
            "cover": "open" if it.is_cover_open else "closed",
            "mute": it.is_mute,
            "cutter": "stuck" if it.is_cutter_stuck else "ok",
            "paper_left": it.paper_left,
            "plugged": self._server is not None,
            "reset_after": self.reset_after,
            "papers": self._archive.count,
            "waiting_bytes": self._machine.waiting,
            "slow": it.bytes_per_s,
            "late_ms": it.late_ms,
            "garbage": it.is_babbling,
            "drawer": "open" if it.is_drawer_open else "closed",
            "kicks": it.kicks,
            "beeps": it.beeps,
            "font": self.has_font,
            "unknown": self._machine.unknown[0],
            "unknown_commands": self._machine.unknown[1],
            "revision": self.revision.number,
        }

    def _keep(self, paper: Paper) -> None:
        text = as_text(paper.elements)
        self._draw(self._archive.keep(paper.raw, text), paper.modes)
        self.revision.grow()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            async with self._turn:
                self._current = writer
                with contextlib.suppress(OSError):
                    await self._print_from(reader, writer)
                self._current = None
                self._machine.end_connection()
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _print_from(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await self._next(reader):
            if self.reset_after is not None and len(data) >= self.reset_after:
                self._machine.receive(data[: self.reset_after])
                self.reset_after = None
                _reset(writer)
                return
            if self.reset_after is not None:
                self.reset_after -= len(data)
            self._answer(writer, self._machine.receive(data))
            self.revision.grow()
            await writer.drain()

    async def _room(self) -> None:
        """Read no more than the buffer holds: a printer without paper makes its client wait."""
        while not self._machine.prints and self._machine.waiting > (
            _SLOW_BUFFER if self.condition.bytes_per_s else BUFFER_LIMIT
        ):
            self._moved.clear()
            await self._moved.wait()

    async def _next(self, reader: asyncio.StreamReader) -> bytes:
        """The client's next bytes; none once it is gone, or silent while another waits."""
        await self._room()
        while True:
            try:
                async with asyncio.timeout(_IDLE_S):
                    return await reader.read(_SLOW_CHUNK if self.condition.bytes_per_s else _CHUNK)
            except TimeoutError:
                if len(self._clients) > 1:
                    return b""


def _write(writer: asyncio.StreamWriter, answers: bytes) -> None:
    """Send an answer whose time has come, if anybody is still there."""
    if not writer.is_closing():
        writer.write(answers)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with a TCP reset instead of an orderly close."""
    line: socket.socket = writer.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
