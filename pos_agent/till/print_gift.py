"""Print gift receipts: counted, and each once however often the network asks."""

from typing import Final

from devices.printing.job import JobKind
from pos_agent.desk import Desk
from pos_agent.till.gift_document import gift_document
from pos_agent.till.receipt import receipt_from, receipt_of
from sync.rules.errors import Refused
from sync.storage.writer import Transaction

MOST_COPIES: Final = 20
_TAKE: Final = (
    "UPDATE receipt SET gift_copies = gift_copies + 1 WHERE number = ? AND gift_copies = ? - 1"
    " RETURNING gift_copies"
)


async def print_gift(desk: Desk, number: str, copy: int) -> int:
    """Print a gift receipt; returns how many there are of this sale now.

    Args:
        desk: the agent.
        number: of the receipt.
        copy: which one is wanted, one more than there are; asked for again it is not printed again.

    Raises:
        Refused: `unknown_receipt`, `no_printer`, `gift_copies` where there are enough of them or `copy`
            is none of the next.
    """
    receipt = receipt_from((await receipt_of(desk.reader, number)).content)

    def command(tx: Transaction) -> int:
        if copy > MOST_COPIES:
            raise Refused("gift_copies", most=MOST_COPIES)
        if tx.one(_TAKE, (number, copy)) is None:
            return _there_are(tx, number, copy)
        document = gift_document(receipt, desk.profile, copy)
        if desk.papers.enqueue(tx, JobKind.RECEIPT, document) is None:
            raise Refused("no_printer")
        return copy

    return await desk.ledger.writer.run(command)


def _there_are(tx: Transaction, number: str, copy: int) -> int:
    """The count where this copy was printed before: the network asked twice."""
    row = tx.one("SELECT gift_copies FROM receipt WHERE number = ?", (number,))
    if row is None or row[0] < copy:
        raise Refused("gift_copies", most=MOST_COPIES)
    return int(row[0])
