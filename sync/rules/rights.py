"""Rights: who may sell how many units. Three numbers with one writer each make oversell impossible.

    floor stock  F   = on_hand - (granted - returned - settled)      at the store
    available    ATP = granted - returned - promised                 at the hub

`granted` and `settled` are written by the store, `returned` and `promised` by the hub; all but
`promised` only rise. The store keeps F >= 0 (but for recorded overrides), the hub keeps ATP >= 0.
Units done or short are exactly `settled` and belong to lines in `promised`, so

    open promises <= promised - settled <= granted - returned - settled <= on_hand,

whatever the network does (O'Neil's escrow transactions, 1986).
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from sync.rules.errors import Short
from sync.rules.facts import MoveLine


@dataclass(frozen=True, slots=True)
class StoreStock:
    """One SKU in the store's ledger, units. `open` is the sum over hold lines of what is still owed.

    `frozen`: the balances were told after a loss and nobody has counted or accepted them: no grants.
    """

    floor: int = 0
    staged: int = 0
    damaged: int = 0
    granted: int = 0
    returned: int = 0
    settled: int = 0
    open: int = 0
    frozen: bool = False

    @property
    def on_hand(self) -> int:
        """Sellable units physically in the store."""
        return self.floor + self.staged

    @property
    def free(self) -> int:
        """Floor stock F: what a till may sell. Negative only by override, race or counted loss."""
        return self.on_hand - (self.granted - self.returned - self.settled)

    @property
    def online(self) -> int:
        """Granted, not returned, not used and not owed to a hold that the store knows."""
        return self.granted - self.returned - self.settled - self.open


@dataclass(frozen=True, slots=True)
class HubStock:
    """One SKU of one store at the hub, units: the mirror of the store's counters and the hub's own.

    `taken` mirrors how much of `returned` the store has booked.
    """

    floor: int = 0
    staged: int = 0
    damaged: int = 0
    granted: int = 0
    settled: int = 0
    returned: int = 0
    promised: int = 0
    taken: int = 0

    @property
    def available(self) -> int:
        """Available to promise (ATP)."""
        return self.granted - self.returned - self.promised

    @property
    def free(self) -> int:
        """The store's floor stock as the mirror knows it, once it has booked all that was returned."""
        return self.floor + self.staged - (self.granted - self.returned - self.settled)

    @property
    def lack(self) -> int:
        """Units of a deficit that nothing under way repays yet."""
        return max(0, -self.free)

    @property
    def deficit(self) -> int:
        """Units that the store's floor stock is below zero, as the mirror knows it."""
        return max(0, self.granted - self.taken - self.settled - self.floor - self.staged)


Stock = TypeVar("Stock", StoreStock, HubStock)


@dataclass(frozen=True, slots=True)
class Rest:
    """Where the online channel should rest, unpromised units.

    Args:
        least: below it the store grants more.
        most: above it the store asks the hub to return some; None: it never asks.
    """

    least: int
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Allotment:
    """How a store shares a SKU between floor and online channel.

    Args:
        share_percent: the online channel's resting share of what is unpromised, 0 to 100.
        reserve: units that the floor always keeps.
        last_unit: whether the last unit of the floor may be granted on demand.
        rest: where a policy wants the online channel to rest (`sync.rules.allotment`); None: at its share.
    """

    share_percent: int = 50
    reserve: int = 0
    last_unit: Literal["grant", "keep"] = "grant"
    rest: Rest | None = None

    @property
    def kept(self) -> int:
        """Units that no grant may take from the floor."""
        return self.reserve if self.last_unit == "grant" else max(self.reserve, 1)


def moved(stock: Stock, line: MoveLine) -> Stock:
    """The balances after one movement, in a store's ledger or in the hub's mirror of it.

    A bucket may fall below zero only by what the caller allowed.
    """
    buckets = {"floor": stock.floor, "staged": stock.staged, "damaged": stock.damaged}
    if line.source:
        buckets[line.source] -= line.qty
    if line.target:
        buckets[line.target] += line.qty
    return replace(stock, floor=buckets["floor"], staged=buckets["staged"], damaged=buckets["damaged"])


def resting_grant(stock: StoreStock, policy: Allotment) -> int:
    """Units to grant now so that the online channel rests where it should: target less what it has."""
    if stock.frozen:
        return 0
    share = -(-policy.share_percent * (stock.free + stock.online) // 100)
    target = share if policy.rest is None else policy.rest.least
    return max(0, min(target - stock.online, stock.free - policy.kept))


def surplus(stock: StoreStock, policy: Allotment) -> int:
    """Units that the online channel has above its rest: what the floor may ask the hub to return."""
    if policy.rest is None or policy.rest.most is None:
        return 0
    return max(0, stock.online - policy.rest.most)


def wanted_grant(stock: StoreStock, policy: Allotment, qty: int) -> int:
    """Units to grant at once because the hub asked for `qty`: down to what the floor keeps."""
    return 0 if stock.frozen else max(0, min(qty, stock.free - policy.kept))


def promise(stock: HubStock, sku: str, qty: int) -> HubStock:
    """Promise `qty` units to an order.

    Raises:
        Short: fewer are available; nothing changed.
    """
    if qty > stock.available:
        raise Short(sku=sku, wanted=qty, left=max(0, stock.available))
    return replace(stock, promised=stock.promised + qty)


def give_back(stock: HubStock, qty: int) -> HubStock:
    """Return up to `qty` unpromised units to the floor: never more than are available."""
    return replace(stock, returned=stock.returned + max(0, min(qty, stock.available)))


def booked_out_when_short(stock: StoreStock, qty: int) -> int:
    """Units that a short pick of `qty` takes off the books.

    A unit already missing from the books (F below zero) is not booked out twice.
    """
    return max(0, qty - max(0, -stock.free))
