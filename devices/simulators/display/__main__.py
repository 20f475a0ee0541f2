"""The virtual pole display as a program; see ``--help``."""

import argparse
import asyncio
import json

from devices.simulators.control import Refused, port_of, serve_control
from devices.simulators.display.sign import Sign
from devices.simulators.process import announce, log_to_stderr, until_told_to_stop


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m devices.simulators.display",
        description="A pole display in software. Prints a JSON line once it is ready; port 0 takes any.",
    )
    parser.add_argument("--port", type=int, default=0, help="where it takes the till's bytes")
    parser.add_argument("--control-port", type=int, default=0, help="`show` answers what stands on it")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    sign = Sign()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4096):
                sign.feed(data)
        except OSError:
            pass  # pulled out; what it shows stays
        finally:
            writer.close()

    async def obey(line: str) -> str:
        if line != "show":
            raise Refused("the display knows `show`")
        return json.dumps({"rows": sign.rows, "number": sign.number, "lamp": sign.lamp}, ensure_ascii=False)

    server = await asyncio.start_server(take, "127.0.0.1", arguments.port)
    control = await serve_control(arguments.control_port, obey)
    announce({"port": port_of(server), "control": port_of(control)})
    await until_told_to_stop()
    control.close()
    server.close()


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    log_to_stderr()
    arguments = _arguments()
    try:
        asyncio.run(_run(arguments))
    except OSError as error:
        raise SystemExit(f"the display cannot start: {error}") from error


if __name__ == "__main__":
    main()
