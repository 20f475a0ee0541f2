"""The two conversations with a printer: how are you, and is it on paper."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.errors import PortError, PortTimeout
from devices.ports.port import Port
from devices.printing.answers import Answer, AnswerKind, AnswerReader
from devices.printing.status import (
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


async def await_mark(port: Port, process: bytes | None, timeout_s: float, on_report: OnReport) -> Mark | None:
    """The completion mark, or None if it does not come in time or the line breaks.

    Args:
        port: the line.
        process: what the mark must name; None = the answer to GS r.
        timeout_s: how long the job may take.
        on_report: hears what the printer tells by itself meanwhile, as that its paper is out.
    """
    reader = AnswerReader()
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                for answer in reader.feed(await port.read(_READ_LIMIT, timeout_s)):
                    if answer.kind is AnswerKind.AUTOMATIC:
                        on_report(read_automatic(answer.data))
                    elif (mark := _mark_in(answer, process)) is not None:
                        return mark
    except (TimeoutError, PortError):
        return None


def _mark_in(answer: Answer, process: bytes | None) -> Mark | None:
    if process is not None:
        return Mark() if answer == Answer(AnswerKind.PROCESS, process) else None
    byte = answer.data[0]
    if answer.kind is AnswerKind.SENSOR and is_completion_mark(byte):
        return Mark(mark_says_paper_end(byte))
    return None
