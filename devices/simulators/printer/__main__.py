"""The virtual printer as a program; see ``--help``."""

import argparse
import asyncio
import contextlib
from pathlib import Path

import structlog

from devices.simulators.control import Refused, port_of, serve_control
from devices.simulators.printer.archive import Archive
from devices.simulators.printer.device import PrinterDevice
from devices.simulators.printer.draw_queue import DrawQueue
from devices.simulators.printer.faults import WORDS, obey
from devices.simulators.printer.fonts import find_font
from devices.simulators.printer.memory import Memory
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.network_line import NetworkLine
from devices.simulators.printer.serial_line import SerialLine
from devices.simulators.process import announce, log_to_stderr, until_told_to_stop

_log = structlog.get_logger(__name__)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m devices.simulators.printer",
        description="A receipt printer in software. Prints a JSON line once it is ready; port 0 takes any.",
        epilog=f"Faults, also for the control port: {', '.join(WORDS)}.",
    )
    line = parser.add_mutually_exclusive_group()
    line.add_argument("--port", type=int, default=9100, help="where it prints from (default 9100)")
    line.add_argument(
        "--pty",
        type=Path,
        metavar="LINK",
        help="on a serial line of this name, instead of a port (its uri: serial:LINK)",
    )
    parser.add_argument("--papers", type=Path, required=True, help="folder for NNNN.bin, .txt and .png")
    parser.add_argument("--control-port", type=int, default=0, help="where it takes faults")
    parser.add_argument("--columns", type=int, choices=(48, 32), default=48, help="48 = 80 mm, 32 = 58 mm")
    parser.add_argument("--no-png", action="store_true", help="draw no pictures")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="WORDS",
        help="a fault from the start, or later: 'paper-out', 'paper-out after 12 lines', 'slow 960',"
        " 'unplug after 2 papers'; repeatable",
    )
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    archive = Archive(arguments.papers)
    queue = DrawQueue(arguments.papers, arguments.columns)
    draws = not arguments.no_png
    device = PrinterDevice(arguments.columns, archive, queue.add if draws else _draw_nothing)
    line = SerialLine(device, arguments.pty) if arguments.pty else NetworkLine(device, arguments.port)
    device.line = line
    await device.plug()
    try:
        for fault in arguments.fault:
            await obey(device, fault)
        control = await serve_control(arguments.control_port, lambda words: obey(device, words))
        drawing = asyncio.create_task(queue.run()) if draws else None
        if draws:
            device.has_font = _prepare(archive, queue)
        announce(_told(device, line, arguments.papers) | {"control": port_of(control)})
        await until_told_to_stop()
        control.close()
    finally:
        await device.unplug()
    if drawing is not None:
        drawing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await drawing


def _told(device: PrinterDevice, line: NetworkLine | SerialLine, papers: Path) -> dict[str, object]:
    port = line.port if isinstance(line, NetworkLine) else None
    return {"port": port, "uri": line.uri, "papers": str(papers.resolve()), "faults": device.plans.told()}


def _prepare(archive: Archive, queue: DrawQueue) -> bool:
    """Say if there is no font; draw what an earlier run left. Whether there is a font."""
    has_font = find_font() is not None
    if not has_font:
        _log.warning(
            "printer.no_chinese_font",
            advice="pictures show hollow boxes; install fonts-noto-cjk or fonts-wqy-zenhei",
        )
    for number in archive.undrawn():
        queue.add(number, Modes(), archive.lasting_memory())
    return has_font


def _draw_nothing(_number: int, _modes: Modes, _memory: Memory) -> None:
    """Without pictures there is nothing to do."""


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    log_to_stderr()
    arguments = _arguments()
    try:
        asyncio.run(_run(arguments))
    except (Refused, OSError, OverflowError) as error:
        raise SystemExit(f"the printer cannot start: {error}") from error


if __name__ == "__main__":
    main()
