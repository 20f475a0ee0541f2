"""Runs the scanners and hands their scans on, in order, one at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from devices.supervisor import DeviceStatus
from pos_agent.hardware.board import DeviceBoard
from pos_agent.settings import AgentSettings
from sync.runtime.logging import get_logger
from sync.runtime.supervision import Lifetime

log = get_logger(__name__)

WAITING_MOST: Final = 100
"""Scans that wait to be taken; beyond it the newest is dropped and counted."""
OnScan = Callable[[str, str], Awaitable[None]]
"""(code, till) -> taken."""


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
        self._tills = {one.id: one.till or settings.tills[0] for one in settings.scanner}
        self._sources = [
            ScannerSource(
                ScannerConfig(
                    one.id,
                    one.uri,
                    prefix=one.prefix,
                    suffix=one.suffix,
                    debounce_ms=one.debounce_ms,
                    end=one.end,
                    gap_ms=one.gap_ms,
                )
            )
            for one in settings.scanner
        ]
        self._board = board
        self._on_scan = on_scan
        self._waiting: asyncio.Queue[Scan] = asyncio.Queue(WAITING_MOST)
        self.dropped = 0

    async def run(self, lifetime: Lifetime) -> None:
        """Read until asked to stop."""
        lifetime.ready()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._read(source)) for source in self._sources]
            tasks.append(group.create_task(self._take()))
            await lifetime.until_stopping()
            for task in tasks:
                task.cancel()

    async def _read(self, source: ScannerSource) -> None:
        await source.run(self._offer, self._on_status)

    def _offer(self, scan: Scan) -> None:
        try:
            self._waiting.put_nowait(scan)
        except asyncio.QueueFull:
            self.dropped += 1
            log.warning("scanner.overrun", scanner=scan.source, dropped=self.dropped)

    def _on_status(self, status: DeviceStatus) -> None:
        self._board.scanner_is(status.device, status.state.value, status.reason)

    async def _take(self) -> None:
        while True:
            scan = await self._waiting.get()
            try:
                await self._on_scan(scan.code, self._tills[scan.source])
            except Exception:  # the guard of the scan loop: one bad scan stops no scanner
                log.exception("scan.failed", scanner=scan.source)
