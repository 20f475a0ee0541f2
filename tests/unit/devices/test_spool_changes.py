"""Printers that come, change and go while the spool runs: jobs in hand finish, queued ones follow."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from devices.errors import ConfigurationError
from devices.ports.address import place_of
from devices.ports.memory import MemoryPort
from devices.printing.job import JobState
from devices.printing.settings import PrinterConfig
from devices.printing.status import STATUS_REQUEST, PrinterState
from tests.unit.devices.test_drawer import PULSE
from tests.unit.devices.test_print_spool import BYTES, READY, Bench, running, working


def silent(data: bytes) -> bytes:
    """A printer that answers how it is, and never that it has printed."""
    return READY if data == STATUS_REQUEST else b""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "jobs.db", {"front": MemoryPort(working)})


async def test_what_is_queued_goes_to_the_printers_new_address(bench: Bench) -> None:
    bench.ports["front"].absent = True
    bench.ports["new"] = MemoryPort(working)
    async with running(bench):
        await bench.print("a")
        await bench.until(lambda: [one.state for one in bench.statuses] == [PrinterState.OFFLINE])
        bench.spool.reconfigure([PrinterConfig("front", "new")])
        await bench.until_state("a", JobState.CONFIRMED)
    assert bench.papers("front") == []
    assert bench.papers("new") == [BYTES]
    assert [one.state for one in bench.statuses] == [PrinterState.OFFLINE, PrinterState.ONLINE]


async def test_a_job_in_hand_ends_where_it_began(bench: Bench) -> None:
    bench.ports["front"] = MemoryPort(silent)
    bench.ports["new"] = MemoryPort(working)
    bench.spool.reconfigure([PrinterConfig("front", "front", "generic-58")])
    bench.spool.reconfigure([PrinterConfig("front", "front")])
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.SENT)
        bench.spool.reconfigure([PrinterConfig("front", "new")])
        await bench.print("b")
        await bench.until_state("b", JobState.CONFIRMED)
        bench.ports["front"].say(b"\x00")
        await bench.until_state("a", JobState.CONFIRMED)
    assert (bench.papers("front"), bench.papers("new")) == ([BYTES], [BYTES])


async def test_the_same_device_is_not_opened_by_two(bench: Bench) -> None:
    bench.ports["front"] = MemoryPort(silent)
    bench.ports["front?baud=9600"] = bench.ports["front"]
    bench.spool.reconfigure([PrinterConfig("front", "front", "generic-58")])
    bench.spool.reconfigure([PrinterConfig("front", "front")])
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.SENT)
        bench.spool.reconfigure([PrinterConfig("front", "front?baud=9600")])
        await bench.print("b")
        for _ in range(20):
            await asyncio.sleep(0)
        assert bench.states()["b"] == ("queued", "")
        assert bench.ports["front"].openings == 1
        bench.ports["front"].say(b"\x00")
        await bench.until_state("b", JobState.SENT)
        assert bench.states()["a"] == ("confirmed", "")
        bench.ports["front"].say(b"\x00")
        await bench.until_state("b", JobState.CONFIRMED)


async def test_a_printer_that_stays_notices_nothing_and_one_is_added(bench: Bench) -> None:
    bench.ports["back"] = MemoryPort(working)
    async with running(bench):
        await bench.print("a")
        await bench.until_state("a", JobState.CONFIRMED)
        bench.spool.reconfigure([PrinterConfig("front", "front"), PrinterConfig("back", "back")])
        await bench.print("b", "back")
        await bench.until_state("b", JobState.CONFIRMED)
        bench.spool.reconfigure([PrinterConfig("front", "front")])
        await bench.print("c", "back")
        await bench.print("d")
        await bench.until_state("d", JobState.CONFIRMED)
    assert bench.states()["c"] == ("queued", "")
    assert [one.printer for one in bench.statuses] == ["front", "back"]
    assert [one.printer for one in bench.spool.statuses()] == ["front"]


@pytest.mark.parametrize(
    "wanted",
    [
        [PrinterConfig("front", "front"), PrinterConfig("front", "front")],
        [PrinterConfig("front", "front", "no-such-model")],
    ],
)
async def test_what_cannot_work_is_refused_and_the_old_printers_go_on(
    bench: Bench, wanted: list[PrinterConfig]
) -> None:
    async with running(bench):
        with pytest.raises(ConfigurationError):
            bench.spool.reconfigure(wanted)
        await bench.print("a")
        await bench.until_state("a", JobState.CONFIRMED)
    assert bench.papers() == [BYTES]


def test_speed_is_no_part_of_a_place() -> None:
    assert place_of("serial:/dev/ttyS0?baud=9600") == place_of("serial:/dev/ttyS0?baud=19200&flow=rtscts")
    assert place_of("tcp://printer:9100/") == "tcp://printer:9100"
    assert place_of("tcp://printer") == "tcp://printer:9100"


async def test_the_drawer_follows_its_printer_to_another_address(bench: Bench) -> None:
    bench.ports["new"] = MemoryPort(working)
    async with running(bench):
        assert await asyncio.wait_for(bench.spool.open_drawer("front"), 60)
        bench.spool.reconfigure([PrinterConfig("front", "new")])
        assert await asyncio.wait_for(bench.spool.open_drawer("front"), 60)
        bench.spool.reconfigure([PrinterConfig("back", "new")])
        with pytest.raises(ConfigurationError, match="no drawer hangs on printer front"):
            bench.spool.open_drawer("front")
    assert (bench.papers("front"), bench.papers("new")) == ([PULSE], [PULSE])


async def test_a_printer_is_logged_once_when_it_is_lost_and_once_when_it_is_back(bench: Bench) -> None:
    port = bench.ports["front"]
    with capture_logs() as logs:
        async with running(bench):
            await bench.until(lambda: bool(bench.statuses))
            port.absent = True
            await bench.print("a")
            await bench.until(lambda: bench.spool.statuses()[0].state is PrinterState.OFFLINE)
            for _ in range(5):  # each wish is another attempt
                assert not await asyncio.wait_for(bench.spool.open_drawer("front"), 60)
            port.absent = False
            await bench.until_state("a", JobState.CONFIRMED)
    told = [(log["event"], log.get("state")) for log in logs if log["event"].startswith("printer.")]
    assert told == [("printer.lost", "offline"), ("printer.back", "online")]
