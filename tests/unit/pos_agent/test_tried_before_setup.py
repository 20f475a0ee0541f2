"""Every kind of line is tried before anything is set up: how a printer is, if a scanner can be opened."""

import asyncio
import os
import pty
import sys
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

from devices.printing.settings import PrinterConfig
from devices.printing.status import STATUS_REQUEST
from devices.scanning.stdin_port import StdinPort
from pos_agent.hardware.device_trial import Trials
from pos_agent.hardware.look_at import Look, look_at_printer, look_at_scanner
from tests.integration.devices.test_other_ports import FakeUsb
from tests.unit.devices.test_scan_sources import Keyboard

READY = b"\x12" * 4
PULSE = bytes.fromhex("1B 70 00 32 FF")


class AnsweringUsb(FakeUsb):
    """A USB printer in good health."""

    def _write(self, data: bytes, timeout_ms: int) -> int:
        count = super()._write(data, timeout_ms)
        if self.taken.endswith(STATUS_REQUEST):
            self.said += READY
        return count


@dataclass
class FarEnd:
    """A printer at the far end of a line, in the test's own loop."""

    file: int
    taken: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        os.set_blocking(self.file, False)
        asyncio.get_running_loop().add_reader(self.file, self._read)

    def _read(self) -> None:
        self.taken += os.read(self.file, 4096)
        if self.taken.endswith(STATUS_REQUEST):
            os.write(self.file, READY)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for it."""
        async with asyncio.timeout(60):
            while not is_so():  # noqa: ASYNC110 - comes from the system
                await asyncio.sleep(0.001)

    def close(self) -> None:
        """Hang up."""
        asyncio.get_running_loop().remove_reader(self.file)
        os.close(self.file)


@contextmanager
def far_end() -> Iterator[tuple[FarEnd, str]]:
    """A pseudo-terminal with a printer behind it."""
    near, far = pty.openpty()
    tty.setraw(far)
    printer = FarEnd(near)
    yield printer, os.ttyname(far)
    printer.close()
    os.close(far)


async def trial_of_drawer(config: PrinterConfig) -> tuple[Look | None, list[bool]]:
    """Let the page's trial open the drawer of a printer that is not set up; what it shows, what is kept."""
    done, kept = asyncio.Event(), list[bool]()
    trials = Trials(lambda _code: False, done.set)

    async def settle(is_sent: bool) -> None:
        kept.append(is_sent)

    trials.open_drawer(config, settle)
    async with asyncio.timeout(60):
        while trials.latest is None or trials.latest.is_running:
            await done.wait()
            done.clear()
    return trials.latest.look, kept


@pytest.mark.parametrize("kind", ["serial", "file"])
async def test_a_printer_on_a_line_is_tried_with_its_drawer(kind: str) -> None:
    with far_end() as (printer, name):
        config = PrinterConfig("new", f"{kind}:{name}")
        assert await look_at_printer(config) == Look("online", {"place": f"{kind}:{name}"})
        assert printer.taken == STATUS_REQUEST
        look, kept = await trial_of_drawer(config)
        assert (look and look.code, kept) == ("opened", [True])
        await printer.until(lambda: printer.taken.endswith(PULSE))
    gone = await look_at_printer(PrinterConfig("new", f"{kind}:/dev/none-such"))
    assert (gone.code, gone.is_good) == ("absent", False)


async def test_a_printer_on_usb_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    usb = AnsweringUsb()
    usb.install(monkeypatch)
    config = PrinterConfig("new", "usb:04b8:0202")
    assert (await look_at_printer(config)).code == "online"
    assert (bytes(usb.taken), usb.released) == (STATUS_REQUEST, 1)
    usb.is_plugged = False
    assert (await look_at_printer(config)).code == "absent"


async def test_a_printer_that_is_a_program_is_tried(tmp_path: Path) -> None:
    link = tmp_path / "printer"
    looking = asyncio.create_task(look_at_printer(PrinterConfig("new", f"pty:{link}")))
    async with asyncio.timeout(60):
        while not link.exists():  # noqa: ASYNC110 - the line is made in the port's thread
            await asyncio.sleep(0.001)
    printer = FarEnd(os.open(link, os.O_RDWR | os.O_NOCTTY))
    assert (await looking).code == "online"
    assert printer.taken == STATUS_REQUEST
    printer.close()


async def test_a_scanner_of_each_kind_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, evdev = Keyboard(), ModuleType("evdev")
    evdev.InputDevice = lambda _path: keyboard  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "evdev", evdev)
    with far_end() as (_scanner, name):
        assert await look_at_scanner(f"serial:{name}") == Look("ready", {"place": f"serial:{name}"})
    assert (await look_at_scanner("serial:/dev/none-such")).code == "absent"
    assert await look_at_scanner("hid:/dev/input/x") == Look("ready", {"place": "hid:/dev/input/x"})
    assert keyboard.calls == ["grab", "close"]
    listens = await look_at_scanner("listen://127.0.0.1:9200")
    assert (listens.code, listens.is_good) == ("listens", True)


async def test_what_stands_on_standard_input_is_left_for_the_program_that_will_read_it() -> None:
    near, far = os.pipe()
    os.write(far, b"6901234567892\n")
    port = StdinPort(near)
    await port.open(1.0)
    await port.close()
    assert os.read(near, 100) == b"6901234567892\n"
    os.close(near)
    os.close(far)
