"""The virtual printer behind its line: bytes come in, answers go out, papers are kept, faults strike.

The line (a network or a serial one) brings the bytes; it knows nothing of what they mean.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from devices.simulators.printer.archive import Archive, Paper
from devices.simulators.printer.condition import Condition
from devices.simulators.printer.faults import obey
from devices.simulators.printer.machine import BUFFER_LIMIT, Machine
from devices.simulators.printer.memory import Memory
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.paper_text import as_text
from devices.simulators.printer.plans import Plans
from devices.simulators.revision import Revision

_CHUNK = 65_536
# A slow printer takes a few milliseconds' worth at a time and has the small buffer of its kind.
_TICK_S = 0.02
_SLOW_CHUNK, _SLOW_BUFFER = 512, 4096
_GARBAGE = b"\xff\x9d"

Speak = Callable[[bytes], None]
Draw = Callable[[int, Modes, Memory], None]
"""Told a paper's number, and the modes and pictures that it began with."""


class PrinterLine(Protocol):
    """What joins the printer to its till."""

    @property
    def is_plugged(self) -> bool:
        """Whether the cable is in."""
        ...

    @property
    def uri(self) -> str:
        """The address to write into the agent's settings."""
        ...

    async def plug(self) -> None:
        """Put the cable in; a second time changes nothing.

        Raises:
            OSError: the address cannot be used.
        """

    async def unplug(self) -> None:
        """Pull the cable out."""

    def power_off(self) -> None:
        """The printer went off and on: what the other side sees of it."""

    def break_off(self) -> None:
        """Break in the middle of a job, as a bad cable does."""


