"""Forgetting hops after a week, a few at a time: no other command waits long for it."""

import asyncio
from functools import partial
from typing import Final

from hub.kernel import Kernel
from hub.trace.rules import KEPT, to_ms
from sync.runtime.logging import get_logger
from sync.storage.errors import StorageError
from sync.storage.writer import Transaction

EVERY_S: Final = 600.0
BATCH: Final = 1_000
_OLD_UPS: Final = (
    "DELETE FROM trace_up WHERE store = ? AND (sinc, first) IN"
    " (SELECT sinc, first FROM trace_up WHERE store = ? ORDER BY sinc, first LIMIT ?) AND applied_ms < ?"
)
_OLD_DOWNS: Final = (
    "DELETE FROM trace_down WHERE store = ? AND (hinc, ver) IN"
    " (SELECT hinc, ver FROM trace_down WHERE store = ? ORDER BY hinc, ver LIMIT ?) AND sent_ms < ?"
)
log = get_logger(__name__)


async def sweep(kernel: Kernel) -> int:
    """Forget what is older than a week in all stores; returns how many rows.

    A store's rows are in order of time, so only its oldest ones are looked at.
    """
    limit, forgotten = to_ms(kernel.clock.now() - KEPT), 0
    for store in kernel.directory.all():
        for statement in (_OLD_UPS, _OLD_DOWNS):
            while True:
                count = await kernel.writer.run(
                    partial(_forget, statement=statement, store=store.id, limit=limit)
                )
                forgotten += count
                if count < BATCH:
                    break
    return forgotten


def _forget(transaction: Transaction, statement: str, store: str, limit: int) -> int:
    """Command: forget up to BATCH rows of a store; returns how many."""
    return transaction.execute(statement, (store, store, BATCH, limit)).rowcount


async def keep_swept(kernel: Kernel) -> None:
    """Sweep every ten minutes, for ever."""
    while True:
        try:
            if forgotten := await sweep(kernel):
                log.info("trace.forgotten", rows=forgotten)
        except StorageError as error:
            log.warning("trace.not_swept", code=error.code)
        except Exception:  # the loop guard: the next sweep must not depend on this one
            log.exception("trace.sweep_failed")
        await asyncio.sleep(EVERY_S)
