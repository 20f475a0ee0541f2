"""One order as HQ sees it: lines with their counters, payments, and the troubles that name it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hub.monitor.deficit_orders import deficits_of_order, merged
from hub.monitor.order_search import NOT_SOLD
from hub.monitor.trouble_queries import Named, Trouble, moment, names_in, troubles_of_order
from hub.orders.queries import OrderView, order_by_name
from hub.orders.rules import refund_due
from sync.storage.reader import Reader

_PAYMENTS: Final = (
    "SELECT provider, state, minor, currency, reference, COALESCE(settled_at, at) FROM payment"
    " WHERE order_id = ? LIMIT 200"
)
_WAITING: Final = "SELECT COALESCE(SUM(minor), 0) FROM capture WHERE order_id = ? AND outcome = 'waiting'"
_FORCED: Final = "SELECT minor, at, by, reason FROM forced_refund WHERE order_id = ? ORDER BY id LIMIT 20"


@dataclass(frozen=True, slots=True)
class OrderPayment:
    """Money asked for, taken or given back (negative)."""

    provider: str
    state: str
    minor: int
    currency: str
    reference: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Forced:
    """A refund that HQ forced: what went back, when, by whom, why."""

    minor: int
    at: datetime | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with what belongs to it.

    `lost` units were short or given up, `due_minor` is what the others cost, `paid_minor` what was
    paid and not given back, `waiting_minor` what of it waits for the store. `troubles` name the order, or are
    deficits of its goods while it was open; their facts are without the order itself, and `named` tells what
    the others are called.
    """

    order: OrderView
    payments: Sequence[OrderPayment]
    troubles: Sequence[Trouble]
    named: Named
    forced: Sequence[Forced] = ()
    waiting_minor: int = 0

    @property
    def can_force_refund(self) -> bool:
        """Whether HQ may give back money for it although its store has not answered."""
        return self.forced_minor > 0

    @property
    def forced_minor(self) -> int:
        """What goes back if HQ forces it: all that was paid online, or what alone waits for the store."""
        is_asked = self.order.cancel_asked_at is not None and not self.order.is_closed
        if is_asked and self.order.is_paid_online:
            return self.left_minor
        return min(self.left_minor, self.waiting_minor)

    @property
    def left_minor(self) -> int:
        """Money paid online that was not given back."""
        online = [one for one in self.payments if not one.provider.startswith("till-")]
        return sum(one.minor for one in online if one.state in {"captured", "refunded"})

    @property
    def till_minor(self) -> int:
        """Money paid at the counter that was not given back."""
        till = [one for one in self.payments if one.provider.startswith("till-")]
        return sum(one.minor for one in till if one.state in {"captured", "refunded"})

    @property
    def units(self) -> int:
        """All units ordered."""
        return sum(line.qty for line in self.order.lines)

    @property
    def lost(self) -> int:
        """Units that nobody gets."""
        return sum(lost for _, _, lost in self._lines())

    @property
    def due_minor(self) -> int:
        """What the units cost that are, or can still be, handed over."""
        return max(0, self.order.total_minor - refund_due(self._lines()))

    @property
    def paid_minor(self) -> int:
        """What was paid and not given back."""
        return sum(one.minor for one in self.payments if one.state in {"captured", "refunded"})

    def _lines(self) -> list[tuple[int, int, int]]:
        """Amount, units and units lost of each line."""
        is_off = self.order.stage in NOT_SOLD
        return [
            (line.amount_minor, line.qty, line.qty if is_off else line.short + line.released)
            for line in self.order.lines
        ]


async def read_order(reader: Reader, name: str) -> OrderDetail | None:
    """The order with a number or an id."""
    order = await order_by_name(reader, name)
    if order is None:
        return None
    payments = sorted(
        (
            OrderPayment(row[0], row[1], row[2], row[3], row[4], moment(row[5]))
            for row in await reader.all(_PAYMENTS, (order.id,))
        ),
        key=lambda one: (one.at is None, str(one.at)),
    )
    found = await troubles_of_order(reader, order.store, order.id, order.number)
    own = {("order", order.id), ("order", order.number), ("number", order.number)}
    bare = [replace(one, facts=tuple(fact for fact in one.facts if fact not in own)) for one in found]
    goods = await deficits_of_order(reader, order.store, order.id, order.placed_at, order.closed_at)
    troubles = merged(bare, goods)
    forced = [
        Forced(row[0], moment(row[1]), row[2], row[3]) for row in await reader.all(_FORCED, (order.id,))
    ]
    (waiting,) = await reader.one(_WAITING, (order.id,)) or (0,)
    return OrderDetail(order, payments, troubles, await names_in(reader, troubles), forced, waiting)
