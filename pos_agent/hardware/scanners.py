"""Runs the scanners and hands their scans on, in order, one at a time. Scanners come and go while it runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from devices.supervisor import DeviceStatus
from pos_agent.hardware.board import DeviceBoard, Heard, heard_of
from pos_agent.hardware.device_tasks import DeviceTasks
from pos_agent.settings import AgentSettings, ScannerSection
from sync.runtime.logging import get_logger
from sync.runtime.supervision import Lifetime

log = get_logger(__name__)

WAITING_MOST: Final = 100
"""Scans that wait to be taken; beyond it the newest is dropped and counted."""
OnScan = Callable[[str, str], Awaitable[None]]
"""(code, till) -> taken."""


def scanner_config(one: ScannerSection) -> ScannerConfig:
    """A scanner of the settings as its driver wants it.

    Raises:
        devices.errors.ConfigurationError: a value cannot work.
    """
    return ScannerConfig(
        one.id,
        one.uri,
        prefix=one.prefix,
        suffix=one.suffix,
        debounce_ms=one.debounce_ms,
        end=one.end,
        gap_ms=one.gap_ms,
    )


class Scanners:
    """The store's scanners as a service of the program.

    Args:
        settings: the scanners and the till each belongs to.
        board: hears of each change.
        on_scan: takes one scan; whatever it raises is logged and the next scan goes on.

    Raises:
        devices.errors.ConfigurationError: an address cannot work.
    """

    def __init__(self, settings: AgentSettings, board: DeviceBoard, on_scan: OnScan) -> None:
        self._board = board
        self._on_scan = on_scan
        self._waiting: asyncio.Queue[tuple[Scan, str]] = asyncio.Queue(WAITING_MOST)
        self._tasks = DeviceTasks(self._read, lambda name: board.scanner_is(name, Heard("unknown")))
        self._tills: dict[str, str] = {}
        self.dropped = 0
        self.use(settings)

    def use(self, settings: AgentSettings) -> None:
        """Go on with these scanners; one that stays as it is misses no scan. Call from the event loop.

        Raises:
            devices.errors.ConfigurationError: an address cannot work; nothing changed.
        """
        configs = {one.id: scanner_config(one) for one in settings.scanner}
        for config in configs.values():
            ScannerSource(config)  # refuses an address that cannot work
        self._tills = {one.id: one.till or settings.tills[0] for one in settings.scanner}
        self._tasks.use(configs)

    @asynccontextmanager
    async def lent(self, uri: str) -> AsyncIterator[None]:
        """Let somebody else read from a device for a while."""
        async with self._tasks.lent(uri):
            yield

    async def run(self, lifetime: Lifetime) -> None:
        """Read until asked to stop."""
        lifetime.ready()
        async with asyncio.TaskGroup() as group:
            taking = group.create_task(self._take())
            self._tasks.begin(group)
            await lifetime.until_stopping()
            self._tasks.end()
            taking.cancel()

    async def _read(self, config: ScannerConfig) -> None:
        await ScannerSource(config).run(self._offer, self._on_status)

    def _offer(self, scan: Scan) -> None:
        try:
            self._waiting.put_nowait((scan, self._tills[scan.source]))
        except asyncio.QueueFull:
            self.dropped += 1
            log.warning("scanner.overrun", scanner=scan.source, dropped=self.dropped)

    def _on_status(self, status: DeviceStatus) -> None:
        self._board.scanner_is(status.device, heard_of(status))

    async def _take(self) -> None:
        while True:
            scan, till = await self._waiting.get()
            try:
                await self._on_scan(scan.code, till)
            except Exception:  # the guard of the scan loop: one bad scan stops no scanner
                log.exception("scan.failed", scanner=scan.source)
