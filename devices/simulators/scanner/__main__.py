"""The virtual scanner as a program; see ``--help``."""

import argparse
import asyncio
from pathlib import Path

from devices.simulators.control import Refused, port_of, serve_control
from devices.simulators.process import announce, log_to_stderr, until_told_to_stop
from devices.simulators.scanner.device import ScannerDevice
from devices.simulators.scanner.orders import ScannerOrders


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m devices.simulators.scanner",
        description="A barcode scanner in software. Prints a JSON line once it is ready; port 0 takes any.",
    )
    parser.add_argument(
        "--control-port", type=int, default=0, help="where it takes codes and orders, one a line"
    )
    parser.add_argument("--link", type=Path, help="a stable name for the device, as /dev/serial/by-id is")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    device = ScannerDevice(arguments.link)
    try:
        control = await serve_control(arguments.control_port, ScannerOrders(device).obey)
        link = str(arguments.link) if arguments.link else None
        announce({"device": device.path, "control": port_of(control), "link": link})
        await until_told_to_stop()
        control.close()
    finally:
        device.unplug()


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    log_to_stderr()
    arguments = _arguments()
    try:
        asyncio.run(_run(arguments))
    except (Refused, OSError) as error:
        raise SystemExit(f"the scanner cannot start: {error}") from error


if __name__ == "__main__":
    main()
