"""Forget people: what a closed order said of its customer goes after thirty days; the counters stay."""

from datetime import timedelta
from typing import Final

from pos_agent.desk import Desk
from sync.storage.writer import Transaction
from sync.values.clock import to_instant

KEEP: Final = timedelta(days=30)
MOST_AT_ONCE: Final = 500
_FORGET_BAGS: Final = (
    "DELETE FROM bag_label WHERE order_id IN (SELECT b.order_id FROM bag_label b"
    " JOIN hold h ON h.order_id = b.order_id WHERE h.stage = 'closed' AND h.closed_at < ? LIMIT ?)"
)
_FORGET: Final = (
    "UPDATE hold SET body = NULL, code_hash = '' WHERE order_id IN (SELECT order_id FROM hold"
    " WHERE stage = 'closed' AND body IS NOT NULL AND closed_at < ? LIMIT ?)"
)


async def forget_people(desk: Desk) -> int:
    """Drop the bodies of orders closed long ago; returns how many.

    Where its bags lay goes too. Order, lines, when and where stay for ever, so that a late message or a
    second show of the code can hand over nothing twice.
    """
    before = to_instant(desk.clock.now() - KEEP)

    def command(tx: Transaction) -> int:
        tx.execute(_FORGET_BAGS, (before, MOST_AT_ONCE))
        return tx.execute(_FORGET, (before, MOST_AT_ONCE)).rowcount

    return await desk.ledger.writer.run(command)
