"""The X or Z report as a document: the screen shows what the paper says. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from devices.printing.document import Align, Block, Cut, Document, Feed, Row, Rule, Style, Text
from pos_agent.catalogue.profile import Profile
from pos_agent.reports.report_words import report_words
from pos_agent.reports.rules import CASH, MoneySum, Takings, TenderSum
from pos_agent.till.receipt_words import money
from sync.values.clock import from_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a report is of: `number` is empty on an X, `since` before the till's first receipt ever.

    `by` is the name of who asked, for those who read the paper.
    """

    till: str
    by: str
    at: str
    since: str = ""
    number: str = ""


def report_document(heading: Heading, takings: Takings, profile: Profile) -> Document:
    """The report in the store's language, times in its zone."""
    words = report_words(profile.locale)
    blocks = (
        *_head(heading, profile, words),
        *_receipts(takings, words),
        *(block for one in takings.money for block in _money(one, words)),
        *_foot(takings, words, is_closing=bool(heading.number)),
    )
    return Document(blocks, profile.locale)


def _head(heading: Heading, profile: Profile, words: dict[str, str]) -> Iterator[Block]:
    yield Text(words["z" if heading.number else "x"], Style.LARGE, Align.CENTRE)
    yield Text(profile.name(profile.locale), align=Align.CENTRE)
    if not heading.number:
        yield Text(words["x_note"], Style.BOLD, Align.CENTRE)
    yield Rule(double=True)
    if heading.number:
        yield Row(words["number"], heading.number, Style.BOLD)
    yield Row(words["till"], heading.till)
    yield Row(words["by"], heading.by)
    if heading.since:
        yield Row(words["since"], _moment(heading.since, profile))
    yield Row(words["until"], _moment(heading.at, profile))


def _receipts(takings: Takings, words: dict[str, str]) -> Iterator[Block]:
    yield Rule()
    if not takings.receipts:
        yield Text(words["nothing"])
        return
    yield Row(words["receipts"], str(takings.receipts))
    yield Row(words["first"], takings.first)
    yield Row(words["last"], takings.last)


def _money(one: MoneySum, words: dict[str, str]) -> Iterator[Block]:
    yield Rule()
    yield _counted(words["sales"], one.sales, one.sales_minor, one.currency)
    if one.orders:
        yield _counted(words["orders"], one.orders, one.orders_minor, one.currency)
    yield Row(words["taken"], money(one.taken_minor, one.currency), Style.BOLD)
    yield Rule()
    for tender in one.tenders:
        yield from _tender(tender, one.currency, words)
    if any(tender.tender == CASH for tender in one.tenders):
        yield Row(words["cash_due"], money(one.cash_minor(), one.currency), Style.BOLD)
        yield Text(words["float_note"])
    if one.online:
        yield _counted(words["online"], one.online, one.online_minor, one.currency)
        yield Text(words["online_note"])


def _tender(one: TenderSum, currency: str, words: dict[str, str]) -> Iterator[Block]:
    yield _counted(words.get(one.tender, one.tender), one.count, one.paid_minor, currency)
    if one.tender == CASH:
        yield Row(f"  {words['given']}", money(one.given_minor, currency))
        yield Row(f"  {words['change']}", f"-{money(one.change_minor, currency)}")


def _foot(takings: Takings, words: dict[str, str], *, is_closing: bool) -> Iterator[Block]:
    yield Rule()
    yield Row(words["pieces"], str(takings.pieces))
    if takings.weighed:
        yield Row(words["weighed"], str(takings.weighed))
    yield Row(words["no_sale"], str(takings.no_sale))
    if is_closing:
        yield Feed(2)
        yield Row(f"{words['signed']}:", "_" * 16)
    yield Feed(1)
    yield Cut()


def _counted(name: str, count: int, minor: int, currency: str) -> Row:
    return Row(f"{name} x {count}", money(minor, currency))


def _moment(at: str, profile: Profile) -> str:
    return from_instant(at).astimezone(profile.tz).strftime("%Y-%m-%d %H:%M:%S")
