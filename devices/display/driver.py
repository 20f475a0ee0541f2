"""One pole display, supervised: it shows the newest view, also after it was unplugged and came back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

from devices.backoff import Backoff
from devices.display import digits, two_rows
from devices.display.view import BLANK, PoleView
from devices.ports.address import port_at
from devices.ports.port import Port
from devices.supervisor import OnStatus, Supervisor

DisplayKind = Literal["text", "text_cn", "digits"]
"""``text``: two rows of 20 characters without Chinese; ``text_cn``: with; ``digits``: eight digits."""

_OPEN_S: Final = 3.0
_WRITE_S: Final = 2.0
AGAIN_S: Final = 10.0
"""A view is sent again after so long: a display says nothing, so nobody knows that it lost its power."""


@dataclass(frozen=True, slots=True)
class DisplayConfig:
    """One display: its name in the settings, its address (see ``port_at``) and what it can show."""

    id: str
    uri: str
    kind: DisplayKind = "text"


def encode(view: PoleView, kind: DisplayKind) -> bytes:
    """A view as a display of this kind takes it."""
    if kind == "digits":
        return digits.encode(view)
    return two_rows.encode(view, chinese=kind == "text_cn")


def opening(kind: DisplayKind) -> bytes:
    """What a display of this kind is sent first."""
    return digits.OPENING if kind == "digits" else two_rows.opening(chinese=kind == "text_cn")


class PoleDisplay:
    """Shows views until it is cancelled. A view that is overtaken by a newer one is never sent.

    Args:
        config: the display.
        open_at: makes the port of an address.
        backoff: the pauses between attempts to open it.
        again_s: after how long a view is sent again.

    Raises:
        AddressError: the address cannot be read.
    """

    def __init__(
        self,
        config: DisplayConfig,
        open_at: Callable[[str], Port] = port_at,
        backoff: Backoff | None = None,
        again_s: float = AGAIN_S,
    ) -> None:
        self._config = config
        self._port = open_at(config.uri)
        self._backoff = backoff
        self._again_s = again_s
        self._view = BLANK
        self._changed = asyncio.Event()

    def show(self, view: PoleView) -> None:
        """Show this from now on; from the event loop, never waits."""
        self._view = view
        self._changed.set()

    async def run(self, on_status: OnStatus) -> NoReturn:
        """Keep the display open and true."""

        async def session(ready: Callable[[], None]) -> None:
            try:
                await self._port.open(_OPEN_S)
                await self._port.write(opening(self._config.kind), _WRITE_S)
                ready()
                await self._keep_shown()
            finally:
                await self._port.close()

        await Supervisor(self._config.id, on_status, self._backoff).run(session)

    async def _keep_shown(self) -> NoReturn:
        while True:
            self._changed.clear()
            await self._port.write(encode(self._view, self._config.kind), _WRITE_S)
            try:
                async with asyncio.timeout(self._again_s):
                    await self._changed.wait()
            except TimeoutError:
                continue
