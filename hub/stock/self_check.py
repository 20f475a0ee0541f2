"""The hub's check of its own books: each night by itself, and whenever somebody at HQ asks.

A check is a row: waiting, running, done, or cut by the program's end. The row of a night is written before
its check begins, so that a night is never checked twice, even by a program that fell in the middle of it.
"""

import asyncio
import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from hub.kernel import Kernel
from hub.staff.hq_page import chain_zone
from hub.stock.findings import Finding
from hub.stock.forget_troubles import forget_resolved
from hub.stock.open_trouble import open_trouble
from hub.stock.verify import Verified, verify
from sync.rules.errors import Refused
from sync.runtime.logging import get_logger
from sync.runtime.nightly import JITTER_MOST_S, is_due
from sync.runtime.pace import Pace
from sync.storage.errors import StorageError
from sync.storage.writer import Transaction
from sync.values.clock import to_instant

LOOK_EVERY_S: Final = 2.0
FIRST_NIGHT_AFTER_S: Final = (60.0, 300.0)
"""A hub that just started has better things to do: its own check waits somewhere between these."""
MOST_KEPT: Final = 400
TROUBLE_LIFE: Final = timedelta(days=400)
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AskCheck:
    """Command: somebody asks for a check. `by` is empty for the night's own."""

    by: str
    at: str
    day: str

    def __call__(self, transaction: Transaction) -> int:
        """Run in the writer; returns the check's number.

        Raises:
            Refused: `check_running`, one waits or runs already; nothing changed.
        """
        if transaction.one("SELECT 1 FROM self_check WHERE state IN ('waiting', 'running')"):
            raise Refused("check_running")
        cursor = transaction.execute(
            "INSERT INTO self_check (day, by, state, asked_at, finished_at, took_ms, counted, findings, told)"
            " VALUES (?, ?, 'waiting', ?, '', 0, '{}', 0, '[]')",
            (self.day, self.by, self.at),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid


@dataclass(frozen=True, slots=True)
class FinishCheck:
    """Command: keep what a check came to, and open a trouble for each finding."""

    check: int
    at: str
    took_ms: int
    verified: Verified
    oldest: str

    def __call__(self, transaction: Transaction) -> None:
        """Run in the writer."""
        told = [str(finding) for finding in self.verified.findings]
        transaction.execute(
            "UPDATE self_check SET state = 'done', finished_at = ?, took_ms = ?, counted = ?, findings = ?,"
            " told = ? WHERE id = ?",
            (
                self.at,
                self.took_ms,
                json.dumps(self.verified.counted()),
                len(told),
                json.dumps(told, ensure_ascii=False),
                self.check,
            ),
        )
        for finding in self.verified.findings:
            open_trouble(transaction, finding.as_trouble(self.at))
        transaction.execute("DELETE FROM self_check WHERE id <= ?", (self.check - MOST_KEPT,))
        forget_resolved(transaction, self.oldest)


def _mark(transaction: Transaction, check: int | None, state: str, before: str) -> None:
    """Move a check on; all of a state where none is named."""
    transaction.execute(
        "UPDATE self_check SET state = ? WHERE state = ? AND id = COALESCE(?, id)", (state, before, check)
    )


@dataclass(slots=True)
class SelfCheck:
    """Runs what is asked for and what is due; one check at a time.

    Args:
        kernel: the hub.
        random: for jitter.
    """

    kernel: Kernel
    random: Random = field(default_factory=Random)

    async def run(self) -> None:
        """Look for work until cancelled; a check that runs then is cut."""
        jitter_s = self.random.uniform(0, JITTER_MOST_S)
        earliest = self.kernel.clock.monotonic() + self.random.uniform(*FIRST_NIGHT_AFTER_S)
        await self.kernel.writer.run(lambda transaction: _mark(transaction, None, "cut", "running"))
        while True:
            try:
                await self.step(jitter_s, is_rested=self.kernel.clock.monotonic() >= earliest)
            except StorageError as error:
                log.warning("verify.not_kept", code=error.code)
            except Exception:  # the loop guard: the next night must not depend on this one
                log.exception("verify.failed")
            await asyncio.sleep(LOOK_EVERY_S)

    async def step(self, jitter_s: float, *, is_rested: bool = True) -> bool:
        """Do one round; returns whether a check was run.

        Args:
            jitter_s: this program's share of the night's spread.
            is_rested: whether the night's own check may begin, so soon after the start.
        """
        row = await self.kernel.reader.one("SELECT id FROM self_check WHERE state = 'waiting' LIMIT 1")
        if row is None and is_rested and await self._is_night_due(jitter_s):
            with suppress(Refused):
                row = (await self.kernel.writer.run(AskCheck("", self.kernel.instant(), self._today())),)
        if row is None:
            return False
        await self._check(int(row[0]))
        return True

    async def _is_night_due(self, jitter_s: float) -> bool:
        """Whether this night's check was not begun yet, and its moment has come."""
        last = await self.kernel.reader.one("SELECT MAX(day) FROM self_check WHERE by = ''")
        local = self.kernel.clock.now().astimezone(ZoneInfo(chain_zone(self.kernel)))
        return is_due(local, self.kernel.settings.verify.hour, jitter_s, (last and last[0]) or "")

    def _today(self) -> str:
        """The chain's date."""
        return today_of(self.kernel)

    async def _check(self, check: int) -> None:
        """Verify, keep the result, raise what was found."""
        kernel, began = self.kernel, self.kernel.clock.monotonic()
        await kernel.writer.run(lambda transaction: _mark(transaction, check, "running", "waiting"))
        kernel.events.publish("board", "store", {})
        try:
            verified = await self._verified()
        except Exception:
            await kernel.writer.run(lambda transaction: _mark(transaction, check, "cut", "running"))
            raise
        now = kernel.clock.now()
        took_ms = round((kernel.clock.monotonic() - began) * 1000)
        finish = FinishCheck(check, to_instant(now), took_ms, verified, to_instant(now - TROUBLE_LIFE))
        await kernel.writer.run(finish)
        kernel.events.publish("board", "store", {})
        log.info("verify.done", findings=len(verified.findings), took_ms=took_ms, **verified.counted())

    async def _verified(self) -> Verified:
        """The check; a file that cannot be read to its end is a finding too."""
        try:
            return await verify(self.kernel.reader, Pace())
        except sqlite3.DatabaseError as error:
            text = f"the database cannot be read to its end: {error}; put back a copy from before the damage"
            broken = Finding(check="file", store="", about=str(error)[:80], text=text)
            return Verified(0, 0, 0, 0, 0, (broken,))


def today_of(kernel: Kernel) -> str:
    """The chain's date, ISO 8601."""
    return kernel.clock.now().astimezone(ZoneInfo(chain_zone(kernel))).date().isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """The latest check: `state` is waiting, running, done or cut; `by` empty for the night's own."""

    state: str
    by: str
    asked_at: str
    finished_at: str
    took_ms: int
    counted: dict[str, Any]
    findings: int
    told: tuple[str, ...]


async def latest_check(kernel: Kernel, *, is_done: bool = False) -> CheckState | None:
    """The latest check, or the latest that came to its end; None where there was none."""
    row = await kernel.reader.one(
        "SELECT state, by, asked_at, finished_at, took_ms, counted, findings, told FROM self_check"
        " WHERE state = 'done' OR ? ORDER BY id DESC LIMIT 1",
        (not is_done,),
    )
    if row is None:
        return None
    return CheckState(
        state=row[0],
        by=row[1],
        asked_at=row[2],
        finished_at=row[3],
        took_ms=row[4],
        counted=json.loads(row[5]),
        findings=row[6],
        told=tuple(json.loads(row[7])),
    )
