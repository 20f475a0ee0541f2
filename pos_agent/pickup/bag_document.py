"""The label of a picked order's bag: which order, where it lies, whose it is, which bag of how many. Pure.

Its code is the order's number, which the counter's scan opens. It proves nothing: the customer's own code is
never on a paper that others see, and neither is a phone number; the name comes masked from the shop.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from devices.printing.document import Align, Block, Cut, Document, Qr, Row, Rule, Style, Text
from devices.printing.reprint import as_reprint
from pos_agent.catalogue.profile import Profile
from pos_agent.pickup.bag_words import bag_words
from sync.rules.items import HoldItem
from sync.values.clock import from_instant

TAIL: Final = 4
"""So many last characters of the number stand large: that is how far two bags on a shelf are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bags:
    """How an order lies ready.

    Attributes:
        place: the shelf or box, as the clerk calls it; empty where nobody said.
        bags: how many, 1 to 9.
        prints: how often their labels were printed, this time included.
    """

    place: str
    bags: int
    prints: int = 1


def bag_document(body: HoldItem, bags: Bags, bag: int, profile: Profile) -> Document:
    """The label of one bag, in the store's language; marked as a copy when it was printed before.

    Args:
        body: what the shop told of the order; its `contact` is masked already.
        bags: how the order lies ready.
        bag: which one, from 1.
        profile: language and zone of the store.
    """
    words = bag_words(profile.locale)
    blocks = (
        Text(words["title"], align=Align.CENTRE),
        *_number(body.number),
        Rule(),
        Row(words["place"], bags.place or "-", Style.LARGE),
        Row(words["bag"], f"{bag}/{bags.bags}", Style.LARGE),
        *_facts(body, profile, words),
        *_code(body.number),
        Cut(),
    )
    document = Document(blocks, profile.locale)
    return document if bags.prints == 1 else as_reprint(document, bags.prints - 1)


def _number(number: str) -> Iterator[Block]:
    """Its end for who looks along a shelf, then all of it."""
    yield Text(number[-TAIL:], Style.HUGE, Align.CENTRE)
    if len(number) > TAIL:
        yield Text(number, Style.BOLD, Align.CENTRE)


def _facts(body: HoldItem, profile: Profile, words: dict[str, str]) -> Iterator[Block]:
    if body.contact:
        yield Row(words["customer"], body.contact)
    until = from_instant(body.expires_at).astimezone(profile.tz).strftime("%m-%d %H:%M")
    yield Row(words["kept_until"], until)
    if body.pay_at == "counter" and body.due_minor > body.prepaid_minor:
        yield Text(words["pay_here"], Style.BOLD, Align.CENTRE)


def _code(number: str) -> Iterator[Block]:
    """A QR: it is read from any side, which a bag on a shelf shows as it likes."""
    if number:
        yield Qr(number)
