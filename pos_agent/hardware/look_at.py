"""Looks at one device: is it there, does it answer, how is it. Prints nothing and reads no scan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from devices.display.driver import DisplayConfig, encode, opening
from devices.display.view import BLANK, PoleView
from devices.errors import PortError
from devices.ports.address import place_of, port_at
from devices.ports.port import Port
from devices.ports.trouble import Cause, cause_of, group_of
from devices.printing.delivery import ask_report
from devices.printing.settings import PrinterConfig
from devices.printing.status import NOT_READY
from devices.profiles import load_profile
from devices.scanning.address import scanner_port_at
from devices.scanning.listen_port import ListenPort

OPEN_S: Final = 3.0
ANSWER_S: Final = 1.0
_TURNS: Final = 3
_TURN_S: Final = 0.6
_BLOCKS: Final = frozenset(
    {
        *(state.value for state in NOT_READY),
        *(cause.value for cause in Cause),
        *("uncertain", "failed", "late", "not_opened"),
    }
)


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen.

    Attributes:
        code: a printer's state (`online`, `paper_out`, …, `unknown` = it says nothing), `ready` for a
            scanner, `shown` for a display, `no_answer` for a printer that is not asked, why it cannot be
            reached (`Cause`), or what came of a test (`confirmed`, `uncertain`, …).
        facts: what the words for people name: `place`, `group`, `number`.
    """

    code: str
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether it can be worked with."""
        return self.code not in _BLOCKS


async def look_at_printer(config: PrinterConfig) -> Look:
    """How a printer is; one that another program holds is asked again for a moment.

    Raises:
        devices.errors.ConfigurationError: its address or its profile cannot work.
    """
    asks = load_profile(config.profile, config.own_profiles).status != "none"
    for turn in range(_TURNS):
        look = await _look_once(config.uri, asks=asks)
        if look.code != Cause.BUSY or turn == _TURNS - 1:
            break
        await asyncio.sleep(_TURN_S)
    return look


async def _look_once(uri: str, *, asks: bool) -> Look:
    port = port_at(uri)
    try:
        await port.open(OPEN_S)
        code = (await ask_report(port, ANSWER_S)).state.value if asks else "no_answer"
        return Look(code, {"place": place_of(uri)})
    except PortError as error:
        return _trouble(uri, error)
    finally:
        await port.close()


async def look_at_scanner(uri: str) -> Look:
    """Whether a scanner can be opened.

    Raises:
        devices.errors.ConfigurationError: its address cannot work.
    """
    port = scanner_port_at(uri)
    if isinstance(port, ListenPort):
        return Look("listens", {"place": uri})  # it comes by itself: there is nothing to open yet
    try:
        await port.open(OPEN_S)
    except PortError as error:
        return _trouble(uri, error)
    finally:
        await port.close()
    return Look("ready", {"place": place_of(uri)})


@asynccontextmanager
async def shown_on(config: DisplayConfig, view: PoleView) -> AsyncIterator[Look]:
    """Show a view on a display inside; it is dark again afterwards. A display answers nothing.

    Raises:
        devices.errors.ConfigurationError: its address cannot work.
    """
    port = port_at(config.uri)
    try:
        look = await _shown(port, config, view)
        yield look
        if look.is_good:
            with suppress(PortError):
                await port.write(encode(BLANK, config.kind), OPEN_S)
    finally:
        await port.close()


async def _shown(port: Port, config: DisplayConfig, view: PoleView) -> Look:
    try:
        await port.open(OPEN_S)
        await port.write(opening(config.kind) + encode(view, config.kind), OPEN_S)
    except PortError as error:
        return _trouble(config.uri, error)
    return Look("shown", {"number": view.number})


def _trouble(uri: str, error: PortError) -> Look:
    path = Path(place_of(uri).partition(":")[2])
    facts = {"place": place_of(uri), "group": group_of(path) or "dialout"}
    return Look(cause_of(error).value, facts)
