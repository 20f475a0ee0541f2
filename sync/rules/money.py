"""An order's money at the hub, to the minor unit: what was taken, what goes back, what is lost.

    taken online and at tills + losses = worth of what was handed over + given back + open

Each figure only rises. Whatever came in is counted first; what goes back follows from the sums, so that
telling a fact twice, or in another order, gives nothing back twice. The hub gives back what was taken
online only: a till gives back what a till took.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoney:
    """What the hub knows of an order's money, cumulative minor units.

    Args:
        online: captured by providers.
        till: taken at tills.
        refunded: given back by the hub; at most `online`.
        assumed: the part of `online` that a store's log told and no provider has confirmed, because the
            hub was put back to before it.
    """

    online: int = 0
    till: int = 0
    refunded: int = 0
    assumed: int = 0

    @property
    def left(self) -> int:
        """Online money that was not given back."""
        return self.online - self.refunded


def share_minor(amount_minor: int, units: int, qty: int) -> int:
    """What `units` of a line of `qty` units cost, rounded half up: all of them cost the whole amount."""
    return (amount_minor * units * 2 + qty) // (qty * 2)


def worth_minor(lines: Iterable[tuple[int, int, int]]) -> int:
    """What the units are worth that the customer has or may still get.

    Args:
        lines: per line (amount in minor units, ordered units, units that are short or released).
    """
    return sum(amount - share_minor(amount, lost, qty) for amount, qty, lost in lines)


def captured(money: OrderMoney, minor: int) -> OrderMoney:
    """A provider took `minor`; as far as it was assumed before, it is the same money."""
    known = min(money.assumed, minor)
    return replace(money, online=money.online + minor - known, assumed=money.assumed - known)


def assumed(money: OrderMoney, minor: int) -> OrderMoney:
    """A store's log says that `minor` was paid online, all in all: so it was, though the hub forgot it."""
    missing = max(0, minor - money.online)
    return replace(money, online=money.online + missing, assumed=money.assumed + missing)


def refund_now(money: OrderMoney, worth: int) -> int:
    """What the hub gives back now: what was taken beyond `worth`, as far as it was taken online.

    Args:
        money: what was taken and given back so far.
        worth: of a closed order, what was handed over; of an open one its whole price, since what goes
            back for units that are missing waits until all of them are settled.
    """
    return max(0, min(money.left, money.online + money.till - money.refunded - worth))


def loss_minor(money: OrderMoney, worth: int) -> int:
    """What was given back although the goods were handed over or may still be, minor units.

    Args:
        money: what was taken and given back.
        worth: what the units are worth that the customer has or may still get.
    """
    if not money.refunded:
        return 0
    return max(0, worth + money.refunded - money.online - money.till)
