"""Clearing up by the clock: unpaid holds whose time is over, answers nobody will ask for again."""

import asyncio
from datetime import timedelta
from typing import Final

from hub.kernel import Kernel
from hub.orders.change_order import LAPSE_BATCH, LapseUnpaid
from sync.runtime.logging import get_logger
from sync.storage.errors import StorageError
from sync.storage.writer import Transaction
from sync.values.clock import to_instant

EVERY_S: Final = 5.0
KEY_LIFE: Final = timedelta(hours=48)
log = get_logger(__name__)


async def sweep(kernel: Kernel) -> int:
    """Drop what has lapsed; returns how many orders did."""
    dropped = 0
    while True:
        tokens = await kernel.writer.run(LapseUnpaid(kernel))
        for token in tokens:
            kernel.events.publish(f"order:{token}", "order", {})
        dropped += len(tokens)
        if len(tokens) < LAPSE_BATCH:
            break
    oldest = to_instant(kernel.clock.now() - KEY_LIFE)

    def forget(transaction: Transaction) -> None:
        transaction.execute(
            "DELETE FROM idempotency_key WHERE key IN"
            " (SELECT key FROM idempotency_key WHERE at < ? LIMIT 1000)",
            (oldest,),
        )

    await kernel.writer.run(forget)
    return dropped


async def keep_swept(kernel: Kernel) -> None:
    """Sweep every few seconds, for ever."""
    while True:
        try:
            if dropped := await sweep(kernel):
                log.info("orders.lapsed", orders=dropped)
        except StorageError as error:
            log.warning("orders.not_swept", code=error.code)
        await asyncio.sleep(EVERY_S)
