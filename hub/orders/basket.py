"""What may be done to a basket, and what it costs. Pure; the cookie's form lives with the pages' frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.catalogue.offer import SOLD_OUT, Offer
from hub.catalogue.shop_values import SoldSku
from hub.web.basket_cookie import EMPTY, Basket, fits
from sync.rules.errors import Refused
from sync.rules.price import BasketLine, PriceEntry, price


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A basket line with what the catalogue and the store say of it.

    `sold` is None for a SKU that is on sale no longer; it costs nothing and cannot be ordered.
    """

    sku: str
    qty: int
    sold: SoldSku | None
    offer: Offer
    amount_minor: int

    @property
    def is_short(self) -> bool:
        """Whether the store has fewer than wanted."""
        return self.sold is not None and self.offer.units < self.qty


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketView:
    """A basket as pages show it."""

    store: str
    lines: tuple[LineView, ...]
    total_minor: int
    currency: str

    @property
    def units(self) -> int:
        """All units together."""
        return sum(line.qty for line in self.lines)

    @property
    def is_orderable(self) -> bool:
        """Whether every line is on sale and in stock as far as we know."""
        return bool(self.lines) and not any(line.sold is None or line.is_short for line in self.lines)

    @property
    def has_unsold(self) -> bool:
        """Whether a line is on sale no longer."""
        return any(line.sold is None for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherStore:
    """Another store that could serve a basket: how many of its lines in full."""

    store: str
    covered: int
    lines: int

    @property
    def has_all(self) -> bool:
        """Whether it has everything."""
        return self.covered == self.lines


class BasketFull(Refused):
    """One more line would not fit into a basket."""

    code = "basket_full"


def with_units(basket: Basket, sku: str, qty: int, most: int) -> Basket:
    """The basket with `qty` units of a SKU, at most `most`; none takes the line away.

    Raises:
        BasketFull: too many different SKUs.
    """
    units = dict(basket.lines)
    units.pop(sku, None) if qty < 1 else units.update({sku: min(qty, most)})
    changed = Basket(basket.store, tuple(units.items()))
    if not changed.lines:
        return EMPTY
    if not fits(changed):
        raise BasketFull
    return changed


def added(basket: Basket, store: str, sku: str, qty: int, most: int) -> Basket:
    """The basket with more units of a SKU; the basket must be empty or of the same store.

    Raises:
        BasketFull: too many different SKUs.
    """
    assert basket.store in {"", store}
    return with_units(Basket(store, basket.lines), sku, basket.units_of(sku) + qty, most)


def fitted_to(basket: Basket, offers: Mapping[str, Offer]) -> Basket:
    """The basket with no more than what is offered; lines of which there is nothing are gone."""
    lines = ((sku, min(qty, offers.get(sku, SOLD_OUT).units)) for sku, qty in basket.lines)
    kept = tuple((sku, qty) for sku, qty in lines if qty > 0)
    return Basket(basket.store, kept) if kept else EMPTY


def view_of(
    basket: Basket, sold: Mapping[str, SoldSku], offers: Mapping[str, Offer], currency: str
) -> BasketView:
    """A priced basket. Lines that are not sold, or not in the store's currency, cost nothing."""
    entries = {
        sku.sku: PriceEntry(
            sku=sku.sku,
            price_minor=sku.price_minor,
            currency=sku.currency,
            per=sku.price_per,
            version=sku.version,
        )
        for sku in sold.values()
        if sku.currency == currency
    }
    wanted = [BasketLine(sku=sku, qty=qty) for sku, qty in basket.lines if sku in entries]
    priced = price(wanted, entries) if wanted else None
    amounts = {line.sku: line.amount_minor for line in priced.lines} if priced is not None else {}
    return BasketView(
        store=basket.store,
        lines=tuple(
            LineView(
                sku=sku,
                qty=qty,
                sold=sold[sku] if sku in entries else None,
                offer=offers.get(sku, SOLD_OUT),
                amount_minor=amounts.get(sku, 0),
            )
            for sku, qty in basket.lines
        ),
        total_minor=priced.total_minor if priced is not None else 0,
        currency=currency,
    )


def other_stores(
    basket: Basket, offers: Mapping[str, Mapping[str, Offer]], here: str
) -> Sequence[OtherStore]:
    """Other stores that have at least one line in full, the fullest first."""
    found = [
        OtherStore(
            store=store,
            covered=sum(there.get(sku, SOLD_OUT).units >= qty for sku, qty in basket.lines),
            lines=len(basket.lines),
        )
        for store, there in offers.items()
        if store != here
    ]
    return sorted((one for one in found if one.covered), key=lambda one: -one.covered)
