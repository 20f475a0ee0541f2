"""The virtual printer as a program; see ``--help``."""

import argparse
import asyncio
import contextlib
from pathlib import Path

import structlog

from devices.simulators.control import port_of, serve_control
from devices.simulators.printer.archive import Archive
from devices.simulators.printer.draw_queue import DrawQueue
from devices.simulators.printer.faults import obey
from devices.simulators.printer.fonts import find_font
from devices.simulators.printer.modes import Modes
from devices.simulators.printer.server import PrinterServer
from devices.simulators.process import announce, log_to_stderr, until_told_to_stop

_log = structlog.get_logger(__name__)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m devices.simulators.printer",
        description="A receipt printer in software. Prints a JSON line once it listens; port 0 takes any.",
    )
    parser.add_argument("--port", type=int, default=9100, help="where it prints from (default 9100)")
    parser.add_argument("--papers", type=Path, required=True, help="folder for NNNN.bin, .txt and .png")
    parser.add_argument("--control-port", type=int, default=0, help="where it takes faults")
    parser.add_argument("--columns", type=int, choices=(48, 32), default=48, help="48 = 80 mm, 32 = 58 mm")
    parser.add_argument("--no-png", action="store_true", help="draw no pictures")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    archive = Archive(arguments.papers)
    queue = DrawQueue(arguments.papers, arguments.columns)
    draws = not arguments.no_png
    server = PrinterServer(arguments.columns, archive, queue.add if draws else _draw_nothing)
    await server.listen(arguments.port)
    control = await serve_control(arguments.control_port, lambda line: obey(server, line))
    drawing = asyncio.create_task(queue.run()) if draws else None
    if draws:
        server.has_font = _prepare(archive, queue)
    announce({"port": server.port, "control": port_of(control), "papers": str(arguments.papers.resolve())})
    await until_told_to_stop()
    control.close()
    await server.unplug()
    if drawing is not None:
        drawing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await drawing


def _prepare(archive: Archive, queue: DrawQueue) -> bool:
    """Say if there is no font; draw what an earlier run left. Whether there is a font."""
    has_font = find_font() is not None
    if not has_font:
        _log.warning(
            "printer.no_chinese_font",
            advice="pictures show hollow boxes; install fonts-noto-cjk or fonts-wqy-zenhei",
        )
    for number in archive.undrawn():
        queue.add(number, Modes())
    return has_font


def _draw_nothing(_number: int, _modes: Modes) -> None:
    """Without pictures there is nothing to do."""


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    log_to_stderr()
    asyncio.run(_run(_arguments()))


if __name__ == "__main__":
    main()
