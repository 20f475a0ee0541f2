"""The simulated devices on each kind of line, through a store's own ports; faults that strike later."""

import asyncio
import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from devices.errors import PortLost
from devices.ports.address import port_at
from devices.printing.drawer import drawer_pulse
from devices.printing.encode import encode
from devices.printing.status import PrinterState
from devices.profiles import load_profile
from devices.scanning.address import scanner_port_at
from devices.simulators.control import Refused
from devices.simulators.printer.plans import Plan, Plans, read_plan
from devices.supervisor import DeviceState
from tests.integration.devices.test_virtual_scanner import Till, listening
from tests.integration.devices.virtual_devices import ROOT, Program, running, wait_for
from tests.unit.devices.example_documents import PICK_SLIP

pytestmark = pytest.mark.processes

MARK = b"\x1dr\x01"
CUT = b"\x1dV\x00"


def state_of(printer: Program) -> dict[str, object]:
    told: dict[str, object] = json.loads(printer.control("state").removeprefix("ok "))
    return told


async def until(printer: Program, fact: str, value: object) -> dict[str, object]:
    """Wait until the printer says this of itself; all that it says then."""
    async with asyncio.timeout(10):
        facts = await asyncio.to_thread(state_of, printer)
        while facts[fact] != value:
            told = await asyncio.to_thread(printer.control, f"wait {facts['revision']}")
            facts = json.loads(told.removeprefix("ok "))
    return facts


async def scan_once_connected(scanner: Program, code: str) -> None:
    """Scan as soon as the scanner knows that its call was taken: the till knows it first."""
    async with asyncio.timeout(10):
        while (said := await asyncio.to_thread(scanner.control, code)) != "ok":
            assert said == "error nobody reads the scanner"


async def test_a_printer_on_a_serial_line_answers_waits_for_paper_and_drops_out(tmp_path: Path) -> None:
    link, papers = tmp_path / "printer", tmp_path / "papers"
    payload = encode(PICK_SLIP, load_profile("generic-80")) + MARK
    with running("printer", "--pty", str(link), "--papers", str(papers), "--no-png") as printer:
        assert (printer.facts["uri"], printer.facts["port"]) == (f"serial:{link}", None)
        port = port_at(printer.facts["uri"])
        await port.open(5)
        await port.write(payload, 5)
        assert await port.read(1, 5) == b"\x00"
        assert (papers / "0001.bin").read_bytes() == payload
        first = link.readlink()

        await asyncio.to_thread(printer.control, "paper-out")
        await port.write(b"\x10\x04\x04" + payload, 5)
        assert await port.read(1, 5) == b"\x7e"
        await asyncio.to_thread(printer.control, "paper-ok")
        assert await port.read(1, 5) == b"\x00"

        assert await asyncio.to_thread(printer.control, "reset-after 4") == "ok"
        with contextlib.suppress(PortLost):  # it may drop out before the write is through
            await port.write(b"ABCDEFGH\n", 5)
        assert (await asyncio.to_thread(wait_for, papers / "0003.txt")).read_text() == "ABCD\n"
        await port.close()
        assert (await asyncio.to_thread(wait_for, link)).readlink() != first
        await port.open(5)
        await port.write(b"again\n" + CUT + MARK, 5)
        assert await port.read(1, 5) == b"\x00"
        assert (papers / "0004.txt").read_text() == "again\n"
        await port.close()
    assert not link.is_symlink()


async def test_a_drawer_opens_on_the_virtual_printer_and_is_seen_open(tmp_path: Path) -> None:
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--no-png") as printer:
        port = port_at(printer.facts["uri"])
        await port.open(5)
        for state, told in ((PrinterState.ONLINE, b"\x16"), (PrinterState.PAPER_OUT, b"\x1e")):
            await port.write(drawer_pulse(load_profile("epson-tm-t88"), state), 5)
            await until(printer, "drawer", "open")
            await port.write(b"\x10\x04\x01", 5)
            assert await port.read(1, 5) == told
            await asyncio.to_thread(printer.control, "push-in")
            await asyncio.to_thread(printer.control, "offline")  # the second pulse goes past the buffer
        assert (await asyncio.to_thread(state_of, printer))["kicks"] == 2
        await port.close()


async def test_a_network_scanner_that_waits_scans_and_comes_back() -> None:
    till = Till()
    with running("scanner", "--listen", "0", "--order", ":aim Q1") as scanner:
        uri = scanner.facts["uri"]
        assert uri.startswith("tcp://127.0.0.1:")
        assert await asyncio.to_thread(scanner.control, "early") == "error nobody reads the scanner"
        async with listening(till, uri):
            await till.until(state=DeviceState.READY)
            assert await asyncio.to_thread(scanner.control, ":burst 3 one") == "ok"
            await till.until(scans=3)
            assert await asyncio.to_thread(scanner.control, ":unplug") == "ok"
            await till.until(state=DeviceState.ABSENT)
            assert (await asyncio.to_thread(scanner.control, "two")).startswith(
                "error the scanner is unplugged"
            )
            assert await asyncio.to_thread(scanner.control, ":plug") == "ok"
            await till.until(state=DeviceState.READY)
            assert await asyncio.to_thread(scanner.control, "two") == "ok"
            await till.until(scans=4)
    assert [scan.code for scan in till.scans] == ["one", "one", "one", "two"]
    assert till.scans[0].symbology == "qr"


