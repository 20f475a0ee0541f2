"""One scanner, supervised: it comes back by itself when it is plugged in or connects again."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

import structlog

from devices.backoff import Backoff
from devices.clock import utc_now
from devices.errors import ConfigurationError, PortTimeout
from devices.hotplug import woken_by_plugs
from devices.ports.port import Port
from devices.scanning.address import scanner_port_at
from devices.scanning.aim import strip_identifier
from devices.scanning.bounce import BounceFilter
from devices.scanning.framer import End, Framer, decode
from devices.scanning.listen_port import ListenPort
from devices.scanning.scan import Scan
from devices.supervisor import OnStatus, Supervisor
from devices.tally import Tally

_log = structlog.get_logger(__name__)

OnScan = Callable[[Scan], None]

_OPEN_S = 3.0
_LOOK_S = 1.0
_CHUNK = 4096
_PAUSE_S = 0.05
_PAUSE_MOST_S = 1.0
_SENDS_UNASKED = frozenset({"serial", "hid"})
"""Ways that a scanner is on while nobody listens: the line may be opened in the middle of a code."""


@dataclass(frozen=True, slots=True)
class ScannerConfig:
    """One scanner.

    Attributes:
        id: its name in the settings and in each ``Scan``.
        uri: see ``scanner_port_at``.
        prefix, suffix: text the scanner puts around each code, beside what ends it.
        end: what ends a code: ``line`` (CR, LF, TAB), ``etx`` (that too), ``gap`` (a pause as well).
        aim: whether AIM identifiers are taken off.
        debounce_ms: equal codes closer together than this count once; 0 = all count.
        part_ms: a code whose rest does not come for so long is thrown away.
        gap_ms: the pause that ends a code where ``end`` is ``gap``; longer than any within a code.
    """

    id: str
    uri: str
    prefix: str = ""
    suffix: str = ""
    aim: bool = True
    debounce_ms: int = 0
    part_ms: int = 2000
    end: End = "line"
    gap_ms: int = 100

    def __post_init__(self) -> None:
        if not 0 <= self.debounce_ms <= 5000 or not 50 <= self.part_ms <= 60_000:
            raise ConfigurationError("a scanner's debounce_ms is 0 to 5000, its part_ms 50 to 60000")
        if not 10 <= self.gap_ms <= 1000:
            raise ConfigurationError("a scanner's gap_ms is 10 to 1000")


class ScannerSource:
    """Reads one scanner until it is cancelled.

    Args:
        config: the scanner.
        open_at: makes the port of an address.
        now: the clock.
        backoff: the pauses between attempts to open it.
    """

    def __init__(
        self,
        config: ScannerConfig,
        open_at: Callable[[str], Port] = scanner_port_at,
        now: Callable[[], datetime] = utc_now,
        backoff: Backoff | None = None,
    ) -> None:
        self._backoff = backoff
        self._config = config
        self._port = open_at(config.uri)
        self._now = now
        self._framer = Framer(prefix=config.prefix.encode(), suffix=config.suffix.encode(), end=config.end)
        self._bounce = BounceFilter(config.debounce_ms)
        self._last_byte_s = 0.0
        self._supervisor: Supervisor | None = None
        self.tally = Tally()

    async def run(self, on_scan: OnScan, on_status: OnStatus) -> NoReturn:
        """Deliver scans for ever; both callbacks come from the event loop and must not block.

        Input from before the line was opened is thrown away: a scan is worth something at once or not at all.
        """

        async def session(ready: Callable[[], None]) -> None:
            try:
                await self._port.open(_OPEN_S)
                await self._pass_over_rest()
                self._framer.reset()
                ready()
                await self._read(on_scan)
            finally:
                await self._port.close()

        self._supervisor = Supervisor(
            self._config.id, on_status, self._backoff, now=self._now, tally=self.tally
        )
        try:
            async with woken_by_plugs(self._port.peer, self._supervisor.wake):
                await self._supervisor.run(session)
        finally:
            if isinstance(self._port, ListenPort):
                await self._port.stop()

    async def _pass_over_rest(self) -> None:
        """Throw away up to the next pause: the rest of a code would be another code."""
        if self._port.peer.partition(":")[0] not in _SENDS_UNASKED:
            return
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + _PAUSE_MOST_S
        with contextlib.suppress(PortTimeout):
            while loop.time() < ends_s:
                await self._port.read(_CHUNK, _PAUSE_S)

    async def _read(self, on_scan: OnScan) -> NoReturn:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data = await self._port.read(_CHUNK, self._patience_s())
            except PortTimeout:
                self._end_by_pause(loop.time(), on_scan)
                continue
            self._forget_old_part(loop.time())
            for code in self._framer.feed(data):
                self._deliver(code, loop.time(), on_scan)

    def _patience_s(self) -> float:
        """How long to wait for more bytes: the pause, while a code that ends with one has begun."""
        return self._config.gap_ms / 1000 if self._ends_by_pause and self._framer.has_part else _LOOK_S

    @property
    def _ends_by_pause(self) -> bool:
        return self._config.end == "gap"

    def _end_by_pause(self, at_s: float, on_scan: OnScan) -> None:
        for code in self._framer.take_part() if self._ends_by_pause else ():
            self._deliver(code, at_s, on_scan)

    def _forget_old_part(self, at_s: float) -> None:
        """Half a code left behind by a fault must not be glued to the next one."""
        if self._framer.has_part and at_s - self._last_byte_s > self._config.part_ms / 1000:
            _log.warning("scanner.part_dropped", scanner=self._config.id)
            self._note_rubbish()
            self._framer.reset()
        self._last_byte_s = at_s

    def _deliver(self, raw: bytes, at_s: float, on_scan: OnScan) -> None:
        text = decode(raw)
        if text is None:
            _log.warning("scanner.noise_dropped", scanner=self._config.id, length=len(raw))
            self._note_rubbish()
            return
        code, symbology = strip_identifier(text) if self._config.aim else (text, None)
        if not self._bounce.accepts(code, at_s):
            return
        self.tally.scans += 1
        try:
            on_scan(Scan(code, symbology, self._config.id, self._now()))
        except Exception:  # noqa: BLE001 - a listener's fault must not silence the scanner
            _log.exception("scanner.listener_failed", scanner=self._config.id)

    def _note_rubbish(self) -> None:
        self.tally.dropped += 1
        if self._supervisor is not None:
            self._supervisor.trouble()
