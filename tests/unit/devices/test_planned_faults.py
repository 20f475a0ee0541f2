"""Faults that strike a virtual printer later: the machine goes on once all of them are carried out."""

import asyncio
from pathlib import Path

from devices.simulators.printer.archive import Archive
from devices.simulators.printer.device import PrinterDevice
from devices.simulators.printer.faults import obey
from devices.simulators.printer.network_line import NetworkLine


async def test_faults_that_strike_at_once_leave_no_printer_halted(tmp_path: Path) -> None:
    drawn: list[int] = []
    is_drawn = asyncio.Event()

    def draw(number: int, *_: object) -> None:
        drawn.append(number)
        is_drawn.set()

    device = PrinterDevice(48, Archive(tmp_path), draw)
    device.line = NetworkLine(device, 0)
    await device.plug()
    try:
        for fault in ("mute", "paper-low", "garbage"):
            await obey(device, f"{fault} after 1 lines")
        device.take(b"AB\nCD\n\x1dV\x00")
        device.end()
        async with asyncio.timeout(10):
            await is_drawn.wait()
    finally:
        await device.unplug()
    it = device.condition
    assert (it.is_mute, it.paper, it.is_babbling, device.plans.told()) == (True, "low", True, [])
    assert (device.machine.is_halted, drawn) == (False, [1])
    assert (tmp_path / "0001.txt").read_text() == "AB\nCD\n"
