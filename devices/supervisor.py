"""Keeps one device open: absent -> opening -> ready or degraded -> lost -> opening.

A session opens the device, says so, and works until the device goes away. The supervisor waits between
attempts, publishes each change and writes one log line when the device is lost and one when it is back.
*Degraded* is a device that works but had several troubles of late (``steadiness``): it went away while it was
open, or its session said that it sends rubbish. It is *ready* again once it has been well for long enough.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NoReturn

import structlog

from devices.backoff import Backoff
from devices.clock import utc_now
from devices.errors import PortError
from devices.ports.trouble import Cause, cause_of
from devices.steadiness import Steadiness
from devices.tally import Tally

_log = structlog.get_logger(__name__)


class DeviceState(StrEnum):
    """Where a supervised device stands."""

    ABSENT = "absent"
    OPENING = "opening"
    READY = "ready"
    DEGRADED = "degraded"
    LOST = "lost"

    @property
    def is_open(self) -> bool:
        """Whether the device works."""
        return self in {DeviceState.READY, DeviceState.DEGRADED}


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """A device's state since ``since`` (aware UTC) and, where it is not ready, the reason in words.

    ``cause`` is the same reason as a word of ``ports.trouble.Cause``, for those who translate it;
    ``tally`` is the device's own and goes on counting.
    """

    device: str
    state: DeviceState
    reason: str
    since: datetime
    tally: Tally = field(default_factory=Tally, compare=False)
    cause: str = ""


OnStatus = Callable[[DeviceStatus], None]
# Opens the device, calls its argument once it is open, then works until a PortError ends it.
Session = Callable[[Callable[[], None]], Awaitable[None]]


_UNFORESEEN = "device.unforeseen"


class Supervisor:
    """One device's life. ``on_status`` is called on each change, from the event loop, and must not block."""

    def __init__(
        self,
        device: str,
        on_status: OnStatus,
        backoff: Backoff | None = None,
        *,
        now: Callable[[], datetime] = utc_now,
        steadiness: Steadiness | None = None,
        tally: Tally | None = None,
    ) -> None:
        self._device = device
        self._on_status = on_status
        self._backoff = backoff or Backoff(0.25, 5.0)
        self._now = now
        self._steadiness = steadiness or Steadiness()
        self.tally = tally or Tally()
        self._state: DeviceState | None = None
        self._was_missed = False
        self._hotplug = asyncio.Event()
        self._judging: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        """Try again now: something was plugged in."""
        self._hotplug.set()

    def trouble(self) -> None:
        """The open device sent rubbish or answered late; several of these make it degraded."""
        self._steadiness.note(asyncio.get_running_loop().time())
        if self._state is not None and self._state.is_open:
            self._judge()

    async def run(self, session: Session) -> NoReturn:
        """Run sessions for ever; cancel to stop."""
        try:
            while True:
                self._report_loss(*await self._attempt(session))
                await self._pause(self._backoff.next_s())
        finally:
            self._judge_no_more()

    async def _attempt(self, session: Session) -> tuple[str, Cause]:
        """Run a session to its end; why it ended, in words and as one word."""
        if self._state is not DeviceState.ABSENT:
            self._publish(DeviceState.OPENING, "")
        self._hotplug.clear()
        try:
            await session(self._ready)
        except PortError as error:
            self.tally.last_error = error.code
            return str(error), cause_of(error)
        except Exception as error:  # noqa: BLE001 - the guard of the device's loop
            self.tally.last_error = _UNFORESEEN
            if not self._was_missed:
                _log.exception("device.session_failed", device=self._device)
            return f"unexpected: {error}", Cause.UNFORESEEN
        return "the device ended the session", Cause.WENT_AWAY

    def _ready(self) -> None:
        self._judge()
        if self._was_missed:
            self.tally.reconnects += 1
            _log.info("device.back", device=self._device)
        self._was_missed = False

    def _judge(self) -> None:
        """Say whether the open device is well, and look again when that may change by itself."""
        self._judge_no_more()
        loop = asyncio.get_running_loop()
        unsteady_s = self._steadiness.unsteady_s(loop.time())
        if not unsteady_s:
            self._backoff.reset()  # one that comes and goes is not hurried
            self._publish(DeviceState.READY, "")
            return
        self._publish(DeviceState.DEGRADED, self._steadiness.words(), Cause.UNSTEADY)
        self._judging = loop.call_later(unsteady_s, self._judge)

    def _judge_no_more(self) -> None:
        if self._judging is not None:
            self._judging.cancel()
            self._judging = None

    def _report_loss(self, reason: str, cause: Cause) -> None:
        self._judge_no_more()
        was_open = self._state is not None and self._state.is_open
        if was_open:
            self._steadiness.note(asyncio.get_running_loop().time())
        if not self._was_missed:
            _log.warning("device.lost" if was_open else "device.absent", device=self._device, reason=reason)
        self._was_missed = True
        self._publish(DeviceState.LOST if was_open else DeviceState.ABSENT, reason, cause)

    def _publish(self, state: DeviceState, reason: str, cause: str = "") -> None:
        if state is self._state:
            return
        self._state = state
        self._on_status(DeviceStatus(self._device, state, reason, self._now(), self.tally, cause))

    async def _pause(self, wait_s: float) -> None:
        """Wait, less long if something is plugged in, also while the attempt was still going on."""
        try:
            async with asyncio.timeout(wait_s):
                await self._hotplug.wait()
        except TimeoutError:
            return
