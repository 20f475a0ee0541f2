"""Keeps one device open: absent -> opening -> ready -> lost -> opening.

A session opens the device, says so, and works until the device goes away. The supervisor waits between
attempts, publishes each change and writes one log line when the device is lost and one when it is back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NoReturn

import structlog

from devices.backoff import Backoff
from devices.clock import utc_now
from devices.errors import PortError

_log = structlog.get_logger(__name__)


class DeviceState(StrEnum):
    """Where a supervised device stands."""

    ABSENT = "absent"
    OPENING = "opening"
    READY = "ready"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """A device's state since ``since`` (aware UTC) and, where it is not ready, the reason in words."""

    device: str
    state: DeviceState
    reason: str
    since: datetime


OnStatus = Callable[[DeviceStatus], None]
# Opens the device, calls its argument once it is open, then works until a PortError ends it.
Session = Callable[[Callable[[], None]], Awaitable[None]]


class Supervisor:
    """One device's life. ``on_status`` is called on each change, from the event loop, and must not block."""

    def __init__(
        self,
        device: str,
        on_status: OnStatus,
        backoff: Backoff | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._device = device
        self._on_status = on_status
        self._backoff = backoff or Backoff(0.25, 5.0)
        self._now = now
        self._state: DeviceState | None = None
        self._was_missed = False
        self._hotplug = asyncio.Event()

    def wake(self) -> None:
        """Try again now: something was plugged in."""
        self._hotplug.set()

    async def run(self, session: Session) -> NoReturn:
        """Run sessions for ever; cancel to stop."""
        while True:
            reason = await self._attempt(session)
            self._report_loss(reason)
            await self._pause(self._backoff.next_s())

    async def _attempt(self, session: Session) -> str:
        if self._state is not DeviceState.ABSENT:
            self._publish(DeviceState.OPENING, "")
        try:
            await session(self._ready)
        except PortError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - the guard of the device's loop
            if not self._was_missed:
                _log.exception("device.session_failed", device=self._device)
            return f"unexpected: {error}"
        return "the device ended the session"

    def _ready(self) -> None:
        self._backoff.reset()
        self._publish(DeviceState.READY, "")
        if self._was_missed:
            _log.info("device.back", device=self._device)
        self._was_missed = False

    def _report_loss(self, reason: str) -> None:
        was_ready = self._state is DeviceState.READY
        if not self._was_missed:
            _log.warning("device.lost" if was_ready else "device.absent", device=self._device, reason=reason)
        self._was_missed = True
        self._publish(DeviceState.LOST if was_ready else DeviceState.ABSENT, reason)

    def _publish(self, state: DeviceState, reason: str) -> None:
        if state is self._state:
            return
        self._state = state
        self._on_status(DeviceStatus(self._device, state, reason, self._now()))

    async def _pause(self, wait_s: float) -> None:
        self._hotplug.clear()
        try:
            async with asyncio.timeout(wait_s):
                await self._hotplug.wait()
        except TimeoutError:
            return
