"""A device is tried before it is set up: a page, a pulse, scans, a number on a display. One at a time.

The page asks for it and looks at it; nothing of it is kept. Codes that are money or open an order are not
shown.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from devices.display.driver import DisplayConfig
from devices.display.view import Lamp, PoleView
from devices.errors import DeviceError
from devices.printing.settings import PrinterConfig
from devices.scanning.scan import Scan
from devices.scanning.serial_source import ScannerConfig, ScannerSource
from devices.supervisor import DeviceState, DeviceStatus
from pos_agent.hardware.look_at import Look, look_at_printer, look_at_scanner, shown_on
from pos_agent.hardware.open_drawer_once import open_drawer_once
from pos_agent.hardware.print_test import print_samples
from sync.rules.errors import Refused
from sync.runtime.logging import get_logger

SCANS_S: Final = 60.0
"""How long scans are shown."""
VIEW_S: Final = 30.0
"""How long a display shows its number."""
TRIAL_VIEW: Final = PoleView(
    uppers=("测试 TEST ABC 123", "TEST ABC 123"), lowers=("合计", "TOTAL"), number="1234.56", lamp=Lamp.TOTAL
)
MOST_SCANS: Final = 10
SHOWN: Final = 60
OPENED: Final = "opened"
Settle = Callable[[bool], Awaitable[None]]
"""Told whether the pulse left, once."""
Lend = Callable[[str], AbstractAsyncContextManager[None]]
log = get_logger(__name__)


@asynccontextmanager
async def lend_nothing(_uri: str) -> AsyncIterator[None]:
    """For a store whose scanners or displays do not run."""
    yield


@dataclass(slots=True)
class Trial:
    """One trial: of what, whether it goes on, what came of it, and what was scanned."""

    kind: str
    device: str
    is_running: bool = True
    look: Look | None = None
    scans: list[dict[str, Any]] = field(default_factory=list)


class Trials:
    """Runs one trial at a time.

    Args:
        is_secret: whether a scanned code must not be shown.
        changed: called whenever there is news, from the event loop.
        lend: takes a scanner's device from the till while it is tried.
        lend_display: the same for a pole display.
    """

    def __init__(
        self,
        is_secret: Callable[[str], bool],
        changed: Callable[[], None],
        lend: Lend = lend_nothing,
        lend_display: Lend = lend_nothing,
    ) -> None:
        self._is_secret = is_secret
        self._changed = changed
        self._lend = lend
        self._lend_display = lend_display
        self._task: asyncio.Task[None] | None = None
        self.latest: Trial | None = None
        self._asked: tuple[str, str] | None = None

    def print_page(self, printer: PrinterConfig, now: datetime, locale: str) -> None:
        """Print a page on a printer that is perhaps not set up yet."""

        async def work() -> Look:
            return (await print_samples([printer], now, locale))[printer.id]

        self._begin(Trial("page", printer.id), work)

    def open_drawer(self, printer: PrinterConfig, settle: Settle) -> None:
        """Open the drawer that hangs on it; who asks has put it on record, and ``settle`` completes that."""

        async def work() -> Look:
            try:
                look = await _look_and_open(printer)
            except DeviceError:
                await settle(False)
                raise
            await settle(look.code == OPENED)
            return look

        self._begin(Trial("drawer", printer.id), work)

    def show_scans(self, scanner: ScannerConfig) -> None:
        """Show what a scanner reads, for a minute; it scans for nobody else meanwhile."""
        trial = Trial("scans", scanner.id)

        async def work() -> Look:
            async with self._lend(scanner.uri):
                trial.look = await look_at_scanner(scanner.uri)
                if not trial.look.is_good:
                    return trial.look
                await self._read(scanner, trial)
            return trial.look

        self._begin(trial, work)

    def show_view(self, display: DisplayConfig) -> None:
        """Show a number on a display, for half a minute; it follows no till meanwhile."""
        trial = Trial("view", display.id)

        async def work() -> Look:
            async with self._lend_display(display.uri), shown_on(display, TRIAL_VIEW) as trial.look:
                if trial.look.is_good:
                    self._changed()
                    await asyncio.sleep(VIEW_S)
            return trial.look

        self._begin(trial, work)

    async def _read(self, scanner: ScannerConfig, trial: Trial) -> None:
        def heard(scan: Scan) -> None:
            is_secret = self._is_secret(scan.code)
            shown = {
                "code": "" if is_secret else scan.code[:SHOWN],
                "is_secret": is_secret,
                "symbology": scan.symbology or "",
                "length": len(scan.code),
            }
            trial.scans = [*trial.scans, shown][-MOST_SCANS:]
            self._changed()

        def status(news: DeviceStatus) -> None:
            if news.state is DeviceState.READY:
                self._changed()

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SCANS_S):
                await ScannerSource(scanner).run(heard, status)

    def begins(self, request: str, wish: str) -> bool:
        """Whether a request begins a trial; False where it began the latest one.

        So a page that was not answered can ask again without a second paper.

        Args:
            request: made by who asks, the same for each try.
            wish: equal for equal wishes.

        Raises:
            Refused: `other_paper`, this request began the trial of something else.
        """
        if self._asked is None or self._asked[0] != request:
            self._asked = (request, wish)
            return True
        if self._asked[1] != wish:
            raise Refused("other_paper")
        return False

    def take_back(self, request: str) -> None:
        """What this request asked for could not begin: it may ask again."""
        if self._asked is not None and self._asked[0] == request:
            self._asked = None

    def check_free(self) -> None:
        """Make sure that a trial may begin.

        Raises:
            Refused: `trial_running`.
        """
        if self._task is not None and not self._task.done():
            raise Refused("trial_running")

    async def end(self) -> None:
        """End the trial that goes on, if one does; its device is free again when this returns."""
        task = self._task
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task})

    def _begin(self, trial: Trial, work: Callable[[], Awaitable[Look]]) -> None:
        self.check_free()
        self.latest = trial
        self._task = asyncio.create_task(self._run(trial, work))

    async def _run(self, trial: Trial, work: Callable[[], Awaitable[Look]]) -> None:
        try:
            trial.look = await work()
        except DeviceError as error:
            log.warning("trial.failed", device=trial.device, problem=str(error))
            trial.look = Look("failed")
        finally:
            trial.is_running = False
            self._changed()


async def _look_and_open(printer: PrinterConfig) -> Look:
    look = await look_at_printer(printer)
    if not look.is_good and look.code not in {"paper_out", "cover_open", "paused"}:
        return look
    return Look(OPENED if await open_drawer_once(printer) else "not_opened", look.facts)
