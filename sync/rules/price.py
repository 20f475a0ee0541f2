"""The price engine: one for shop and till, the same answer for the same basket and versions.

Pure and exact: integers in minor units; a weighed line (price per N stock units) is rounded half up,
once per line. Each line is explained by entries that sum to its amount, so that a later rule
(promotion, tier, coupon) adds an entry and never hides a cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sync.rules.errors import Refused
from sync.values.money import half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEntry:
    """A SKU's list price: `price_minor` minor units per `per` stock units, from price book `version`.

    `price_minor` is None where the SKU is known and has no price (yet): it cannot be sold.
    """

    sku: str
    price_minor: int | None
    currency: str
    per: int = 1
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """`qty` stock units of a SKU (pieces, grams, millilitres)."""

    sku: str
    qty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a line costs `amount_minor` (a reduction is negative)."""

    rule: Literal["list_price"]
    amount_minor: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A basket line with its amount, in the order of the basket."""

    sku: str
    qty: int
    price_minor: int
    per: int
    amount_minor: int
    explanation: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A priced basket; `versions` are the price book versions used, ascending."""

    lines: tuple[PricedLine, ...]
    total_minor: int
    currency: str
    versions: tuple[int, ...]


def price(lines: Sequence[BasketLine], entries: Mapping[str, PriceEntry]) -> Priced:
    """What a basket costs.

    Args:
        lines: the basket, at least one line.
        entries: the price book by SKU; may hold more than the basket needs.

    Raises:
        Refused: `empty_basket`; `bad_quantity` below 1; `unknown_sku`; `no_price`; `mixed_currency`.
    """
    if not lines:
        raise Refused("empty_basket")
    currency = _entry(lines[0], entries).currency
    priced = tuple(_priced(line, _entry(line, entries), currency) for line in lines)
    return Priced(
        lines=priced,
        total_minor=sum(line.amount_minor for line in priced),
        currency=currency,
        versions=tuple(sorted({entry.version for line in priced for entry in line.explanation})),
    )


def _entry(line: BasketLine, entries: Mapping[str, PriceEntry]) -> PriceEntry:
    """The price book's entry for a line."""
    if line.qty < 1:
        raise Refused("bad_quantity", sku=line.sku, qty=line.qty)
    entry = entries.get(line.sku)
    if entry is None:
        raise Refused("unknown_sku", sku=line.sku)
    return entry


def _priced(line: BasketLine, entry: PriceEntry, currency: str) -> PricedLine:
    """One line at its list price."""
    if entry.price_minor is None:
        raise Refused("no_price", sku=line.sku)
    if entry.currency != currency:
        raise Refused("mixed_currency", sku=line.sku, currency=entry.currency, expected=currency)
    amount = half_up(entry.price_minor * line.qty, entry.per)
    return PricedLine(
        sku=line.sku,
        qty=line.qty,
        price_minor=entry.price_minor,
        per=entry.per,
        amount_minor=amount,
        explanation=(Explanation(rule="list_price", amount_minor=amount, version=entry.version),),
    )
