"""What the shop may say of a SKU's stock at a store. Pure.

Shown is what may be promised now, and, at a store in reach, what its floor would grant on demand, which is
confirmed when somebody orders. Floor stock that cannot be ordered reads "in store only", never "sold out".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from hub.stock.queries import Shelf

FEW_UNITS: Final = 5
"""Up to this many units the shop says how many are left."""

Level = Literal["plenty", "few", "store_only", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A SKU at a store as buyers see it.

    Attributes:
        level: Which words to use.
        units: How many may be ordered.
        is_confirmed: False when some of them are granted by the store only when ordered.
        floor: What stands on the store's floor, never negative.
    """

    level: Level
    units: int
    is_confirmed: bool
    floor: int = 0

    @property
    def can_order(self) -> bool:
        """Whether at least one unit may be ordered."""
        return self.units > 0


SOLD_OUT: Final = Offer(level="none", units=0, is_confirmed=True)


def offer_of(shelf: Shelf | None, *, in_reach: bool, reserve: int = 0) -> Offer:
    """What to say of a shelf.

    Args:
        shelf: As the hub sees it; None for a SKU the store never had.
        in_reach: Whether the store was heard just now.
        reserve: Units that the floor always keeps.
    """
    if shelf is None:
        return SOLD_OUT
    promised_at_once, floor = max(0, shelf.available), max(0, shelf.floor)
    on_demand = max(0, floor - reserve) if in_reach else 0
    units = promised_at_once + on_demand
    return Offer(level=_level(units, floor), units=units, is_confirmed=not on_demand, floor=floor)


def together(offers: Iterable[Offer]) -> Offer:
    """The offer of a product whose variants have these."""
    every = list(offers)
    units, floor = sum(offer.units for offer in every), sum(offer.floor for offer in every)
    confirmed = all(offer.is_confirmed for offer in every)
    return Offer(level=_level(units, floor), units=units, is_confirmed=confirmed, floor=floor)


def _level(units: int, floor: int) -> Level:
    """The words for a number of units."""
    if units > FEW_UNITS:
        return "plenty"
    if units > 0:
        return "few"
    return "store_only" if floor > 0 else "none"
