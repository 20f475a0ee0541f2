"""One printer's worker: takes its jobs one by one and never sends a byte twice.

The order that keeps paper and journal together: the port is open and the printer has not said that it
cannot print -> the row says ``sending`` (committed) -> one write -> ``sent`` -> the completion mark ->
``confirmed``.
Anything that goes wrong after ``sending`` leaves the job ``uncertain``; before it, the job stays queued.
What nobody foresaw is no exception: the job in hand is settled before the next one is looked at.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from devices.backoff import Backoff
from devices.errors import DeviceError, DocumentError, JournalError, PortError, PortTimeout
from devices.hotplug import woken_by_plugs
from devices.ports.port import Port
from devices.ports.trouble import Cause, cause_of
from devices.printing.delivery import (
    MarkWait,
    ask_report,
    await_mark,
    completion_request,
    drain,
    process_id,
    settle_marks,
)
from devices.printing.document import Document
from devices.printing.drawer import drawer_pulse
from devices.printing.encode import encode
from devices.printing.health import PrinterHealth
from devices.printing.job import Job, JobState, fingerprint
from devices.printing.journal import AWAITING_MARK, INTERRUPTED
from devices.printing.journal_port import Journal
from devices.printing.logo import Logo
from devices.printing.pulse import Pulse, PulseWish
from devices.printing.settings import SpoolLimits
from devices.printing.status import NOT_READY, PrinterState, Report
from devices.profiles.loader import Profile

_log = structlog.get_logger(__name__)
UNFORESEEN = "unforeseen"
_NOT_SAID = "the printer did not say that it has printed"
_REASONS = {
    PrinterState.PAPER_LOW: "the paper roll is nearly at its end",
    PrinterState.PAPER_OUT: "the printer is out of paper",
    PrinterState.COVER_OPEN: "the printer's cover is open",
    PrinterState.CUTTER: "the printer's cutter is stuck",
    PrinterState.ERROR: "the printer reports an error; switch it off and on",
    PrinterState.PAUSED: "the printer is switched offline",
    PrinterState.UNKNOWN: "the printer does not tell its state",
}


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a worker works with."""

    printer: str
    port: Port
    profile: Profile
    journal: Journal
    health: PrinterHealth
    limits: SpoolLimits
    now: Callable[[], datetime]
    logo: Logo | None = None