class PrinterDevice:
    """A printer without a line yet. ``draw`` is told of each paper."""

    def __init__(self, columns: int, archive: Archive, draw: Draw) -> None:
        self.reset_after: int | None = None
        """Bytes until the line breaks; None = it does not."""
        self.has_font = True
        """False: this machine has no Chinese font, and pictures show hollow boxes."""
        self.revision = Revision()
        self.line: PrinterLine | None = None
        self.machine = Machine(columns, self._keep, archive.add_to_last, archive.lasting_memory())
        self._archive = archive
        self._draw = draw
        self._speak: Speak | None = None
        self._moved = asyncio.Event()
        self._pacing: asyncio.Task[None] | None = None
        self._faults: set[asyncio.Task[None]] = set()
        self._coming = 0  # faults that are not carried out yet; their tasks are let go of a little later
        self.machine.bring = self._bring

    @property
    def condition(self) -> Condition:
        """What is right or wrong with the machine."""
        return self.machine.condition

    @property
    def plans(self) -> Plans:
        """Faults to come."""
        return self.machine.plans

    # -- for the line

    @property
    def chunk(self) -> int:
        """Bytes to bring at once."""
        return _SLOW_CHUNK if self.condition.bytes_per_s else _CHUNK

    async def room(self) -> None:
        """Wait until there is room: a printer without paper makes its client wait."""
        while not self.machine.prints and self.machine.waiting > (
            _SLOW_BUFFER if self.condition.bytes_per_s else BUFFER_LIMIT
        ):
            self._moved.clear()
            await self._moved.wait()

    def begin(self, speak: Speak) -> None:
        """A client is there; answers go to ``speak``."""
        self._speak = speak

    def take(self, data: bytes) -> bool:
        """Take bytes in; False if the line has to break here."""
        breaks = self.reset_after is not None and len(data) >= self.reset_after
        if self.reset_after is not None:
            data, self.reset_after = data[: self.reset_after], self.reset_after - len(data)
        answers = self.machine.receive(data)
        self._archive.keep_memory(self.machine.memory)
        if breaks:
            self.reset_after = None
        else:
            self._answer(answers)
        self.revision.grow()
        return not breaks

    def end(self) -> None:
        """The client hung up: what was begun comes out."""
        self._speak = None
        self.machine.end_connection()
        self.revision.grow()

    # -- for the control port

    async def plug(self) -> None:
        """Put the cable in."""
        assert self.line is not None
        await self.line.plug()
        self.revision.grow()

    async def unplug(self) -> None:
        """Pull it out."""
        assert self.line is not None
        await self.line.unplug()
        self.revision.grow()

    def break_off(self) -> None:
        """Break the line now."""
        assert self.line is not None
        self.line.break_off()
        self.revision.grow()

    def power_cycle(self) -> None:
        """Off and on: the buffer is lost, and on a network clients are cut off."""
        self.machine.power_cycle()
        self._moved.set()
        self.revision.grow()
        assert self.line is not None
        self.line.power_off()

    def condition_changed(self) -> None:
        """Print what waited, and answer whoever still listens."""
        if not self.condition.bytes_per_s:
            self.machine.allowance = None
        elif self._pacing is None or self._pacing.done():
            self.machine.allowance = 0
            self._pacing = asyncio.get_running_loop().create_task(self._pace())
        self._print_waiting()
        self.revision.grow()

    def _print_waiting(self) -> None:
        answers = self.machine.print_waiting()
        self._moved.set()
        if not self.condition.is_mute:
            self._answer(answers)

    async def _pace(self) -> None:
        """Let the machine print at its speed, until it is told to print as fast as it can."""
        while speed := self.condition.bytes_per_s:
            self.machine.allowance = min(self.machine.allowance or 0, 0) + max(1, speed * _TICK_S)
            if self.machine.waiting:
                self._print_waiting()
                self.revision.grow()
            await asyncio.sleep(_TICK_S)

    def _bring(self, fault: str) -> None:
        """A planned fault: nothing more is printed until it is carried out."""
        self.machine.is_halted = True
        self._coming += 1
        task = asyncio.get_running_loop().create_task(self._carry_out(fault))
        self._faults.add(task)
        task.add_done_callback(self._faults.discard)

    async def _carry_out(self, fault: str) -> None:
        try:
            await obey(self, fault)
        finally:
            self._coming -= 1
            self.machine.is_halted = self._coming > 0
            self._print_waiting()
            self.revision.grow()

    def _answer(self, answers: bytes) -> None:
        """Send answers, as true and as soon as the machine's condition lets them be."""
        speak = self._speak
        if not answers or speak is None:
            return
        if self.condition.is_babbling:
            answers = (_GARBAGE * len(answers))[: len(answers)]
        if self.condition.late_ms:
            asyncio.get_running_loop().call_later(self.condition.late_ms / 1000, speak, answers)
        else:
            speak(answers)

    def facts(self) -> dict[str, object]:
        """The state for people and tests."""
        it, line = self.condition, self.line
        return {
            "online": it.prints,
            "offline": it.is_offline,
            "paper": it.paper,
            "cover": "open" if it.is_cover_open else "closed",
            "mute": it.is_mute,
            "cutter": "stuck" if it.is_cutter_stuck else "ok",
            "paper_left": it.paper_left,
            "plugged": line is not None and line.is_plugged,
            "uri": line.uri if line is not None else "",
            "reset_after": self.reset_after,
            "planned": self.plans.told(),
            "papers": self._archive.count,
            "waiting_bytes": self.machine.waiting,
            "slow": it.bytes_per_s,
            "late_ms": it.late_ms,
            "garbage": it.is_babbling,
            "drawer": "open" if it.is_drawer_open else "closed",
            "kicks": it.kicks,
            "beeps": it.beeps,
            "font": self.has_font,
            "unknown": self.machine.unknown[0],
            "unknown_commands": self.machine.unknown[1],
            "revision": self.revision.number,
        }

    def _keep(self, paper: Paper) -> None:
        text = as_text(paper.elements)
        self._draw(self._archive.keep(paper.raw, text), paper.modes, paper.memory)
        self.revision.grow()
