"""The virtual scanner as a program; see ``--help``."""

import argparse
import asyncio
from pathlib import Path

from devices.simulators.control import Refused, port_of, serve_control
from devices.simulators.process import announce, log_to_stderr, until_told_to_stop
from devices.simulators.revision import whole_number
from devices.simulators.scanner.device import ScannerLine
from devices.simulators.scanner.network_line import CallingScanner, WaitingScanner
from devices.simulators.scanner.orders import ScannerOrders
from devices.simulators.scanner.serial_line import SerialScanner

_MAX_PORT = 65_535
_NO_ADDRESS = "--connect takes HOST:PORT"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m devices.simulators.scanner",
        description="A barcode scanner in software. Prints a JSON line once it is ready; port 0 takes any.",
    )
    parser.add_argument(
        "--control-port", type=int, default=0, help="where it takes codes and orders, one a line"
    )
    parser.add_argument(
        "--order",
        action="append",
        default=[],
        metavar="WORDS",
        help="a setting or fault from the start, as for the control port: ':aim E0', ':bounce'; repeatable",
    )
    line = parser.add_mutually_exclusive_group()
    line.add_argument("--link", type=Path, help="a stable name for the device, as /dev/serial/by-id is")
    line.add_argument(
        "--listen", type=int, metavar="PORT", help="on the network, waiting for the till (its uri: tcp://)"
    )
    line.add_argument(
        "--connect", metavar="HOST:PORT", help="on the network, calling the till (its uri: listen://)"
    )
    return parser.parse_args()


def _line(arguments: argparse.Namespace) -> ScannerLine:
    if arguments.listen is not None:
        return WaitingScanner(arguments.listen)
    if arguments.connect is None:
        return SerialScanner(arguments.link)
    host, _, port = arguments.connect.rpartition(":")
    if not host:
        raise Refused(_NO_ADDRESS)
    return CallingScanner(host, whole_number(port, _MAX_PORT, _NO_ADDRESS))


async def _run(arguments: argparse.Namespace) -> None:
    line = _line(arguments)
    await line.plug()
    try:
        orders = ScannerOrders(line)
        for order in arguments.order:
            await orders.obey(order)
        control = await serve_control(arguments.control_port, orders.obey)
        link = str(arguments.link) if arguments.link else None
        announce({"device": line.path, "control": port_of(control), "link": link, "uri": line.uri})
        await until_told_to_stop()
        control.close()
    finally:
        await line.unplug()


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    log_to_stderr()
    arguments = _arguments()
    try:
        asyncio.run(_run(arguments))
    except (Refused, OSError, OverflowError) as error:
        raise SystemExit(f"the scanner cannot start: {error}") from error


if __name__ == "__main__":
    main()
