"""The two conversations with a printer: how are you, and is it on paper."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from devices.errors import PortError, PortTimeout
from devices.ports.port import Port
from devices.printing.answers import Answer, AnswerKind, AnswerReader
from devices.printing.status import (
    NOT_READY,
    STATUS_ANSWERS,
    STATUS_REQUEST,
    Report,
    is_completion_mark,
    mark_says_paper_end,
    read_automatic,
    read_real_time,
)
from devices.profiles.loader import Completion

_READ_LIMIT: Final = 256
_QUIET_S: Final = 0.1
_DRAIN_MOST: Final = 64
OnReport = Callable[[Report], None]


@dataclass(frozen=True, slots=True)
class Mark:
    """A printer has said that a job is on paper, and perhaps that the roll ended with it."""

    is_paper_out: bool = False


def process_id(job_id: str, attempt: int) -> bytes:
    """Four characters from 0 to f that name one attempt at one job, so that no late answer is another's."""
    return hashlib.sha256(f"{job_id} {attempt}".encode()).hexdigest()[:4].encode()


def completion_request(completion: Completion, process: bytes) -> bytes:
    """What stands after the last cut so that the printer says when it got there."""
    if completion == "gs_h":
        return b"\x1d(H\x06\x00\x30\x30" + process
    return b"\x1dr\x01" if completion == "gs_r" else b""


async def ask_report(port: Port, timeout_s: float) -> Report:
    """The printer's own word on its state; an empty report if it does not give all answers in time.

    Raises:
        PortError: the line broke or takes no bytes.
    """
    await port.write(STATUS_REQUEST, timeout_s)
    reader, answers = AnswerReader(), bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            while len(answers) < STATUS_ANSWERS:
                for answer in reader.feed(await port.read(_READ_LIMIT, timeout_s)):
                    answers += answer.data if answer.kind is AnswerKind.REAL_TIME else b""
    except (TimeoutError, PortTimeout):
        return Report()
    return read_real_time(bytes(answers)) if len(answers) == STATUS_ANSWERS else Report()


async def drain(port: Port) -> None:
    """Throw away what a printer says late: it would pass for the answer to the next question.

    Raises:
        PortLost: the line broke.
    """
    for _ in range(_DRAIN_MOST):
        try:
            await port.read(_READ_LIMIT, _QUIET_S)
        except PortTimeout:
            return


@dataclass(frozen=True, slots=True)
class MarkWait:
    """How a completion mark is waited for.

    Attributes:
        process: what the mark must name; None = the answer to GS r.
        is_asked: whether the printer is asked how it is while nothing comes (DLE EOT, in real time).
        timeout_s: how long a job may take on a printer that prints.
        patience_s: how long one that says that it cannot print, as for want of paper, is waited for: it
            goes on with what it holds, so the job is neither lost nor to be sent again.
        ask_s: how often it is asked.
    """

    process: bytes | None
    is_asked: bool
    timeout_s: float
    patience_s: float
    ask_s: float = 1.0


async def await_mark(port: Port, wait: MarkWait, on_report: OnReport) -> Mark | None:
    """The completion mark, or None if it does not come in time or the line breaks.

    Args:
        port: the line.
        wait: for what, and how long.
        on_report: hears what the printer tells of itself meanwhile, as that its paper is out.
    """
    try:
        return await _Waiting(port, wait, on_report).run()
    except PortError:
        return None


async def settle_marks(port: Port, wait: MarkWait, on_report: OnReport) -> bool:
    """Let a mark that is owed come before anything else is printed: the answer to GS r names no job.

    A printer works in order. So it is asked once more, and whatever was owed has come before that answer or
    right with it.

    Args:
        port: the line.
        wait: how long; a printer that cannot print now is not waited for.
        on_report: hears what the printer tells of itself meanwhile.

    Returns:
        Whether nothing is owed any more.

    Raises:
        PortError: the line broke or takes no bytes.
    """
    await port.write(completion_request("gs_r", b""), wait.ask_s)
    waiting = _Waiting(port, replace(wait, process=None, patience_s=0.0), on_report, most_marks=_DRAIN_MOST)
    if await waiting.run() is None:
        return False
    await drain(port)
    return True


class _Waiting:
    """One wait for a mark; more than `most_marks` at once are rubbish."""

    def __init__(self, port: Port, wait: MarkWait, on_report: OnReport, most_marks: int = 1) -> None:
        self._port = port
        self._most_marks = most_marks
        self._wait = wait
        self._on_report = on_report
        self._reader = AnswerReader()
        self._told = bytearray()
        self._started = self._now()
        self._ends = self._started + wait.timeout_s

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def run(self) -> Mark | None:
        while (left_s := self._ends - self._now()) > 0:
            try:
                data = await self._port.read(_READ_LIMIT, min(left_s, self._wait.ask_s))
            except PortTimeout:
                await self._ask()
                continue
            marks = [mark for answer in self._reader.feed(data) if (mark := self._take(answer)) is not None]
            if marks and self._is_believed(marks):
                return marks[0]
        return None

    def _is_believed(self, marks: list[Mark]) -> bool:
        """A process id is long enough. One byte for GS r may be rubbish's: it counts where it came alone."""
        is_clear = len(marks) <= self._most_marks and not self._reader.garbage
        return self._wait.process is not None or is_clear

    async def _ask(self) -> None:
        """Ask how it is; not while an answer has begun: its rest would pass for the next one's beginning."""
        if self._wait.is_asked and not self._told and self._now() < self._ends:
            await self._port.write(STATUS_REQUEST, self._wait.ask_s)

    def _take(self, answer: Answer) -> Mark | None:
        if answer.kind is AnswerKind.AUTOMATIC:
            self._hear(read_automatic(answer.data))
        elif answer.kind is AnswerKind.REAL_TIME:
            self._told += answer.data
            if len(self._told) == STATUS_ANSWERS:
                self._hear(read_real_time(bytes(self._told)))
                self._told.clear()
        else:
            return _mark_in(answer, self._wait.process)
        return None

    def _hear(self, report: Report) -> None:
        self._on_report(report)
        if report.state in NOT_READY:
            patient = self._started + self._wait.patience_s
            self._ends = max(self._ends, min(patient, self._now() + self._wait.timeout_s))


def _mark_in(answer: Answer, process: bytes | None) -> Mark | None:
    if process is not None:
        return Mark() if answer == Answer(AnswerKind.PROCESS, process) else None
    byte = answer.data[0]
    if answer.kind is AnswerKind.SENSOR and is_completion_mark(byte):
        return Mark(mark_says_paper_end(byte))
    return None
