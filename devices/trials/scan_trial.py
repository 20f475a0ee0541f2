"""Scans as bad scanners send them, through a real pty and the real source: none lost, none wrong.

Codes come split, glued, in bursts, with noise between them and identifiers before them; the scanner is pulled
out in the middle of a code and comes back under another name. What was cut off must vanish, not be glued to
the next code.
"""

import asyncio
import contextlib
import os
import pty
import random
import tempfile
import tty
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.backoff import Backoff
from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from devices.supervisor import DeviceState, DeviceStatus

_NOISE: Final = bytes(byte for byte in range(0x20) if byte not in b"\r\n\t\x04\x1c\x1d\x1e\x1f\x0d") + b"\x7f"
_ENDS: Final = (b"\r", b"\n", b"\r\n", b"\t")
_IDENTIFIERS: Final = (b"", b"", b"]E0", b"]C1", b"]Q3", b"]d2")
_BURST: Final = 200
_LIMIT_S: Final = 20.0
_LOOK_S: Final = 0.002
_FIRST_CHUNK: Final = 512


@dataclass(slots=True)
class ScanReport:
    """What was sent and what arrived."""

    seed: int
    scans: int = 0
    lost: int = 0
    wrong: int = 0
    plugged_again: int = 0
    cut_off: int = 0
    bytes_sent: int = 0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether all arrived as they were."""
        return not self.lost and not self.wrong


class ScanTrial:
    """One scanner on a link that always names the pty it hangs on now, as /dev/serial/by-id does."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._random = random.Random(seed)
        self._link = folder / "usb-scanner"
        self._master = -1
        self._heard: list[str] = []
        self._state: DeviceState | None = None
        self.report = ScanReport(seed)

    async def run(self, count: int, tell: Callable[[int], None]) -> ScanReport:
        """Send `count` scans in bursts, now and then pulling the plug."""
        loop = asyncio.get_running_loop()
        self._plug()
        source = ScannerSource(ScannerConfig("hand", f"serial:{self._link}"), backoff=Backoff(0.01, 0.02))
        reading = asyncio.create_task(source.run(self._hear, self._on_status))
        started = loop.time()
        try:
            await self._until(self._is_open)
            while self.report.scans < count:
                await self._burst(min(_BURST, count - self.report.scans))
                tell(self.report.scans)
                if self._random.random() < 0.1 and self.report.scans < count:
                    await self._plug_again()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            os.close(self._master)
        self.report.seconds = loop.time() - started
        return self.report

    async def _burst(self, count: int) -> None:
        first = self.report.scans
        codes = [f"{first + number:07d}-{self._random.randint(0, 10**9):x}" for number in range(count)]
        stream = b"".join(map(self._as_sent, codes))
        for chunk in self._chunks(stream):
            await self._write(chunk)
            if self._random.random() < 0.05:
                await asyncio.sleep(0)
        self.report.scans += count
        await self._arrived(codes)

    async def _arrived(self, codes: list[str]) -> None:
        with contextlib.suppress(TimeoutError):  # what is missing is counted below
            await self._until(lambda: len(self._heard) >= len(codes))
        heard, self._heard = self._heard, []
        self.report.lost += len(set(codes) - set(heard))
        self.report.wrong += len([code for code in heard if code not in set(codes)])
        self.report.wrong += max(0, len(heard) - len(set(heard)))

    def _as_sent(self, code: str) -> bytes:
        pick = self._random.choice
        noise = bytes(pick(_NOISE) for _ in range(self._random.choice((0, 0, 0, 1, 5))))
        return noise + pick(_IDENTIFIERS) + code.encode() + pick(_ENDS)

    def _chunks(self, stream: bytes) -> list[bytes]:
        found, place = [], 0
        while place < len(stream):
            size = self._random.choice((1, 2, 7, 40, _FIRST_CHUNK))
            found.append(stream[place : place + size])
            place += size
        return found

    async def _write(self, data: bytes) -> None:
        while data:
            try:
                written = os.write(self._master, data)
            except BlockingIOError:
                await asyncio.sleep(_LOOK_S)
                continue
            self.report.bytes_sent += written
            data = data[written:]

    async def _plug_again(self) -> None:
        """Pull the scanner out in the middle of a code; it comes back as another device."""
        await self._write(b"cut-off-")
        self.report.cut_off += 1
        os.close(self._master)
        await self._until(lambda: not self._is_open())
        self._plug()
        await self._until(self._is_open)
        self.report.plugged_again += 1

    def _plug(self) -> None:
        self._master, device = pty.openpty()
        tty.setraw(device)
        name = os.ttyname(device)
        os.close(device)
        os.set_blocking(self._master, False)
        other = self._link.with_suffix(".new")
        other.unlink(missing_ok=True)
        other.symlink_to(name)
        other.replace(self._link)

    def _hear(self, scan: Scan) -> None:
        self._heard.append(scan.code)

    def _on_status(self, status: DeviceStatus) -> None:
        self._state = status.state

    def _is_open(self) -> bool:
        return self._state is not None and self._state.is_open

    async def _until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(_LIMIT_S):
            while not is_so():  # noqa: ASYNC110 - a callback tells
                await asyncio.sleep(_LOOK_S)


async def run_scans(count: int, seed: int, tell: Callable[[int], None] = lambda _done: None) -> ScanReport:
    """Send `count` chaotic scans."""
    with tempfile.TemporaryDirectory() as folder:
        return await ScanTrial(Path(folder), seed).run(count, tell)
