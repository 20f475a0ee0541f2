"""`./omo demo`: the whole product on this machine, in one command. See `--help`."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import webbrowser
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import IO, Any

import structlog

from hub.broker.errors import BrokerError
from hub.demo.chain import make_chain
from hub.demo.children import Child, Children, end_leftovers, fallen
from hub.demo.errors import DemoError
from hub.demo.memory import Memory, lock
from hub.demo.orders import give, read_order
from hub.demo.ports import Ports, choose, require_free
from hub.demo.start import Starter, Wish
from hub.demo.told import RunningDemo, as_line, as_story
from sync.link.errors import LinkError

DEFAULT_FOLDER = Path("demo-data")
DEFAULT_STORES = 3
COMMAND = "./omo demo"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Starts broker, hub and stores with virtual devices, and says where to click.",
        epilog="While it runs: demo scan STORE CODE; demo line STORE cut|restore|half-open|delay MS"
        " [JITTER]|drop PERCENT|slow BYTES_PER_S|clear|state; demo printer STORE receipt|pick"
        " paper-out|paper-ok|state",
    )
    parser.add_argument("order", nargs="*", help="an order to a running demo; none starts one")
    parser.add_argument(
        "--stores", type=int, help=f"how many stores (default {DEFAULT_STORES}, or as before)"
    )
    parser.add_argument("--port-base", type=int, help="the first of its ports (default: free ones, kept)")
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_FOLDER, help=f"folder (default {DEFAULT_FOLDER})"
    )
    parser.add_argument("--broker", default="auto", help="auto, mosquitto, embedded or mqtt://host:port")
    parser.add_argument("--server", choices=("uvicorn", "granian"), default="uvicorn", help="HTTP server")
    parser.add_argument("--no-slips", action="store_true", help="stores print no slip for a new order")
    parser.add_argument("--json", action="store_true", help="print one line of JSON once all are healthy")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    return parser.parse_args()


def tell(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


def tell_end(child: Child) -> None:
    """A process of the demo ended by itself; it stays down."""
    tell(str(fallen(child)))


async def run(options: argparse.Namespace) -> int:
    """Start, tell, wait for the end, stop."""
    folder, held = _take_folder(options.data)
    stopping = _signals()
    children = Children(folder / "logs", tell_end)
    try:
        starter = await _starter(options, folder, children)
        wish = Wish(broker=options.broker, server=options.server, slip=not options.no_slips)
        starting = asyncio.ensure_future(starter.run(wish))
        ended = asyncio.ensure_future(stopping.wait())
        await asyncio.wait({starting, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return 0
        _announce(starting.result(), options)
        await ended
        tell("stopping ...")
        return 0
    finally:
        await children.stop()
        held.close()


def _take_folder(data: Path) -> tuple[Path, IO[bytes]]:
    """The demo's folder, made if need be, and the lock on it."""
    folder = data.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder, lock(folder)


async def _starter(options: argparse.Namespace, folder: Path, children: Children) -> Starter:
    """Chain, ports and leftovers settled."""
    memory = Memory.of(folder)
    await end_leftovers(memory.children)
    asked = options.stores
    stores = asked if asked is not None else memory.stores or DEFAULT_STORES
    chain = make_chain(stores, folder / "chain")
    base = options.port_base or memory.base
    ports = Ports(base, stores) if base else choose(stores)
    require_free(ports)
    memory.base, memory.stores, memory.children = ports.base, stores, []
    memory.keep()
    return Starter(folder, chain, memory, children, tell)


def _announce(demo: RunningDemo, options: argparse.Namespace) -> None:
    """Say that all is healthy."""
    if options.json:
        sys.stdout.write(as_line(demo) + "\n")
    else:
        sys.stdout.write(as_story(demo, COMMAND))
    sys.stdout.flush()
    if not (options.json or options.no_browser) and _has_desktop():
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(demo.hub_url)


def _has_desktop() -> bool:
    """Whether a person looks at a screen of this very machine."""
    shown = ("DISPLAY", "WAYLAND_DISPLAY")
    has_screen = sys.platform == "darwin" or any(os.environ.get(name) for name in shown)  # noqa: TID251 - no setting
    return has_screen and sys.stdout.isatty()


def _signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def _order(options: argparse.Namespace) -> int:
    """Pass an order on to a running demo."""
    answer = await give(read_order(options.order, options.data.absolute()))
    sys.stdout.write(answer + "\n")
    return 1 if answer.startswith("error") else 0


def main() -> int:
    """Read the arguments and run; exit code 1 with clear words when it cannot come up."""
    options = arguments()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(30),
    )
    act: Callable[[argparse.Namespace], Coroutine[Any, Any, int]] = _order if options.order else run
    try:
        return asyncio.run(act(options))
    except (DemoError, BrokerError, LinkError, ValueError, OSError) as error:
        sys.stderr.write(f"omo demo: {error}\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
