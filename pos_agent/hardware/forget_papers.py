"""Throws away the text of old papers, so that a till's file does not grow by a roll a day for ever."""

from datetime import timedelta
from typing import Final

from devices.printing import journal
from pos_agent.desk import Desk
from pos_agent.hardware.print_once import forget_requests
from sync.storage.writer import Transaction
from sync.values.clock import to_instant

MOST_AT_ONCE: Final = 500


async def forget_papers(desk: Desk) -> int:
    """Forget what is older than the settings say; returns how many papers.

    Wishes for paper go with them. The receipt itself stays for ever, and that its paper came out; only a
    copy cannot be printed any more.
    """
    before = desk.clock.now() - timedelta(days=desk.settings.paper_days)

    def command(tx: Transaction) -> int:
        forget_requests(tx, to_instant(before), MOST_AT_ONCE)
        return journal.forget_papers(tx.connection, before, MOST_AT_ONCE)

    return await desk.ledger.writer.run(command)
