"""The receipt on paper: a document of blocks, laid out by the printer's profile. Pure."""

from collections.abc import Iterator

from devices.printing.document import (
    Align,
    Barcode,
    Block,
    Cell,
    Columns,
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
from pos_agent.till.receipt import Receipt, ReceiptLine
from pos_agent.till.receipt_words import amount, money, words_for
from pos_agent.till.rules import WEIGHED, items_of
from sync.values.clock import from_instant

BARCODE_MOST_CHARACTERS = 40


def receipt_document(receipt: Receipt, profile: Profile) -> Document:
    """What stands on the paper, in the receipt's language, times in the store's zone."""
    words = words_for(receipt.locale)
    blocks = (
        *_head(receipt, profile, words),
        *(block for line in receipt.lines for block in _line(line, receipt, words)),
        Rule(),
        *_sums(receipt, words),
        Rule(),
        *_foot(receipt, words),
    )
    return Document(blocks, receipt.locale)


def shop_head(locale: str, profile: Profile, words: dict[str, str]) -> Iterator[Block]:
    """The store's name and place, at the top of what customers take home."""
    yield Text(profile.name(locale), Style.LARGE, Align.CENTRE)
    address = in_language(profile.address, locale)
    if address:
        yield Text(address, align=Align.CENTRE)
    if profile.phone:
        yield Text(f"{words['phone']} {profile.phone}", align=Align.CENTRE)
    yield Rule(double=True)


def _head(receipt: Receipt, profile: Profile, words: dict[str, str]) -> Iterator[Block]:
    yield from shop_head(receipt.locale, profile, words)
    yield Row(words["receipt"], receipt.number)
    yield Row(words["time"], from_instant(receipt.at).astimezone(profile.tz).strftime("%Y-%m-%d %H:%M:%S"))
    yield Row(words["till"], receipt.till)
    if receipt.clerk or receipt.actor:
        yield Row(words["clerk"], receipt.clerk or receipt.actor)
    if receipt.order_number:
        yield Row(words["order"], receipt.order_number, Style.BOLD)
    yield Rule()


def _line(line: ReceiptLine, receipt: Receipt, words: dict[str, str]) -> Iterator[Block]:
    """The name on its own line, below it barcode number, quantity x price and amount."""
    yield Text(in_language(line.names, receipt.locale) or line.sku)
    quantity = _quantity(line, receipt.currency, words)
    yield Columns(
        (
            Cell(line.gtin or line.sku),
            Cell(quantity, max(16, len(quantity)), Align.RIGHT),
            Cell(amount(line.amount_minor, receipt.currency), 10, Align.RIGHT),
        )
    )


def _quantity(line: ReceiptLine, currency: str, words: dict[str, str]) -> str:
    """`2 x 3.50`, `765g x 12.80/500g`; for an amount off the label the list price would prove nothing."""
    measure = line.unit if line.unit in WEIGHED else ""
    if line.is_label_price:
        return f"{line.qty}{measure} {words['label_price']}"
    price = amount(line.unit_minor, currency)
    per = "" if line.per == 1 else str(line.per)
    return f"{line.qty}{measure} x {price}" + (f"/{per}{measure}" if per or measure else "")


def _sums(receipt: Receipt, words: dict[str, str]) -> Iterator[Block]:
    currency = receipt.currency
    yield Row(words["count"], str(sum(items_of(line.unit, line.qty) for line in receipt.lines)))
    yield Row(words["total"], money(receipt.total_minor, currency), Style.BOLD)
    yield Row(words.get(receipt.tender, receipt.tender), amount(_tendered(receipt), currency))
    if receipt.paid_minor:
        yield Row(words["change"], amount(receipt.change_minor, currency))


def _tendered(receipt: Receipt) -> int:
    """What the tender's row shows: the money given here, or what was paid online."""
    return receipt.given_minor if receipt.paid_minor else receipt.total_minor


def _foot(receipt: Receipt, words: dict[str, str]) -> Iterator[Block]:
    yield Text(words["thanks"], align=Align.CENTRE)
    if len(receipt.number) <= BARCODE_MOST_CHARACTERS:
        yield Barcode(receipt.number, Symbology.CODE128)
    yield Qr(receipt.number)
    yield Feed(1)
    yield Cut()
