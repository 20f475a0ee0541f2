"""The gift receipt: what was bought, for whoever got it as a present; it names no price. Pure."""

from collections.abc import Iterator

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
from pos_agent.catalogue.profile import Profile, in_language
from pos_agent.till.receipt import Receipt
from pos_agent.till.receipt_document import BARCODE_MOST_CHARACTERS, shop_head
from pos_agent.till.receipt_words import words_for
from pos_agent.till.rules import WEIGHED
from sync.values.clock import from_instant


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
