"""The printer as a machine: an input buffer, a state, faults, answers, and papers that fall out.

Real-time requests are obeyed as they arrive, also while nothing is printed; everything else waits its turn.
While the machine cannot print, bytes wait in its buffer and print when it can again.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from devices.simulators.printer import identity
from devices.simulators.printer.archive import Paper
from devices.simulators.printer.interpreter import Interpreter
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.real_time import RealTime
from devices.simulators.printer.tokens import Token, next_token

BUFFER_LIMIT = 65_536
_PAPER_LIMIT = 2_097_152
_QUERIES = frozenset({b"\x1dr", b"\x1da", b"\x10\x04", b"\x10\x05", b"\x1dI", b"\x1bu", b"\x1bv"})
_PROCESS_ID = b"H"


@dataclass(slots=True)
class Condition:
    """What is right or wrong with the machine, set by its control port.

    ``paper_left`` is how many more bytes print before the roll ends; None = it does not end. ``late_ms`` and
    ``is_babbling`` are about its answers; ``bytes_per_s`` is how fast it prints, 0 = at once.
    """

    paper: str = "ok"
    paper_left: int | None = None
    is_cutter_stuck: bool = False
    is_offline: bool = False
    is_cover_open: bool = False
    is_mute: bool = False
    is_babbling: bool = False
    late_ms: int = 0
    bytes_per_s: int = 0
    is_drawer_open: bool = False
    kicks: int = 0
    beeps: int = 0

    @property
    def prints(self) -> bool:
        """Whether it prints what it is sent."""
        is_stopped = self.is_offline or self.is_cover_open or self.is_cutter_stuck
        return self.paper != "out" and not is_stopped

    def open_drawer(self) -> None:
        """A pulse reached the drawer; it stays open until somebody pushes it in."""
        self.is_drawer_open = True
        self.kicks += 1

    def use_paper(self, size: int) -> None:
        """So many bytes were printed."""
        if self.paper_left is None:
            return
        self.paper_left -= size
        if self.paper_left <= 0:
            self.paper, self.paper_left = "out", None


class Machine:
    """Bytes in, answers out; papers go to ``keep`` and late queries to ``add_to_last``."""

    def __init__(
        self, columns: int, keep: Callable[[Paper], None], add_to_last: Callable[[bytes], None]
    ) -> None:
        self.condition = Condition()
        self.allowance: float | None = None
        """Bytes that it may print now; None = all that wait."""
        self._columns = columns
        self._keep = keep
        self._add_to_last = add_to_last
        self._power_up()

    def _power_up(self) -> None:
        self._interpreter = Interpreter(self._columns)
        self._jobs: deque[bytearray] = deque([bytearray()])
        self._real_time = RealTime()
        self._raw = bytearray()
        self._began_with = Modes()
        self._held: Paper | None = None
        self._follows_cut = False
        self._automatic = b""  # the last automatic status told; empty = none is wanted

    def power_cycle(self) -> None:
        """Off and on: what was not yet on paper is gone, and nobody is told."""
        self._power_up()

    @property
    def unknown(self) -> tuple[int, dict[str, int]]:
        """How many commands nobody knows, and which, in hex, how often."""
        names = {name.hex(" ").upper(): count for name, count in self._interpreter.unknown.items()}
        return self._interpreter.unknown_count, names

    @property
    def prints(self) -> bool:
        """Whether it would print more now; what waits then is a command that has not fully arrived."""
        return self._prints

    @property
    def waiting(self) -> int:
        """Bytes received and not yet printed."""
        return sum(map(len, self._jobs))

    def receive(self, data: bytes) -> bytes:
        """Take in bytes.

        Returns:
            The answers to send back, if the machine is not mute.
        """
        answers = b"".join(self._obey_at_once(request) for request in self._real_time.find(data))
        self._jobs[-1] += data
        answers += self.print_waiting()
        return b"" if self.condition.is_mute else answers

    def news(self) -> bytes:
        """The automatic status, if it is wanted and something changed since it was told."""
        now = self._status_block()
        if not self._automatic or now == self._automatic:
            return b""
        self._automatic = now
        return now

    def end_connection(self) -> None:
        """The client hung up: a paper begun comes out, now or once the machine prints again."""
        self._real_time = RealTime()
        if len(self._jobs) == 1 or self._jobs[-1]:  # who connects and says nothing leaves no job
            self._jobs.append(bytearray())
        self.print_waiting()

    def print_waiting(self) -> bytes:
        """Print what the buffer holds, if the machine prints.

        Returns:
            The answers to the requests in it.
        """
        answers = b""
        while self._prints:
            answers += self._print_job(self._jobs[0])
            if len(self._jobs) == 1 or not self._prints:
                break
            self._end_job(self._jobs.popleft())
        return answers + self.news()

    @property
    def _prints(self) -> bool:
        return self.condition.prints and (self.allowance is None or self.allowance > 0)

    def _print_job(self, job: bytearray) -> bytes:
        answers = b""
        place = 0
        while self._prints and (token := next_token(job, place, kanji=self._interpreter.modes.kanji)):
            place += len(token.raw)
            answers += self._print(token)
            self.condition.use_paper(len(token.raw))
            if self.allowance is not None:
                self.allowance -= len(token.raw)
        del job[:place]
        self._release(follows_cut=True)
        return answers

    def _print(self, token: Token) -> bytes:
        if self._is_query(token) and self._interpreter.modes.is_selected:
            return self._query(token)
        self._release(follows_cut=False)
        self._follows_cut = False
        if not self._raw:
            self._began_with = replace(self._interpreter.modes)
        self._raw += token.raw
        if self._interpreter.modes.is_selected:
            self._act(token)
        if self._interpreter.read(token):
            self._finish()
        elif len(self._raw) > _PAPER_LIMIT or self._interpreter.is_full:
            self._tear_off()
        return b""

    def _act(self, token: Token) -> None:
        """What a command moves beside the paper: drawer and buzzer."""
        if token.name == b"\x1bp":
            self.condition.open_drawer()
        elif identity.is_beep(token):
            self.condition.beeps += 1

    def _tear_off(self) -> None:
        """No cut comes: what is there becomes a paper, so that nothing grows for ever."""
        self._finish()
        self._interpreter.take_paper()
        self._raw = bytearray()

    def _finish(self) -> None:
        """A cut: what is printed becomes a paper; a cut through white does not."""
        if not self._interpreter.has_print:
            return
        self._held = Paper(self._raw, self._began_with, self._interpreter.take_paper())
        self._raw = bytearray()

    def _release(self, *, follows_cut: bool) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._keep(held)
            self._follows_cut = follows_cut

    def _end_job(self, rest: bytearray) -> None:
        """A connection's end: what is printed and not cut is a paper too."""
        self._release(follows_cut=False)
        self._follows_cut = False
        if self._interpreter.has_print:
            self._keep(Paper(self._raw + rest, self._began_with, self._interpreter.take_paper()))
        self._interpreter.take_paper()
        self._raw = bytearray()

    @staticmethod
    def _is_query(token: Token) -> bool:
        return token.name in _QUERIES or (token.name == b"\x1d(" and token.args[:1] == _PROCESS_ID)

    def _query(self, token: Token) -> bytes:
        """A request right after a cut belongs to that paper, which is kept before the answer goes out."""
        if self._held is not None:
            self._held.raw += token.raw
            self._release(follows_cut=True)
        elif self._follows_cut:
            self._add_to_last(token.raw)
        else:
            self._raw += token.raw
        if token.name == b"\x1da":
            self._automatic = self._status_block() if token.args[0] else b""
            return self._automatic
        if token.name in (b"\x1dr", b"\x1bv", b"\x1bu"):
            return self._sensor(
                2 if token.name == b"\x1bu" else 1 if token.name == b"\x1bv" else token.args[0]
            )
        if token.name == b"\x1dI":
            return identity.answer(token.args[0], self._columns)
        if token.name == b"\x1d(" and len(token.args) >= 9:
            return b"\x37\x22" + token.args[5:9] + b"\0"
        return b""

    def _sensor(self, which: int) -> bytes:
        """GS r 1: the paper sensors; GS r 2: the drawer."""
        if which in (2, 50):
            return b"\x01" if self.condition.is_drawer_open else b"\0"
        return {"ok": b"\x00", "low": b"\x03", "out": b"\x0f"}[self.condition.paper]

    def _obey_at_once(self, request: bytes) -> bytes:
        """DLE EOT n is answered, DLE DC4 1 opens the drawer."""
        if request[:1] == b"\x04":
            return self._status(request[1])
        self.condition.open_drawer()
        return b""

    def _status(self, which: int) -> bytes:
        """DLE EOT n: bits 1 and 4 always set; see Epson's reference for the rest."""
        it = self.condition
        if which == 1:
            return bytes((0x12 | (0 if it.prints else 0x08) | (0x04 if it.is_drawer_open else 0),))
        if which == 2:
            error = 0x40 if it.is_cutter_stuck else 0
            cause = (0x04 if it.is_cover_open else 0) | (0x20 if it.paper == "out" else 0) | error
            return bytes((0x12 | cause,))
        if which == 4:
            return bytes((0x12 | {"ok": 0, "low": 0x0C, "out": 0x6C}[it.paper],))
        return bytes((0x12 | (0x08 if it.is_cutter_stuck else 0),)) if which == 3 else b""

    def _status_block(self) -> bytes:
        """Four bytes as GS a makes the machine send them by itself."""
        it = self.condition
        first = 0x10 | (0 if it.prints else 0x08) | (0x20 if it.is_cover_open else 0)
        first |= 0x04 if it.is_drawer_open else 0
        paper = {"ok": 0x00, "low": 0x03, "out": 0x0F}[it.paper]
        return bytes((first, 0x08 if it.is_cutter_stuck else 0, paper, 0x0F))
