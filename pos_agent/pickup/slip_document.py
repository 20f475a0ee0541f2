"""The pick slip: what a clerk takes off which shelf, for whom, until when. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from devices.printing.document import (
    Align,
    Barcode,
    Block,
    Cell,
    Columns,
    Cut,
    Document,
    Feed,
    Row,
    Rule,
    Style,
    Text,
)
from pos_agent.catalogue.profile import Profile, in_language
from pos_agent.pickup.view import UNKNOWN, Goods
from pos_agent.till.cases import in_cases
from pos_agent.till.receipt_words import cases_text, money, words_for
from sync.rules.items import HoldItem, HoldLine
from sync.values.clock import from_instant

BARCODE_MOST_CHARACTERS: Final = 40


def slip_document(body: HoldItem, goods: Mapping[str, Goods], profile: Profile) -> Document:
    """The slip of a new order, in the store's language; lines in the order of the shelves."""
    words = words_for(profile.locale)
    lines = sorted(body.lines, key=lambda line: (goods.get(line.sku, UNKNOWN).shelf, line.line))
    blocks = (
        *_head(body, profile, words),
        *(block for line in lines for block in _line(line, goods.get(line.sku, UNKNOWN), profile, words)),
        Rule(),
        *_foot(body, words),
    )
    return Document(blocks, profile.locale)


def _head(body: HoldItem, profile: Profile, words: dict[str, str]) -> Iterator[Block]:
    yield Text(words["slip"], Style.LARGE, Align.CENTRE)
    yield Text(body.number, Style.LARGE, Align.CENTRE)
    yield Rule(double=True)
    ready = from_instant(body.ready_by).astimezone(profile.tz).strftime("%m-%d %H:%M")
    yield Row(words["ready_by"], ready, Style.BOLD)
    if body.contact or body.phone_tail:
        yield Row(words["customer"], f"{body.contact} {body.phone_tail}".strip())
    yield Rule()


def _line(line: HoldLine, goods: Goods, profile: Profile, words: dict[str, str]) -> Iterator[Block]:
    """Quantity and name in bold, below it whole cases to take, shelf and barcode number."""
    name = in_language(line.names or goods.names, profile.locale) or line.sku
    yield Columns((Cell(name), Cell(f"x {line.qty}", 8, Align.RIGHT)), Style.BOLD)
    if cases := in_cases(line.qty, goods.cases):
        yield Text(f"= {cases_text(cases, line.qty, words)}")
    yield Row(f"{words['shelf']} {goods.shelf or '-'}", line.gtin or goods.gtin or line.sku)


def _foot(body: HoldItem, words: dict[str, str]) -> Iterator[Block]:
    due = body.due_minor - body.prepaid_minor if body.pay_at == "counter" else 0
    if due > 0:
        yield Row(words["pay_counter"], money(due, body.currency), Style.BOLD)
    else:
        yield Text(words["paid_online"], Style.BOLD)
    yield Feed(1)
    if body.number.isascii() and 0 < len(body.number) <= BARCODE_MOST_CHARACTERS:
        yield Barcode(body.number)
    yield Feed(1)
    yield Cut()
