"""Clearing up by the clock: unpaid holds whose time is over, answers nobody will ask for again."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Final

from hub.kernel import Kernel
from hub.orders.change_order import LapseUnpaid
from sync.runtime.logging import get_logger
from sync.storage.errors import StorageError
from sync.storage.writer import Transaction
from sync.values.clock import to_instant

EVERY_S: Final = 5.0
LAPSE_BATCH: Final = 100
_DUE: Final = (
    "SELECT lapses_at, rowid, id FROM orders WHERE stage = 'unpaid' AND lapses_at < ?"
    " AND (lapses_at, rowid) > (?, ?) ORDER BY lapses_at, rowid LIMIT ?"
)
KEY_LIFE: Final = timedelta(hours=48)
FORGET_BATCH: Final = 1_000
log = get_logger(__name__)


async def sweep(kernel: Kernel) -> int:
    """Drop what has lapsed and forget what nobody needs; returns how many orders lapsed."""
    lapsed = len(await lapse(kernel))
    oldest = to_instant(kernel.clock.now() - KEY_LIFE)
    while await kernel.writer.run(partial(forget_answers, oldest=oldest)) == FORGET_BATCH:
        pass
    await kernel.writer.run(forget_rejections)
    return lapsed


async def lapse(kernel: Kernel) -> list[str]:
    """Drop every unpaid order whose time is over; returns their tokens.

    One that cannot be dropped is logged and stays as it is; the others go.
    """
    now, after = kernel.instant(), ("", 0)
    tokens: list[str] = []
    while True:
        due = await kernel.reader.all(_DUE, (now, *after, LAPSE_BATCH))
        told = await asyncio.gather(
            *[kernel.writer.run(LapseUnpaid(kernel, order)) for _, _, order in due], return_exceptions=True
        )
        for (_, _, order), answer in zip(due, told, strict=True):
            if isinstance(answer, BaseException):
                log.error("orders.not_lapsed", order=order, error=repr(answer))
            elif answer is not None:
                tokens.append(answer)
        if len(due) < LAPSE_BATCH:
            return tokens
        after = due[-1][:2]


def forget_answers(transaction: Transaction, oldest: str) -> int:
    """Forget up to FORGET_BATCH answers given under a key before `oldest`; returns how many."""
    return transaction.execute(
        "DELETE FROM idempotency_key WHERE key IN (SELECT key FROM idempotency_key WHERE at < ? LIMIT ?)",
        (oldest, FORGET_BATCH),
    ).rowcount


def forget_rejections(transaction: Transaction) -> None:
    """Forget rejected events that their store has heard of: each is told under a key of its own."""
    for store, heard in transaction.all("SELECT store, heard FROM store_stream"):
        transaction.execute(
            "DELETE FROM request WHERE store = ? AND kind = 'rejected' AND ver <= ?", (store, heard)
        )


async def keep_swept(kernel: Kernel) -> None:
    """Sweep every few seconds, for ever."""
    while True:
        try:
            if lapsed := await sweep(kernel):
                log.info("orders.lapsed", orders=lapsed)
        except StorageError as error:
            log.warning("orders.not_swept", code=error.code)
        except Exception:  # the loop guard: tomorrow's sweep must not depend on today's
            log.exception("orders.sweep_failed")
        await asyncio.sleep(EVERY_S)
