"""What a till took, summed up by currency and tender. Pure: whole minor units in, whole minor units out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

CASH: Final = "cash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One receipt's money and goods, minor units; `paid_minor` is what was taken at the till.

    `pieces` are units sold by the piece, `weighed` the lines sold by weight or volume.
    """

    number: str
    kind: str
    at: str
    tender: str
    currency: str
    total_minor: int
    paid_minor: int
    given_minor: int
    change_minor: int
    pieces: int
    weighed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderSum:
    """What came in by one tender: given - change = paid, minor units."""

    tender: str
    count: int
    paid_minor: int
    given_minor: int
    change_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySum:
    """One currency: goods sold here, orders paid at the counter, orders that were paid online.

    Invariant: sales and paid orders together are what the tenders brought in.
    """

    currency: str
    sales: int
    sales_minor: int
    orders: int
    orders_minor: int
    online: int
    online_minor: int
    tenders: tuple[TenderSum, ...]

    @property
    def taken_minor(self) -> int:
        """All money taken here."""
        return sum(one.paid_minor for one in self.tenders)

    def cash_minor(self, float_minor: int = 0) -> int:
        """What the drawer should hold: the cash taken, and the float it began with (a shift's to say)."""
        return float_minor + sum(one.paid_minor for one in self.tenders if one.tender == CASH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """A stretch of a till's receipts; first and last number are empty where there is none."""

    receipts: int
    first: str
    last: str
    pieces: int
    weighed: int
    no_sale: int
    money: tuple[MoneySum, ...]


def sum_up(taken: Sequence[Taken], no_sale: int) -> Takings:
    """The takings of receipts in the order in which they were given.

    Args:
        taken: the receipts.
        no_sale: how often the drawer was opened without a sale.
    """
    currencies = sorted({one.currency for one in taken})
    return Takings(
        receipts=len(taken),
        first=taken[0].number if taken else "",
        last=taken[-1].number if taken else "",
        pieces=sum(one.pieces for one in taken),
        weighed=sum(one.weighed for one in taken),
        no_sale=no_sale,
        money=tuple(_money(each, [one for one in taken if one.currency == each]) for each in currencies),
    )


def _money(currency: str, taken: Sequence[Taken]) -> MoneySum:
    sales = [one for one in taken if one.kind == "sale"]
    orders = [one for one in taken if one.kind != "sale" and one.paid_minor]
    online = [one for one in taken if one.kind != "sale" and not one.paid_minor]
    tenders = sorted({one.tender for one in (*sales, *orders)})
    return MoneySum(
        currency=currency,
        sales=len(sales),
        sales_minor=sum(one.paid_minor for one in sales),
        orders=len(orders),
        orders_minor=sum(one.paid_minor for one in orders),
        online=len(online),
        online_minor=sum(one.total_minor for one in online),
        tenders=tuple(_tender(each, (*sales, *orders)) for each in tenders),
    )


def _tender(tender: str, taken: Iterable[Taken]) -> TenderSum:
    by_it = [one for one in taken if one.tender == tender]
    return TenderSum(
        tender=tender,
        count=len(by_it),
        paid_minor=sum(one.paid_minor for one in by_it),
        given_minor=sum(one.given_minor for one in by_it),
        change_minor=sum(one.change_minor for one in by_it),
    )


def report_number(store: str, till: str, epoch: int, count: int) -> str:
    """store-till-epoch-Zcounter: the counter has no gap within a till's epoch, which no ledger shares."""
    return f"{store}-{till}-{epoch}-Z{count:04d}"
