"""The printer as a machine: an input buffer, a state, faults, answers, and papers that fall out.

Real-time requests are obeyed as they arrive, also while nothing is printed; everything else waits its turn.
While the machine cannot print, bytes wait in its buffer and print when it can again.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from devices.simulators.printer import identity
from devices.simulators.printer.archive import Paper
from devices.simulators.printer.condition import Condition
from devices.simulators.printer.interpreter import Interpreter
from devices.simulators.printer.memory import Memory
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.plans import Plans
from devices.simulators.printer.real_time import RealTime
from devices.simulators.printer.tokens import Token, next_token

BUFFER_LIMIT = 65_536
_PAPER_LIMIT = 2_097_152
_QUERIES = frozenset({b"\x1dr", b"\x1da", b"\x10\x04", b"\x10\x05", b"\x1dI", b"\x1bu", b"\x1bv"})
_PROCESS_ID = b"H"


class Machine:
    """Bytes in, answers out; papers go to ``keep`` and late queries to ``add_to_last``."""

    def __init__(
        self,
        columns: int,
        keep: Callable[[Paper], None],
        add_to_last: Callable[[bytes], None],
        memory: Memory | None = None,
    ) -> None:
        self.condition = Condition()
        self.allowance: float | None = None
        """Bytes that it may print now; None = all that wait."""
        self.plans = Plans()
        """Faults to come."""
        self.bring: Callable[[str], None] = self._bring_nothing
        """Told each fault whose time has come."""
        self.is_halted = False
        """Whether it waits for a fault to be carried out: nothing more is printed before."""
        self._columns = columns
        self._keep = keep
        self._add_to_last = add_to_last
        self._power_up(memory or Memory())

    @staticmethod
    def _bring_nothing(_fault: str) -> None:
        """Nobody brings faults to a machine alone."""

    def _power_up(self, memory: Memory) -> None:
        self._interpreter = Interpreter(self._columns, memory=memory.lasting())
        self._jobs: deque[bytearray] = deque([bytearray()])
        self._real_time = RealTime()
        self._raw = bytearray()
        self._began_with = Modes()
        self._knew = self._interpreter.memory
        self._held: Paper | None = None
        self._follows_cut = False
        self._automatic = b""  # the last automatic status told; empty = none is wanted

    def power_cycle(self) -> None:
        """Off and on: what was not yet on paper is gone, and nobody is told."""
        self._power_up(self.memory)

    @property
    def memory(self) -> Memory:
        """The pictures that are stored now."""
        return self._interpreter.memory

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
        now = self.condition.block()
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
        self._strike(self.plans.due_between_papers())

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
        return not self.is_halted and self.condition.prints and (self.allowance is None or self.allowance > 0)

    def _print_job(self, job: bytearray) -> bytes:
        answers = b""
        place = 0
        while self._prints and (token := next_token(job, place, kanji=self._interpreter.modes.kanji)):
            if not self._is_query(token) and self._begins_with_fault():
                continue
            place += len(token.raw)
            answers += self._print(token)
            self.condition.use_paper(len(token.raw))
            self._strike(self.plans.due_after(len(token.raw), self._interpreter.take_lines()))
            if self.allowance is not None:
                self.allowance -= len(token.raw)
        del job[:place]
        self._release(follows_cut=True)
        return answers

    def _begins_with_fault(self) -> bool:
        """Before something is printed: whether a fault comes first."""
        self._release(follows_cut=False)
        return self._strike(self.plans.due_between_papers())

    def _strike(self, faults: list[str]) -> bool:
        """Bring faults; whether there were any."""
        for fault in faults:
            self.bring(fault)
        return bool(faults)

    def _print(self, token: Token) -> bytes:
        if self._is_query(token) and self._interpreter.modes.is_selected:
            return self._query(token)
        self._follows_cut = False
        if not self._raw:
            self._began_with = replace(self._interpreter.modes)
            self._knew = self._interpreter.memory
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
        self._held = Paper(self._raw, self._began_with, self._interpreter.take_paper(), self._knew)
        self._raw = bytearray()

    def _release(self, *, follows_cut: bool) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._put_out(held)
            self._follows_cut = follows_cut

    def _put_out(self, paper: Paper) -> None:
        self._keep(paper)
        self.plans.count_paper()

    def _end_job(self, rest: bytearray) -> None:
        """A connection's end: what is printed and not cut is a paper too."""
        self._release(follows_cut=False)
        self._follows_cut = False
        if self._interpreter.has_print:
            elements = self._interpreter.take_paper()
            self._put_out(Paper(self._raw + rest, self._began_with, elements, self._knew))
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
            self._automatic = self.condition.block() if token.args[0] else b""
            return self._automatic
        if token.name in (b"\x1dr", b"\x1bv", b"\x1bu"):
            return self.condition.sensor(
                2 if token.name == b"\x1bu" else 1 if token.name == b"\x1bv" else token.args[0]
            )
        if token.name == b"\x1dI":
            return identity.answer(token.args[0], self._columns)
        if token.name == b"\x1d(" and len(token.args) >= 9:
            return b"\x37\x22" + token.args[5:9] + b"\0"
        return b""

    def _obey_at_once(self, request: bytes) -> bytes:
        """DLE EOT n is answered, DLE DC4 1 opens the drawer."""
        if request[:1] == b"\x04":
            return self.condition.status(request[1])
        self.condition.open_drawer()
        return b""
