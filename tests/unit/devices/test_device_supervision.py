"""Devices come back by themselves, and say so once."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from devices.backoff import Backoff
from devices.errors import PortAbsent, PortLost
from devices.ports.memory import MemoryPort
from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from devices.supervisor import DeviceState, DeviceStatus, Supervisor

AT = datetime(2025, 11, 23, 10, 0, tzinfo=UTC)


@given(st.integers(0, 200), st.floats(0, 1))
def test_waits_grow_to_the_limit_and_never_pass_it(failures: int, jitter: float) -> None:
    backoff = Backoff(1.0, 30.0, lambda: jitter)
    waits = [backoff.next_s() for _ in range(failures + 1)]
    assert all(0.5 <= wait <= 30.0 for wait in waits)
    assert waits == sorted(waits)
    backoff.reset()
    assert backoff.next_s() == waits[0]


async def test_a_device_is_absent_then_ready_then_lost_and_logged_once_each() -> None:
    statuses: list[DeviceStatus] = []
    attempts = iter(["absent", "absent", "lost", "absent", "absent", "stay"])
    stays = asyncio.Event()

    async def session(ready: Callable[[], None]) -> None:
        fate = next(attempts)
        if fate == "absent":
            raise PortAbsent("not there")
        ready()
        if fate == "lost":
            raise PortLost("unplugged")
        stays.set()
        await asyncio.Event().wait()

    supervisor = Supervisor("scanner", statuses.append, Backoff(0.001, 0.002), lambda: AT)
    with capture_logs() as logs:
        task = asyncio.create_task(supervisor.run(session))
        async with asyncio.timeout(5):
            await stays.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert [status.state for status in statuses] == [
        DeviceState.OPENING,
        DeviceState.ABSENT,
        DeviceState.READY,
        DeviceState.LOST,
        DeviceState.OPENING,
        DeviceState.ABSENT,
        DeviceState.READY,
    ]
    assert [log["event"] for log in logs] == ["device.absent", "device.back", "device.lost", "device.back"]
    assert statuses[3] == DeviceStatus("scanner", DeviceState.LOST, "unplugged", AT)


async def test_a_fault_that_nobody_foresaw_is_a_loss_and_the_device_is_tried_again() -> None:
    statuses: list[DeviceStatus] = []
    faults = iter([RuntimeError("odd"), RuntimeError("odd")])
    stays = asyncio.Event()

    async def session(ready: Callable[[], None]) -> None:
        if (fault := next(faults, None)) is not None:
            raise fault
        ready()
        stays.set()
        await asyncio.Event().wait()

    supervisor = Supervisor("scanner", statuses.append, Backoff(0.001, 0.002), lambda: AT)
    with capture_logs() as logs:
        task = asyncio.create_task(supervisor.run(session))
        async with asyncio.timeout(5):
            await stays.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert [(status.state, status.reason) for status in statuses] == [
        (DeviceState.OPENING, ""),
        (DeviceState.ABSENT, "unexpected: odd"),
        (DeviceState.READY, ""),
    ]
    assert [log["event"] for log in logs] == ["device.session_failed", "device.absent", "device.back"]


async def read_scans(port: MemoryPort, config: ScannerConfig, pieces: list[bytes], count: int) -> list[Scan]:
    """What a source delivers for the pieces its scanner sends."""
    scans: list[Scan] = []
    full = asyncio.Event()

    def take(scan: Scan) -> None:
        scans.append(scan)
        if len(scans) == count:
            full.set()

    ready = asyncio.Event()

    def watch(status: DeviceStatus) -> None:
        if status.state is DeviceState.READY:
            ready.set()

    source = ScannerSource(config, lambda _uri: port, lambda: AT)
    task = asyncio.create_task(source.run(take, watch))
    async with asyncio.timeout(5):
        await ready.wait()
        for piece in pieces:
            port.say(piece)
            await asyncio.sleep(0)
        await full.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return scans


async def test_scans_carry_code_symbology_source_and_time() -> None:
    scans = await read_scans(
        MemoryPort(), ScannerConfig("till-1", "memory:"), [b"]E069012", b"34567892\rABC", b"\r\n"], 2
    )
    assert scans == [Scan("6901234567892", "ean13", "till-1", AT), Scan("ABC", None, "till-1", AT)]


async def test_a_scan_of_noise_is_dropped_and_the_code_is_never_logged() -> None:
    with capture_logs() as logs:
        scans = await read_scans(
            MemoryPort(), ScannerConfig("till-1", "memory:"), [b"\xff\xff\xff\r", b"134567890123456789\r"], 1
        )
    assert [scan.code for scan in scans] == ["134567890123456789"]
    assert [log["event"] for log in logs] == ["scanner.noise_dropped"]
    assert "134567890123456789" not in repr(scans) + repr(logs)


async def test_a_fault_of_the_listener_does_not_silence_the_scanner() -> None:
    heard: list[str] = []
    done = asyncio.Event()

    def listen(scan: Scan) -> None:
        heard.append(scan.code)
        if scan.code == "bad":
            raise ValueError("listener")
        done.set()

    port = MemoryPort()
    ready = asyncio.Event()
    source = ScannerSource(ScannerConfig("till-1", "memory:"), lambda _uri: port, lambda: AT)
    task = asyncio.create_task(source.run(listen, lambda _status: ready.set()))
    with capture_logs() as logs:
        async with asyncio.timeout(5):
            await ready.wait()
            await asyncio.sleep(0)
            port.say(b"bad\rgood\r")
            await done.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert heard == ["bad", "good"]
    assert [log["event"] for log in logs] == ["scanner.listener_failed"]
