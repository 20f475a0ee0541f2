"""The cash drawer: opened by a cash receipt, once, or by a manager with a reason. Each opening is on record.

The record is kept before the pulse leaves and is never acted on again: after a crash a drawer stays shut, and
a sale that is told twice opens it once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from devices.errors import ConfigurationError
from pos_agent.settings import AgentSettings
from sync.rules.errors import Refused
from sync.runtime.logging import get_logger
from sync.storage.errors import StorageError
from sync.storage.writer import Transaction, Writer

Cause = Literal["cash", "no_sale"]
WAIT_S: Final = 4.0
"""How long a pulse may take to leave; a later one would open the drawer for nobody."""
_KEEP: Final = (
    "INSERT INTO drawer_opening (at, till, actor, cause, reason, receipt, printer, outcome)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'asked') ON CONFLICT DO NOTHING RETURNING id"
)
log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Who has the drawer opened, when (as the log writes it), at which till, and why.

    `receipt` is the number of the receipt whose cash goes in.
    """

    at: str
    till: str
    actor: str
    cause: Cause
    reason: str = ""
    receipt: str = ""


def keep_opening(tx: Transaction, opening: Opening, printer: str) -> int | None:
    """Put an opening on record; its number, or None where its receipt has one already."""
    reason = opening.reason.strip()
    row = (opening.at, opening.till, opening.actor, opening.cause, reason, opening.receipt, printer)
    kept = tx.one(_KEEP, row)
    return int(kept[0]) if kept else None


def settle_opening(tx: Transaction, number: int, *, is_sent: bool) -> None:
    """Say what came of an opening on record."""
    outcome = ("sent" if is_sent else "failed", number)
    tx.execute("UPDATE drawer_opening SET outcome = ? WHERE id = ?", outcome)


class Drawer:
    """The store's drawer.

    Args:
        settings: names the printer that it hangs on.
        writer: keeps the record.
        open_at: sends one pulse: whether it left.
    """

    def __init__(
        self, settings: AgentSettings, writer: Writer, open_at: Callable[[str], asyncio.Future[bool]]
    ) -> None:
        self._printer: str | None = None
        self.use(settings)
        self._writer = writer
        self._open_at = open_at
        self._opening: set[asyncio.Task[None]] = set()

    def use(self, settings: AgentSettings) -> None:
        """It hangs on the printer that these settings name."""
        self._printer = next((one.id for one in settings.printer if one.drawer), None)

    @property
    def is_there(self) -> bool:
        """Whether this store has one."""
        return self._printer is not None

    def open_for_cash(self, opening: Opening) -> None:
        """Let it out for a receipt's cash, if there is one. Nobody waits: the sale is booked already."""
        if not self.is_there:
            return
        task = asyncio.create_task(self._open_for_cash(opening))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open_for_cash(self, opening: Opening) -> None:
        try:
            await self.open(opening)
        except (StorageError, ConfigurationError) as error:
            log.warning("drawer.not_opened", problem=str(error))

    async def open(self, opening: Opening) -> bool:
        """Open it once; whether the pulse left. A receipt that opened it before opens it no more.

        Raises:
            Refused: `no_drawer`, the settings name none; `no_reason`, it is opened without a sale and
                without a reason. Nothing was kept.
        """
        printer = self._printer
        if printer is None:
            raise Refused("no_drawer")
        reason = opening.reason.strip()
        if opening.cause == "no_sale" and not reason:
            raise Refused("no_reason")
        number = await self._writer.run(lambda tx: keep_opening(tx, opening, printer))
        if number is None:
            return False
        is_sent = await self._pulse(printer)
        await self._writer.run(lambda tx: settle_opening(tx, number, is_sent=is_sent))
        return is_sent

    async def _pulse(self, printer: str) -> bool:
        try:
            async with asyncio.timeout(WAIT_S):
                return await asyncio.shield(self._open_at(printer))
        except TimeoutError:
            return False
