"""The diary: what people were told, by themselves, and what they noticed. Nothing of it comes from a book."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One disagreement of the reconciliation, explained.

    Attributes:
        kind: A few words by which rows are counted.
        what: The whole sentence: who was told what, and what the book says.
    """

    kind: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReceipt:
    """A receipt that a clerk was told: a sale at a till (`order` empty) or a hand-over."""

    store: str
    number: str
    lines: Mapping[str, int]
    total_minor: int
    given_minor: int
    change_minor: int
    order: str = ""

    @property
    def cash_minor(self) -> int:
        """The money in the drawer."""
        return self.given_minor - self.change_minor


@dataclass(slots=True, kw_only=True)
class ToldOrder:
    """An order that a customer was told (201), and what became of it in the customer's eyes.

    Attributes:
        lines: Units by SKU.
        answer: The answer's body.
        shown: What its page last showed: QR and code come once an order paid online is paid.
        is_paid: The sandbox said that the money was taken.
        is_cancel_asked: The hub said that it took the wish to cancel.
        collected: A receipt for each time that the goods were handed over: one at most, if all is well.
        is_given_up: The counter said that nothing is owed on it any more, and no receipt.
        is_busy: Somebody is collecting it at this moment.
    """

    key: str
    store: str
    pay: str
    lines: Mapping[str, int]
    answer: Mapping[str, Any]
    shown: Mapping[str, Any]
    is_paid: bool = False
    is_cancel_asked: bool = False
    collected: list[ToldReceipt] = field(default_factory=list)
    is_given_up: bool = False
    is_busy: bool = False

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.answer["id"])

    @property
    def number(self) -> str:
        """Its number for people."""
        return str(self.answer["number"])

    @property
    def token(self) -> str:
        """The secret of its address."""
        return str(self.answer["url"]).rpartition("/")[2]

    @property
    def qr(self) -> str:
        """What its QR says."""
        return str(self.shown["qr"])

    @property
    def code(self) -> str:
        """Its pickup code."""
        return str(self.shown["pickup_code"])

    @property
    def total_minor(self) -> int:
        """What it costs."""
        return int(self.answer["total"]["minor"])

    @property
    def is_owed(self) -> bool:
        """Whether its customer has something to collect: goods that were neither handed over nor given up."""
        return bool(self.qr) and not self.collected and not self.is_given_up


@dataclass(frozen=True, slots=True)
class ToldShort:
    """Units that a picker did not find, and the counter said so."""

    store: str
    order: str
    sku: str
    units: int


@dataclass(slots=True)
class Diary:
    """Everything that people wrote down.

    Attributes:
        delivered: Units booked by (store, reference) and SKU.
        copies: Reprints asked for by receipt number.
        counts: What people did and were answered, by name.
        noticed: What should not have happened and was seen at once.
    """

    orders: list[ToldOrder] = field(default_factory=list)
    sales: list[ToldReceipt] = field(default_factory=list)
    delivered: dict[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    shorts: list[ToldShort] = field(default_factory=list)
    copies: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    noticed: list[Row] = field(default_factory=list)

    def notice(self, kind: str, what: str) -> None:
        """Write down something that should not have happened."""
        self.noticed.append(Row(kind, what))

    def hand_overs(self) -> list[ToldReceipt]:
        """Every hand-over that was told."""
        return [receipt for order in self.orders for receipt in order.collected]

    def at(self, store: str) -> list[ToldOrder]:
        """The orders of a store."""
        return [order for order in self.orders if order.store == store]
