"""Devices come back by themselves, and say so once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from devices.backoff import Backoff
from devices.errors import PortAbsent, PortLost
from devices.ports.memory import MemoryPort
from devices.ports.trouble import Cause
from devices.printing.health import PrinterHealth
from devices.printing.job import JobState
from devices.printing.status import PrinterState, PrinterStatus
from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from devices.steadiness import Steadiness
from devices.supervisor import DeviceState, DeviceStatus, Supervisor
from devices.tally import Tally

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

    supervisor = Supervisor("scanner", statuses.append, Backoff(0.001, 0.002), now=lambda: AT)
    with capture_logs() as logs:
        task = asyncio.create_task(supervisor.run(session))
        async with asyncio.timeout(60):
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
    assert statuses[3] == DeviceStatus("scanner", DeviceState.LOST, "unplugged", AT, cause=Cause.WENT_AWAY)


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

    supervisor = Supervisor("scanner", statuses.append, Backoff(0.001, 0.002), now=lambda: AT)
    with capture_logs() as logs:
        task = asyncio.create_task(supervisor.run(session))
        async with asyncio.timeout(60):
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


def run_fates(*fates: str) -> tuple[Callable[[Callable[[], None]], Awaitable[None]], asyncio.Event]:
    """A session that has one fate after another, and what is set once it stays open."""
    attempts, stays = iter(fates), asyncio.Event()

    async def session(ready: Callable[[], None]) -> None:
        fate = next(attempts, "stay")
        if fate == "absent":
            raise PortAbsent("not there")
        ready()
        if fate == "lost":
            raise PortLost("unplugged")
        stays.set()
        await asyncio.Event().wait()

    return session, stays


@asynccontextmanager
async def supervised(
    supervisor: Supervisor, session: Callable[[Callable[[], None]], Awaitable[None]]
) -> AsyncIterator[None]:
    """While a device is kept open."""
    task = asyncio.create_task(supervisor.run(session))
    try:
        async with asyncio.timeout(60):
            yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_device_that_comes_and_goes_is_degraded_until_it_was_well_for_long_enough() -> None:
    told: list[tuple[DeviceState, str]] = []
    well = asyncio.Event()

    def take(status: DeviceStatus) -> None:
        told.append((status.state, status.reason))
        if status.state is DeviceState.READY and DeviceState.DEGRADED in [state for state, _ in told]:
            well.set()

    session, stays = run_fates("lost", "lost", "lost")
    supervisor = Supervisor("scanner", take, Backoff(0.001, 0.001), steadiness=Steadiness(0.4, 3))
    async with supervised(supervisor, session):
        await stays.wait()
        assert [state for state, _ in told[-3:]] == [
            DeviceState.LOST,
            DeviceState.OPENING,
            DeviceState.DEGRADED,
        ]
        assert told[-1][1] == "3 troubles within 0.4 s: look at its plug, cable or network"
        await well.wait()
    assert told[-1] == (DeviceState.READY, "")
    assert (supervisor.tally.reconnects, supervisor.tally.last_error) == (3, "port.lost")


async def test_a_device_that_sends_rubbish_is_degraded_while_it_is_open() -> None:
    told: list[DeviceState] = []
    session, stays = run_fates()
    supervisor = Supervisor("scanner", lambda status: told.append(status.state))
    async with supervised(supervisor, session):
        await stays.wait()
        for _ in range(3):
            assert told[-1] is DeviceState.READY
            supervisor.trouble()
    assert told == [DeviceState.OPENING, DeviceState.READY, DeviceState.DEGRADED]


async def test_a_device_that_was_plugged_in_is_tried_at_once() -> None:
    absent = asyncio.Event()
    session, stays = run_fates("absent")
    supervisor = Supervisor("scanner", lambda status: _set_if(absent, status), Backoff(3600, 3600))
    async with supervised(supervisor, session):
        await absent.wait()
        assert not stays.is_set()
        supervisor.wake()
        await stays.wait()


def _set_if(absent: asyncio.Event, status: DeviceStatus) -> None:
    if status.state is DeviceState.ABSENT:
        absent.set()


@given(st.lists(st.floats(0, 100), max_size=20), st.floats(0, 200))
def test_troubles_count_for_a_window_and_no_longer(troubles: list[float], later: float) -> None:
    steadiness = Steadiness(window_s=10.0, most=3)
    for at in sorted(troubles):
        steadiness.note(at)
    now = max(troubles, default=0.0) + later
    recent = [at for at in troubles if at + 10.0 > now]
    assert (steadiness.unsteady_s(now) > 0) is (len(recent) >= 3)
    assert steadiness.unsteady_s(now + steadiness.unsteady_s(now) + 1e-9) == 0


def test_a_printer_that_comes_and_goes_is_degraded_and_counts_what_it_did() -> None:
    told: list[PrinterStatus] = []
    health = PrinterHealth("front", told.append, lambda: AT, Steadiness(3600.0, 2))
    health.saw(PrinterState.OFFLINE, "not there")  # it was never reached: no loss
    for _ in range(2):
        health.saw(PrinterState.ONLINE)
        assert told[-1].state is PrinterState.ONLINE
        health.failed(PortLost("broke off"))
        health.saw(PrinterState.OFFLINE, "broke off")
    health.saw(PrinterState.ONLINE)
    assert (told[-1].state, told[-1].reason) == (
        PrinterState.DEGRADED,
        "2 troubles within 3600 s: look at its plug, cable or network",
    )
    health.saw(PrinterState.PAPER_OUT, "no paper")
    for state, is_final in (
        (JobState.SENDING, True),
        (JobState.SENT, False),
        (JobState.CONFIRMED, True),
        (JobState.SENT, True),
        (JobState.UNCERTAIN, True),
    ):
        health.paper_is(state, is_final=is_final)
    assert told[-1].tally == Tally(reconnects=2, jobs=2, uncertain=1, last_error="printer.paper_out")


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
    async with asyncio.timeout(60):
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
        async with asyncio.timeout(60):
            await ready.wait()
            await asyncio.sleep(0)
            port.say(b"bad\rgood\r")
            await done.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert heard == ["bad", "good"]
    assert [log["event"] for log in logs] == ["scanner.listener_failed"]