async def test_a_network_scanner_that_calls_finds_the_till_again(unused_tcp_port: int) -> None:
    till, uri = Till(), f"listen://127.0.0.1:{unused_tcp_port}"
    with running("scanner", "--connect", f"127.0.0.1:{unused_tcp_port}") as scanner:
        assert scanner.facts["uri"] == uri
        for count, code in enumerate(("one", "two"), 1):
            async with listening(till, uri):
                await till.until(state=DeviceState.READY)
                await scan_once_connected(scanner, code)
                await till.until(scans=count)
                if code == "two":
                    assert await asyncio.to_thread(scanner.control, ":unplug") == "ok"
                    await till.until(state=DeviceState.ABSENT)
    assert [scan.code for scan in till.scans] == ["one", "two"]
    assert scanner_port_at(uri).peer == uri


async def test_faults_of_the_start_strike_after_lines_papers_and_bytes(tmp_path: Path) -> None:
    faults = ("paper-out after 3 lines", "cover-open after 2 papers", "late 20")
    words = [word for fault in faults for word in ("--fault", fault)]
    with running("printer", "--port", "0", "--papers", str(tmp_path), "--no-png", *words) as printer:
        assert printer.facts["faults"] == list(faults[:2])
        port = port_at(printer.facts["uri"])
        await port.open(5)
        await port.write(b"1\n2\n3\n4\n" + CUT + MARK, 5)
        facts = await until(printer, "paper", "out")
        await port.write(b"\x10\x04\x04", 5)
        assert await port.read(1, 5) == b"\x7e"  # the fourth line waits
        assert (facts["papers"], facts["paper"], facts["planned"]) == (
            0,
            "out",
            ["cover-open after 2 papers"],
        )
        await asyncio.to_thread(printer.control, "paper-ok")
        assert await port.read(1, 5) == b"\x00"
        await port.write(b"second\n" + CUT + MARK, 5)
        assert await port.read(1, 5) == b"\x00"
        assert (await asyncio.to_thread(state_of, printer))["cover"] == "closed"
        await port.write(b"third\n" + CUT + MARK, 5)
        facts = await until(printer, "cover", "open")
        assert (facts["papers"], facts["planned"]) == (2, [])

        assert await asyncio.to_thread(printer.control, "power-cycle after 2 bytes") == "ok"
        assert await asyncio.to_thread(printer.control, "well") == "ok"
        facts = await asyncio.to_thread(state_of, printer)
        assert (facts["cover"], facts["planned"], facts["late_ms"], facts["papers"]) == ("closed", [], 0, 3)
        await port.close()
    assert [(tmp_path / f"000{number}.txt").read_text() for number in (1, 2, 3)] == [
        "1\n2\n3\n4\n",
        "second\n",
        "third\n",
    ]


def test_a_wrong_fault_at_the_start_says_what_there_is(tmp_path: Path) -> None:
    for name, words in (
        ("printer", ("--port", "0", "--papers", str(tmp_path), "--fault", "jam after 3 lines")),
        ("scanner", ("--connect", "here")),
    ):
        argv = [sys.executable, "-m", f"devices.simulators.{name}", *words]
        done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 1
        assert done.stdout == ""
        expected = "'jam' cannot be planned; write one of: paper-out" if name == "printer" else "HOST:PORT"
        assert expected in done.stderr


@pytest.mark.parametrize(
    "line", ["after 3 lines", "offline after", "offline after 3", "offline after 0 lines"]
)
def test_a_plan_has_a_fault_a_count_and_a_unit(line: str) -> None:
    with pytest.raises(Refused, match="write FAULT after N"):
        read_plan(line.split())


def test_a_plan_reads_as_it_is_told() -> None:
    assert read_plan(["late", "5", "after", "1", "line"]) == Plan("late 5", 1, "lines")
    assert str(Plan("late 5", 1, "lines")) == "late 5 after 1 lines"
    assert read_plan(["late", "5"]) is None


def test_plans_are_few_and_each_strikes_once() -> None:
    plans = Plans()
    for _ in range(16):
        plans.add(Plan("late 5", 1, "lines"))
    with pytest.raises(Refused, match="at most 16"):
        plans.add(Plan("late 5", 1, "lines"))
    assert plans.due_after(10, 0) == []
    assert plans.due_after(10, 1) == ["late 5"] * 16
    assert (plans.due_after(10, 1), plans.told()) == ([], [])
