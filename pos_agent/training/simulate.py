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
from pos_agent.training.sample_codes import SAMPLES
from sync.runtime.server import Listener, ServerOptions

_START_LIMIT_S: Final = 20.0
_STOP_LIMIT_S: Final = 5.0
PLACE: Final = "training"


@dataclass(frozen=True, slots=True)
class Wish:
    """Where the devices are to be, and what is wrong with them; port 0 takes any.

    ``is_serial``: the printer hangs on a serial line. ``scanner_port``: the scanner is on the network and
    waits there. ``faults``: the printer's, from the start or later (``paper-out after 12 lines``).
    """

    folder: Path
    page_port: int
    printer_port: int
    columns: int
    is_serial: bool = False
    scanner_port: int | None = None
    faults: tuple[str, ...] = ()

    @property
    def papers(self) -> Path:
        """Where papers are kept."""
        return self.folder / "papers"

    def printer_words(self) -> tuple[str, ...]:
        """The printer's options."""
        link = str((self.folder / "printer").absolute())
        line = ("--pty", link) if self.is_serial else ("--port", str(self.printer_port))
        faults = (word for fault in self.faults for word in ("--fault", fault))
        return (*line, "--papers", str(self.papers), "--columns", str(self.columns), *faults)

    def scanner_words(self) -> tuple[str, ...]:
        """The scanner's options."""
        if self.scanner_port is not None:
            return ("--listen", str(self.scanner_port))
        return ("--link", str((self.folder / "scanner").absolute()))


async def simulate(wish: Wish, tell: Callable[[str], None]) -> int:
    """Run printer, scanner and page until told to stop; the exit code.

    Raises:
        SimulatorFailed: a device did not start; those that did are ended.
        OSError: the page's port is taken.
    """
    from pos_agent.training.__main__ import serve  # noqa: PLC0415 - the web only once it is needed

    listener = Listener(ServerOptions(port=wish.page_port))
    async with AsyncExitStack() as devices:
        printer = await devices.enter_async_context(_running("printer", *wish.printer_words()))
        scanner = await devices.enter_async_context(_running("scanner", *wish.scanner_words()))
        tell(_story(listener.url, printer, scanner))
        return await serve(_places(wish.papers, printer, scanner), listener)


def _places(papers: Path, printer: Mapping[str, Any], scanner: Mapping[str, Any]) -> Places:
    place = Place(
        id=PLACE,
        name=Words(zh="培训", en="Training"),
        printers=(SimulatedPrinter(id="receipt", control=printer["control"], papers=papers, drawer=True),),
        scanner=SimulatedScanner(id="hand", control=scanner["control"]),
    )
    return Places(places=(place,), articles=SAMPLES)


def _story(url: str, printer: Mapping[str, Any], scanner: Mapping[str, Any]) -> str:
    return (
        f"simulated devices at {url}\n\nFor agent.toml:\n\n"
        f'[[printer]]\nid = "receipt"\nrole = "receipt"\nuri = "{printer["uri"]}"\n'
        f'drawer = true\n\n[[scanner]]\nid = "hand"\nuri = "{scanner["uri"]}"\n'
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
