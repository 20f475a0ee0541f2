"""The gift receipt: what was bought, for whoever got it as a present; it names no price."""

from collections.abc import Iterator
from typing import Final

from devices.printing.document import (
    Align,
    Barcode,
    Block,
    Cut,
    Document,
    Feed,
    Qr,
    Row,
    Rule,
    Style,
    Symbology,
    Text,
)
from devices.printing.job import JobKind
from pos_agent.catalogue.profile import Profile, in_language
from pos_agent.desk import Desk
from pos_agent.till.receipt import Receipt, receipt_from, receipt_of
from pos_agent.till.receipt_document import BARCODE_MOST_CHARACTERS, shop_head
from pos_agent.till.receipt_words import words_for
from pos_agent.till.rules import WEIGHED
from sync.rules.errors import Refused
from sync.storage.writer import Transaction
from sync.values.clock import from_instant

MOST_COPIES: Final = 20
_TAKE: Final = (
    "UPDATE receipt SET gift_copies = gift_copies + 1 WHERE number = ? AND gift_copies = ? - 1"
    " RETURNING gift_copies"
)


def gift_document(receipt: Receipt, profile: Profile, copy: int) -> Document:
    """What stands on the paper, in the receipt's language: goods and quantities, never an amount.

    Args:
        receipt: what was sold.
        profile: names, address and zone of the store.
        copy: 1 for the first gift receipt of this sale; a later one says its number.
    """
    words = words_for(receipt.locale)
    blocks: tuple[Block, ...] = (
        *shop_head(receipt.locale, profile, words),
        Text(words["gift"] if copy == 1 else f"{words['gift']} {copy}", Style.BOLD, Align.CENTRE),
        Row(words["receipt"], receipt.number),
        Row(words["date"], from_instant(receipt.at).astimezone(profile.tz).strftime("%Y-%m-%d")),
        Rule(),
        *_lines(receipt),
        Rule(),
        Text(words["gift_note"], align=Align.CENTRE),
        *_codes(receipt.number),
        Feed(1),
        Cut(),
    )
    return Document(blocks, receipt.locale)


def _lines(receipt: Receipt) -> Iterator[Block]:
    for line in receipt.lines:
        measure = line.unit if line.unit in WEIGHED else ""
        yield (Row(in_language(line.names, receipt.locale) or line.sku, f"x {line.qty}{measure}"))


def _codes(number: str) -> Iterator[Block]:
    if len(number) <= BARCODE_MOST_CHARACTERS:
        yield Barcode(number, Symbology.CODE128)
    yield Qr(number)


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
