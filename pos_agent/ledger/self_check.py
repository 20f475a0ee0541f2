"""The store's check of its own books, each night by itself; HQ hears how it came out with the next health.

The row of a night is written before its check begins, so that a night is never checked twice.
"""

import asyncio
import json
from random import Random
from typing import Any, Final

from pos_agent.desk import Desk
from pos_agent.ledger.verify import Checked, examine
from sync.runtime.logging import get_logger
from sync.runtime.nightly import JITTER_MOST_S, is_due
from sync.runtime.pace import ChoreCut, Pace
from sync.runtime.supervision import Lifetime
from sync.storage.errors import StorageError
from sync.storage.reader import Reader
from sync.storage.writer import Transaction

LOOK_EVERY_S: Final = 60.0
FIRST_AFTER_S: Final = (60.0, 300.0)
"""A store that just opened has better things to do: the check waits somewhere between these."""
MOST_KEPT: Final = 400
MOST_TOLD: Final = 10
MOST_CHARACTERS: Final = 60
log = get_logger(__name__)


def _begin(transaction: Transaction, day: str, at: str) -> int:
    """Write down that a night's check begins."""
    cursor = transaction.execute(
        "INSERT INTO self_check (day, began_at, finished_at, took_ms, counted, findings, told)"
        " VALUES (?, ?, '', 0, '{}', 0, '[]')",
        (day, at),
    )
    assert cursor.lastrowid is not None
    transaction.execute("DELETE FROM self_check WHERE id <= ?", (cursor.lastrowid - MOST_KEPT,))
    return cursor.lastrowid


def _finish(transaction: Transaction, number: int, at: str, took_ms: int, checked: Checked) -> None:
    """Keep what it came to."""
    counted = {"events": checked.events, "movements": checked.movements, "receipts": checked.receipts}
    told = [
        {name: getattr(one, name)[:MOST_CHARACTERS] for name in ("check", "about", "kept", "made")}
        for one in checked.findings[:MOST_TOLD]
    ]
    transaction.execute(
        "UPDATE self_check SET finished_at = ?, took_ms = ?, counted = ?, findings = ?,"
        " told = ? WHERE id = ?",
        (
            at,
            took_ms,
            json.dumps(counted),
            len(checked.findings),
            json.dumps(told, ensure_ascii=False),
            number,
        ),
    )


async def latest_result(reader: Reader) -> dict[str, Any] | None:
    """How the latest finished check came out, as HQ hears it; None before the first."""
    row = await reader.one(
        "SELECT finished_at, took_ms, counted, findings, told FROM self_check WHERE finished_at <> ''"
        " ORDER BY id DESC LIMIT 1"
    )
    if row is None:
        return None
    at, took_ms, counted, findings, told = row
    return {
        "at": at,
        "took_ms": took_ms,
        "counted": json.loads(counted),
        "findings": findings,
        "told": json.loads(told),
    }


class SelfCheck:
    """Checks the books once a night.

    Args:
        desk: the agent.
        random: for jitter.
    """

    def __init__(self, desk: Desk, random: Random | None = None) -> None:
        self._desk = desk
        self._random = random or Random()

    async def run(self, lifetime: Lifetime) -> None:
        """Look until asked to stop; a check that runs then is cut."""
        lifetime.ready()
        clock = self._desk.clock
        jitter_s = self._random.uniform(0, JITTER_MOST_S)
        earliest = clock.monotonic() + self._random.uniform(*FIRST_AFTER_S)
        while not lifetime.stopping.is_set():
            if clock.monotonic() >= earliest:
                await self._guarded(lifetime, jitter_s)
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await lifetime.until_stopping()
            except TimeoutError:
                continue

    async def _guarded(self, lifetime: Lifetime, jitter_s: float) -> None:
        """One round; whatever happens, the next night has its own."""
        stopping = asyncio.ensure_future(lifetime.until_stopping())
        pace = Pace()
        stopping.add_done_callback(lambda _done: pace.stop.set())
        try:
            await self.step(jitter_s, pace)
        except ChoreCut:
            log.info("verify.cut")
        except StorageError as error:
            log.warning("verify.not_kept", problem=str(error))
        except Exception:  # the loop guard: the next night must not depend on this one
            log.exception("verify.failed")
        finally:
            stopping.cancel()

    async def step(self, jitter_s: float, pace: Pace | None = None) -> bool:
        """Check if this night's moment has come; returns whether it did.

        Raises:
            ChoreCut: `pace.stop` was set; the night is not tried again.
        """
        desk, began = self._desk, self._desk.clock.monotonic()
        local = desk.clock.now().astimezone(desk.profile.tz)
        last = await desk.reader.one("SELECT MAX(day) FROM self_check")
        if not is_due(local, desk.settings.verify.hour, jitter_s, (last and last[0]) or ""):
            return False
        writer = desk.ledger.writer
        number = await writer.run(lambda tx: _begin(tx, local.date().isoformat(), desk.at))
        checked = await asyncio.to_thread(examine, desk.settings.database, pace or Pace())
        took_ms = round((desk.clock.monotonic() - began) * 1000)
        await writer.run(lambda tx: _finish(tx, number, desk.at, took_ms, checked))
        log.info("verify.done", findings=len(checked.findings), events=checked.events, took_ms=took_ms)
        return True
