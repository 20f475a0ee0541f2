"""The demo's line between one store and the world: a TCP relay with weather of its own.

``python -m hub.demo.line --control-port C --route LISTEN:HOST:PORT [--route ...]`` relays bytes unchanged,
HTTP and MQTT alike, and obeys one-line orders on its control port (see ``line_control``). It stands in for
a store's internet connection; it knows nothing of what it carries.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from dataclasses import dataclass

from hub.demo.line_control import serve_control
from hub.demo.line_pipe import Pipe
from hub.demo.line_route import Route, RouteSpec
from hub.demo.line_weather import TICK_S, LineState, Weather

CONNECTION_LIMIT = 512


@dataclass(frozen=True, slots=True)
class LinePorts:
    """The ports in use once the line is ready."""

    control: int
    routes: list[int]


class Line:
    """All routes of one store's line, in one state.

    Args:
        specs: Where to listen and where each route leads.
        weather: The knobs; calm ones if not given.
    """

    def __init__(self, specs: list[RouteSpec], weather: Weather | None = None) -> None:
        self.weather = weather or Weather()
        self._dropping: asyncio.Task[None] | None = None
        self._pipes: set[Pipe] = set()
        self._routes = [Route(spec, self._carry) for spec in specs]

    async def open(self) -> list[int]:
        """Listen on every route; give the real ports in the order of the routes."""
        self._dropping = asyncio.create_task(self._drop_at_random())
        return [route.listen() for route in self._routes]

    async def close(self) -> None:
        """Drop everything."""
        if self._dropping is not None:
            self._dropping.cancel()
        for route in self._routes:
            await route.close()
        self._drop_all()

    async def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self.weather.state = LineState.CUT
        for route in self._routes:
            await route.refuse()
        self._drop_all()

    async def half_open(self) -> None:
        """Keep connections and swallow every byte silently, as a dead modem does."""
        await self._accept_again()
        self.weather.state = LineState.HALF_OPEN

    async def restore(self) -> None:
        """Carry again; connections that lost bytes meanwhile are dropped, for they cannot go on."""
        self.weather.state = LineState.UP
        for pipe in list(self._pipes):
            if pipe.swallowed:
                pipe.abort()
        await self._accept_again()

    async def clear(self) -> None:
        """Carry again with every knob turned back."""
        self.weather.calm()
        await self.restore()

    async def _accept_again(self) -> None:
        for route in self._routes:
            await route.accept()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int
    ) -> None:
        if len(self._pipes) >= CONNECTION_LIMIT or self.weather.state is LineState.CUT:
            writer.transport.abort()
            return
        pipe = Pipe(reader, writer, self.weather)
        self._pipes.add(pipe)
        try:
            await pipe.run(host, port)
        finally:
            self._pipes.discard(pipe)

    async def _drop_at_random(self) -> None:
        """End connections at random moments while the weather says so."""
        while True:
            await asyncio.sleep(TICK_S)
            for pipe in list(self._pipes):
                if self.weather.drops():
                    pipe.abort()

    def _drop_all(self) -> None:
        for pipe in list(self._pipes):
            pipe.abort()


async def run_line(control_port: int, specs: list[RouteSpec]) -> None:
    """Run a line until SIGTERM or SIGINT; tells its ports in one JSON line on stdout."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    line = Line(specs)
    ports = await line.open()
    control = await serve_control(line, control_port)
    _tell(LinePorts(control.sockets[0].getsockname()[1], ports), specs)
    await stopping.wait()
    control.close()
    await line.close()


def main() -> int:
    """Read the arguments and run; exit code 1 with a clear line when a port cannot be had."""
    parser = argparse.ArgumentParser(prog="hub.demo.line", description="The demo's line of one store.")
    parser.add_argument(
        "--control-port", type=int, required=True, help="TCP port for orders; 0 takes a free one"
    )
    parser.add_argument(
        "--route", type=RouteSpec.parse, action="append", required=True, help="LISTEN:HOST:PORT"
    )
    options = parser.parse_args()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run_line(options.control_port, options.route))
    except OSError as error:
        sys.stderr.write(f"the line cannot start: {error}\n")
        return 1
    return 0


def _tell(ports: LinePorts, specs: list[RouteSpec]) -> None:
    routes = [
        {"listen": port, "to": f"{spec.host}:{spec.port}"}
        for port, spec in zip(ports.routes, specs, strict=True)
    ]
    sys.stdout.write(json.dumps({"control": ports.control, "routes": routes}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
