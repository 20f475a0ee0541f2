"""Virtual scanner to scanner driver, over a real pty."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from devices.supervisor import DeviceState, DeviceStatus
from tests.integration.devices.virtual_devices import running

pytestmark = pytest.mark.processes


@dataclass
class Till:
    """What reached the till."""

    scans: list[Scan] = field(default_factory=list)
    states: list[DeviceState] = field(default_factory=list)

    def on_status(self, status: DeviceStatus) -> None:
        """Take in a scanner's state."""
        self.states.append(status.state)

    async def until(self, *, scans: int = 0, state: DeviceState | None = None) -> None:
        """Wait for so many scans, or for the present state."""
        async with asyncio.timeout(60):
            while len(self.scans) < scans or (state and self.states[-1:] != [state]):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(till: Till, uri: str) -> AsyncIterator[None]:
    source = ScannerSource(ScannerConfig("till-1", uri))
    task = asyncio.create_task(source.run(till.scans.append, till.on_status))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_each_control_line_is_a_scan() -> None:
    till = Till()
    with running("scanner") as scanner:
        async with listening(till, f"serial:{scanner.facts['device']}"):
            await till.until(state=DeviceState.READY)
            codes = [f"69{number:011d}" for number in range(100)]
            for code in codes:
                assert await asyncio.to_thread(scanner.control, code) == "ok"
            assert (await asyncio.to_thread(scanner.control, "")).startswith("error ")
            assert await asyncio.to_thread(scanner.control, "]Q1会员卡") == "ok"
            await till.until(scans=101)
    assert [scan.code for scan in till.scans] == [*codes, "会员卡"]
    assert till.scans[-1].symbology == "qr"


async def test_scans_from_before_the_line_was_opened_are_thrown_away() -> None:
    till = Till()
    with running("scanner") as scanner:
        assert await asyncio.to_thread(scanner.control, "stale") == "ok"
        async with listening(till, f"serial:{scanner.facts['device']}"):
            await till.until(state=DeviceState.READY)
            assert await asyncio.to_thread(scanner.control, "fresh") == "ok"
            await till.until(scans=1)
    assert [scan.code for scan in till.scans] == ["fresh"]


async def test_a_scanner_comes_back_under_its_name_and_is_logged_once_each(tmp_path: Path) -> None:
    till, link = Till(), tmp_path / "scanner"
    with capture_logs() as logs:
        async with listening(till, f"serial:{link}"):
            await till.until(state=DeviceState.ABSENT)
            for count, code in enumerate(("one", "two"), 1):
                with running("scanner", "--link", str(link)) as scanner:
                    await till.until(state=DeviceState.READY)
                    assert await asyncio.to_thread(scanner.control, code) == "ok"
                    await till.until(scans=count)
                await till.until(state=DeviceState.ABSENT)
                assert not link.is_symlink()
    assert [scan.code for scan in till.scans] == ["one", "two"]
    assert [log["event"] for log in logs] == [
        "device.absent",
        "device.back",
        "device.lost",
        "device.back",
        "device.lost",
    ]


async def test_a_misbehaving_scanner_sends_what_it_is_told_and_comes_back_under_another_name(
    tmp_path: Path,
) -> None:
    till, link = Till(), tmp_path / "scanner"
    with running("scanner", "--link", str(link)) as scanner:
        async with listening(till, f"serial:{link}"):
            await till.until(state=DeviceState.READY)
            first = link.readlink()
            lines: tuple[str, ...] = (
                ":split",
                "one",
                ":no-split",
                ":noise",
                "two",
                ":well",
                ":bounce",
                "three",
                ":well",
            )
            lines += (":glue", "four", "five", ":well", ":slow 1", ":aim Q1", "six", ":aim none", ":well")
            lines += (":burst 3 seven", ":end crlf", ":prefix P-", "eight", ":prefix none")
            for line in lines:
                assert await asyncio.to_thread(scanner.control, line) == "ok"
            await till.until(scans=11)
            assert await asyncio.to_thread(scanner.control, ":unplug") == "ok"
            await till.until(state=DeviceState.ABSENT)
            refused = await asyncio.to_thread(scanner.control, "lost")
            assert refused == "error the scanner is unplugged; plug it in"
            assert await asyncio.to_thread(scanner.control, ":plug") == "ok"
            await till.until(state=DeviceState.READY)
            assert link.readlink() != first
            assert await asyncio.to_thread(scanner.control, "nine") == "ok"
            await till.until(scans=12)
    codes = ["one", "two", "three", "three", "four", "five", "six", *["seven"] * 3, "P-eight", "nine"]
    assert [scan.code for scan in till.scans] == codes
    assert till.scans[6].symbology == "qr"