class PrinterWorker:
    """Drives one printer until told to stop."""

    def __init__(self, parts: WorkerParts) -> None:
        self._it = parts
        self._limits = parts.limits
        self._backoff = Backoff(parts.limits.backoff_first_s, parts.limits.backoff_limit_s)
        self._wake = asyncio.Event()
        self._is_stopping = False
        self._seen_at = -math.inf  # loop time of the printer's last word
        self._wish = PulseWish(parts.limits.pulse_s)  # the drawer is to be opened, now or not at all
        self._owes_answer = False  # an answer did not come in time: it may still come
        self._owes_mark = False  # nor did a mark that names no job: it may pass for the next one's
        self._in_hand = ""  # the job that the journal calls under way; empty = none
        self._stumbled = ""  # what nobody foresaw, as it was logged last

    @property
    def has_drawer(self) -> bool:
        """Whether the model can open a drawer."""
        return self._it.profile.drawer_pin != 0

    def wake(self) -> None:
        """A job was committed: look now."""
        self._wake.set()

    def pulse(self) -> asyncio.Future[bool]:
        """Open the drawer once, before the next job: whether the pulse left, within the printer's next round.

        A pulse that cannot be sent soon (``limits.pulse_s``), as while a paper is waited for, is gone: a
        drawer that opens later opens for nobody.
        """
        waiting, is_new = self._wish.make()
        if is_new:
            self._wake.set()
        return waiting

    def stop(self) -> None:
        """End after the job in hand."""
        self._is_stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until ``stop``. What one round throws never ends the worker."""
        try:
            async with woken_by_plugs(self._it.port.peer, self.wake):
                await self._work()
        finally:
            self._wish.give_up()

    async def _work(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            try:
                wait_s = await self._round()
                self._stumbled = ""
            except Exception as error:  # noqa: BLE001 - the guard of the worker's loop
                self._stumble(error)
                wait_s = self._backoff.next_s()
            await self._pause(wait_s)

    def _stumble(self, error: Exception) -> None:
        """Nobody foresaw this: it is logged once, and what the printer was before is not known any more."""
        if self._stumbled != repr(error):
            _log.exception("printer.round_failed", printer=self._it.printer)
        self._stumbled = repr(error)
        self._seen_at = -math.inf
        self._it.health.tally.last_error = UNFORESEEN
        self._it.health.saw(PrinterState.UNKNOWN, _REASONS[PrinterState.UNKNOWN], Cause.UNFORESEEN)

    async def _pause(self, wait_s: float) -> None:
        """Wait until a job comes, at most ``wait_s``."""
        if wait_s <= 0:
            return
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _round(self) -> float:
        """One job, or one look at an idle printer.

        Returns:
            How long to wait before the next round, in seconds; 0 = go on at once.
        """
        await self._settle_in_hand()
        if (pulse := self._wish.take()) is not None:
            await self._open_drawer(pulse)
        job = await self._it.journal.claim(self._it.printer)
        if job is None and (left_s := self._seen_at + self._limits.health_s - _loop_time()) > 0:
            return left_s
        payload = await self._payload(job) if job else b""
        if job and not payload:
            return 0.0
        try:
            state = await self._reach()
            self._it.health.saw(state, _REASONS.get(state, ""))
            if state in NOT_READY:
                return self._limits.not_ready_s
            self._backoff.reset()
            self._seen_at = _loop_time()
            if job:
                await self._send(job, payload)
        except PortError as error:
            self._seen_at = -math.inf
            self._it.health.failed(error)
            self._it.health.saw(PrinterState.OFFLINE, str(error), cause_of(error))
            return self._backoff.next_s()
        finally:
            await self._it.port.close()
        return 0.0

    async def _settle_in_hand(self) -> None:
        """Something unforeseen came between a job and its end: nobody knows whether it is on paper."""
        if not self._in_hand:
            return
        try:
            await self._it.journal.mark(self._in_hand, JobState.UNCERTAIN, INTERRUPTED, self._it.now())
            self._it.health.paper_is(JobState.UNCERTAIN, is_final=True)
        except JournalError:  # not one byte of it was to leave yet, or its end was kept after all
            _log.info("printer.job_settled", job=self._in_hand)
        self._in_hand = ""

    async def _open_drawer(self, pulse: Pulse) -> None:
        """Send the pulse, even to a printer without paper: the customer's change lies in the drawer."""
        is_sent, reason = False, "it would open too late"
        try:
            is_sent = not pulse.is_late and await self._send_pulse(pulse)
        except PortError as error:
            reason = str(error)
        finally:
            if not is_sent:
                _log.warning("drawer.not_opened", printer=self._it.printer, reason=reason)
            pulse.settle(is_sent=is_sent)
            await self._it.port.close()

    async def _send_pulse(self, pulse: Pulse) -> bool:
        """Whether it was sent; reaching the printer may have taken too long."""
        state = await self._reach()
        if pulse.is_late:
            return False
        await self._it.port.write(drawer_pulse(self._it.profile, state), self._limits.write_s)
        return True

    async def _payload(self, job: Job) -> bytes:
        """The job's bytes; none if it is too old or its document is not the one that was stored."""
        if job.expires_at and job.expires_at <= self._it.now():
            await self._mark(job, JobState.EXPIRED, "too_old")
            return b""
        try:
            # lines that are drawn take a while: not on the loop
            return await asyncio.to_thread(self._encoded, job)
        except DeviceError as error:
            _log.error("printer.job_unreadable", job=job.id, code=error.code, reason=str(error))
            self._it.health.failed(error)
            await self._mark(job, JobState.FAILED, error.code)
            return b""
        except Exception:  # noqa: BLE001 - a paper that cannot be made must not hold up those behind it
            _log.exception("printer.job_unforeseen", job=job.id)
            self._it.health.tally.last_error = UNFORESEEN
            await self._mark(job, JobState.FAILED, UNFORESEEN)
            return b""

    def _encoded(self, job: Job) -> bytes:
        if fingerprint(job.document_json) != job.sha256:
            raise DocumentError("the stored document was altered")
        document = Document.from_json(job.document_json)
        return encode(document, self._it.profile, job.copies, self._it.logo)

    async def _reach(self) -> PrinterState:
        """Open the port and ask; a printer that never answers is unknown and printed on all the same."""
        await self._it.port.open(self._limits.open_s)
        if self._it.profile.status == "none":
            return PrinterState.UNKNOWN
        if self._owes_answer:
            await drain(self._it.port)
        report = await ask_report(self._it.port, self._limits.status_s)
        self._owes_answer = report == Report()
        return report.state

    async def _send(self, job: Job, payload: bytes) -> None:
        profile = self._it.profile
        process = process_id(job.id, job.attempts + 1)
        if self._owes_mark:
            self._owes_mark = not await settle_marks(self._it.port, self._mark_wait(None), self._heard)
        await self._mark(job, JobState.SENDING, "")
        try:
            await self._write(payload + completion_request(profile.completion, process))
        except PortError as error:
            self._owes_mark |= isinstance(error, PortTimeout) and profile.completion == "gs_r"
            await self._mark(job, JobState.UNCERTAIN, error.code)
            raise
        if profile.completion == "none":
            await self._mark(job, JobState.SENT, "")
            return
        await self._mark(job, JobState.SENT, AWAITING_MARK)
        await self._await_paper(job, self._mark_wait(process if profile.completion == "gs_h" else None))

    def _mark_wait(self, process: bytes | None) -> MarkWait:
        return MarkWait(
            process=process,
            # one that still owes answers is not asked: they would be taken for those to the next question
            is_asked=self._it.profile.status != "none" and not self._owes_answer,
            timeout_s=self._limits.completion_s,
            patience_s=self._limits.patience_s,
            ask_s=self._limits.ask_s,
        )

    async def _write(self, data: bytes) -> None:
        """All bytes in one write, or in the pieces that the model can take."""
        size = self._it.profile.chunk_bytes or len(data)
        for place in range(0, len(data), size):
            if place:
                await asyncio.sleep(self._it.profile.chunk_delay_ms / 1000)
            await self._it.port.write(data[place : place + size], self._limits.write_s)

    async def _await_paper(self, job: Job, wait: MarkWait) -> None:
        # while an older mark is owed, none that comes could be told from it
        mark = None if self._owes_mark else await await_mark(self._it.port, wait, self._heard)
        if mark is None:
            await self._mark(job, JobState.UNCERTAIN, "no_completion_mark")
            if self._it.health.status.state not in NOT_READY:
                self._it.health.saw(PrinterState.UNKNOWN, _NOT_SAID, Cause.NO_MARK)
            self._seen_at = -math.inf
            self._owes_answer = True
            self._owes_mark = wait.process is None
            return
        await self._mark(job, JobState.CONFIRMED, "")
        if mark.is_paper_out:
            self._it.health.saw(PrinterState.PAPER_OUT, _REASONS[PrinterState.PAPER_OUT])
        elif self._it.health.status.state in NOT_READY:
            self._seen_at = -math.inf  # it prints again: ask it at once

    def _heard(self, report: Report) -> None:
        """The printer told by itself that something changed while it prints."""
        self._it.health.saw(report.state, _REASONS.get(report.state, ""))

    async def _mark(self, job: Job, state: JobState, reason: str) -> None:
        is_under_way = state is JobState.SENDING or reason == AWAITING_MARK
        if is_under_way:
            self._in_hand = job.id
        await self._it.journal.mark(job.id, state, reason, self._it.now())
        self._it.health.paper_is(state, is_final=reason != AWAITING_MARK)
        if not is_under_way:
            self._in_hand = ""
