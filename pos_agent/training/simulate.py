"""A printer and a scanner in software with their page: what `omo-agent simulate-devices` runs."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pos_agent.errors import SimulatorFailed
from pos_agent.training.places import Place, Places, SimulatedPrinter, SimulatedScanner, Words
from sync.runtime.server import Listener, ServerOptions

_START_LIMIT_S: Final = 20.0
_STOP_LIMIT_S: Final = 5.0
PLACE: Final = "training"


@dataclass(frozen=True, slots=True)
class Wish:
    """Where the devices are to be; port 0 takes any."""

    folder: Path
    page_port: int
    printer_port: int
    columns: int


async def simulate(wish: Wish, tell: Callable[[str], None]) -> int:
    """Run printer, scanner and page until told to stop; the exit code.

    Raises:
        SimulatorFailed: a device did not start; those that did are ended.
        OSError: the page's port is taken.
    """
    from pos_agent.training.__main__ import serve  # noqa: PLC0415 - the web only once it is needed

    listener = Listener(ServerOptions(port=wish.page_port))
    papers, link = wish.folder / "papers", wish.folder / "scanner"
    printer_words = (
        "--port",
        str(wish.printer_port),
        "--papers",
        str(papers),
        "--columns",
        str(wish.columns),
    )
    async with AsyncExitStack() as devices:
        printer = await devices.enter_async_context(_running("printer", *printer_words))
        scanner = await devices.enter_async_context(_running("scanner", "--link", str(link.absolute())))
        tell(_story(listener.url, printer, scanner))
        return await serve(_places(papers, printer, scanner), listener)


def _places(papers: Path, printer: Mapping[str, Any], scanner: Mapping[str, Any]) -> Places:
    place = Place(
        id=PLACE,
        name=Words(zh="培训", en="Training"),
        printers=(SimulatedPrinter(id="receipt", control=printer["control"], papers=papers),),
        scanner=SimulatedScanner(id="hand", control=scanner["control"]),
    )
    return Places(places=(place,))


def _story(url: str, printer: Mapping[str, Any], scanner: Mapping[str, Any]) -> str:
    return (
        f"simulated devices at {url}\n\nFor agent.toml:\n\n"
        f'[[printer]]\nid = "receipt"\nrole = "receipt"\nuri = "tcp://127.0.0.1:{printer["port"]}"\n'
        f'drawer = true\n\n[[scanner]]\nid = "hand"\nuri = "serial:{scanner["link"]}"\n'
    )


@asynccontextmanager
async def _running(name: str, *words: str) -> AsyncIterator[dict[str, Any]]:
    """A simulator's process and what it announced; ended with the context."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"devices.simulators.{name}", *words),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the page, which ends its devices
    )
    try:
        yield await _announced(name, process)
    finally:
        await _end(process)


async def _announced(name: str, process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_LIMIT_S):
            told: dict[str, Any] = json.loads(await process.stdout.readline())
    except (ValueError, TimeoutError) as error:
        raise SimulatorFailed(f"the simulated {name} did not start; the line above says why") from error
    return told


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_LIMIT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
