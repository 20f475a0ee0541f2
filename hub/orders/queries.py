"""Reading an order by its token: as its page, the API and its pickup code show it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub.kernel import Kernel
from hub.orders.rules import CLOSED, masked, refund_due
from hub.pickup.order_token import token_of
from sync.rules.items import HoldItem, HoldLine
from sync.storage.reader import Reader
from sync.values.clock import from_instant, to_instant

MOST_TOKEN_CHARS: Final = 64
_ORDERS: Final = (
    "SELECT o.id, o.number, o.token, o.store, o.sinc, o.stage, o.payment, o.pay, o.total_minor, o.currency,"
    " o.locale, o.code, o.code_hash, o.placed_at, o.ready_by, o.expires_at, o.lapses_at, o.accepted_at,"
    " o.ready_at, o.closed_at, o.cancel_asked_at, o.closed_why, o.paid_minor, o.prepaid_minor,"
    " o.prepaid_at, o.loss_minor, c.name, c.phone_tail,"
    " (SELECT p.id FROM payment p WHERE p.order_id = o.id AND p.provider = 'sandbox'"
    "  AND p.state = 'pending' LIMIT 1) AS payment_id,"
    " (SELECT MIN(p.settled_at) FROM payment p WHERE p.order_id = o.id AND p.state = 'captured') AS paid_at,"
    " (SELECT COALESCE(-SUM(p.minor), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'refunded')"
    "  AS refunded_minor,"
    " (SELECT k.outcome FROM capture k WHERE k.order_id = o.id AND k.outcome IN ('held_again', 'refunded')"
    "  ORDER BY k.at DESC LIMIT 1) AS late,"
    " (SELECT COALESCE(SUM(p.minor), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'captured'"
    "  AND p.provider NOT LIKE 'till-%') AS online_minor,"
    " (SELECT COALESCE(SUM(p.minor), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'captured'"
    "  AND p.provider LIKE 'till-%') AS till_minor,"
    " (SELECT COALESCE(-SUM(p.minor), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'refunded'"
    "  AND (p.reference IN ('double_paid', 'surplus') OR (p.reference = 'late' AND EXISTS"
    "  (SELECT 1 FROM payment t "
    "   WHERE t.order_id = o.id AND t.state = 'captured' AND t.provider LIKE 'till-%')))) AS twice_minor,"
    " (SELECT MAX(h.dispatched) FROM hold_line h WHERE h.order_id = o.id) AS is_dispatched,"
    " EXISTS (SELECT 1 FROM capture w WHERE w.order_id = o.id AND w.outcome = 'waiting') AS is_money_waiting"
    " FROM orders o LEFT JOIN order_contact c ON c.order_id = o.id"
)
BY_TOKEN: Final = f"{_ORDERS} WHERE o.token = ?"
BY_NUMBER: Final = f"{_ORDERS} WHERE o.number = ?"
BY_ID: Final = f"{_ORDERS} WHERE o.id = ?"
_NAMES: Final = (
    "id",
    "number",
    "token",
    "store",
    "sinc",
    "stage",
    "payment",
    "pay",
    "total_minor",
    "currency",
    "locale",
    "code",
    "code_hash",
    "placed_at",
    "ready_by",
    "expires_at",
    "lapses_at",
    "accepted_at",
    "ready_at",
    "closed_at",
    "cancel_asked_at",
    "closed_why",
    "paid_minor",
    "prepaid_minor",
    "prepaid_at",
    "loss_minor",
    "name",
    "phone_tail",
    "payment_id",
    "paid_at",
    "refunded_minor",
    "late",
    "online_minor",
    "till_minor",
    "twice_minor",
    "is_dispatched",
    "is_money_waiting",
)
_LINES: Final = (
    "SELECT l.line, l.sku, l.names, l.gtin, l.image, l.qty, l.unit_minor, l.per, l.amount_minor,"
    " COALESCE(h.done, 0), COALESCE(h.short, 0), COALESCE(h.released, 0)"
    " FROM order_line l LEFT JOIN hold_line h ON h.order_id = l.order_id AND h.line = l.line"
    " WHERE l.order_id = ? ORDER BY l.line"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """A line as it was bought, and what became of its units."""

    line: int
    sku: str
    names: Mapping[str, str]
    gtin: str
    image: str
    qty: int
    unit_minor: int
    per: int
    amount_minor: int
    done: int
    short: int
    released: int

    def name(self, tag: str) -> str:
        """The name for a language tag."""
        return self.names.get(tag) or next(iter(self.names.values()), self.sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order as its buyer may see it. Times are aware UTC; `payment_id` is a payment that waits.

    `is_money_waiting`: it was paid, and its store is asked first what has become of it.
    `prepaid_minor` was paid online for a counter order; `prepaid_at`: when its store granted it. `late` is
    what money came to that was told when the order was over: `held_again` or `refunded`. `online_minor` and
    `till_minor` were taken, `refunded_minor` went back; `twice_minor` of it since it was paid before.
    """

    id: str
    number: str
    token: str
    store: str
    sinc: int
    stage: str
    payment: str
    pay: str
    total_minor: int
    currency: str
    locale: str
    code: str
    code_hash: str
    placed_at: datetime
    ready_by: datetime
    expires_at: datetime
    lapses_at: datetime | None
    accepted_at: datetime | None
    ready_at: datetime | None
    closed_at: datetime | None
    cancel_asked_at: datetime | None
    closed_why: str
    paid_minor: int
    prepaid_minor: int
    prepaid_at: datetime | None
    loss_minor: int
    name: str
    phone_tail: str
    payment_id: str | None
    paid_at: datetime | None
    refunded_minor: int
    late: str | None
    online_minor: int
    till_minor: int
    twice_minor: int
    is_dispatched: bool
    is_money_waiting: bool
    lines: tuple[OrderedLine, ...]

    @property
    def is_closed(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.stage in CLOSED

    @property
    def can_be_collected(self) -> bool:
        """Whether its code opens something at the store."""
        return self.is_dispatched and not self.is_closed

    @property
    def can_cancel(self) -> bool:
        """Whether its buyer may still ask to cancel."""
        return not self.is_closed and self.cancel_asked_at is None

    @property
    def can_pay_online(self) -> bool:
        """Whether a counter order may be paid online after all."""
        is_open = self.can_be_collected and self.cancel_asked_at is None
        return self.pay == "counter" and self.payment == "unpaid" and is_open and self.due_minor > 0

    @property
    def is_paid_online(self) -> bool:
        """Whether online money stands on it, from the start or afterwards."""
        return self.pay != "counter" or self.prepaid_minor > 0

    @property
    def is_late_refund(self) -> bool:
        """Whether money came for it when it was over already, and went back."""
        return not self.is_dispatched and self.refunded_minor > 0

    @property
    def short_minor(self) -> int:
        """What those units cost, in minor units: nobody pays for them."""
        return refund_due([(line.amount_minor, line.qty, line.short) for line in self.lines])

    @property
    def due_minor(self) -> int:
        """What the goods that the store has cost, in minor units."""
        return max(0, self.total_minor - self.short_minor)


async def order_by_token(reader: Reader, token: str) -> OrderView | None:
    """The order that a token opens."""
    if not token or len(token) > MOST_TOKEN_CHARS or not token.isascii():
        return None
    return await _order(reader, BY_TOKEN, token)


async def order_by_name(reader: Reader, name: str) -> OrderView | None:
    """The order with a number, else the one with an id: facts of stores name orders by id."""
    return await _order(reader, BY_NUMBER, name) or await _order(reader, BY_ID, name)


async def _order(reader: Reader, sql: str, sought: str) -> OrderView | None:
    """The order that a statement finds."""
    row = await reader.one(sql, (sought,))
    if row is None:
        return None
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    for name, value in values.items():
        if name.endswith("_at") or name == "ready_by":
            values[name] = from_instant(value) if value is not None else None
    for name in ("is_dispatched", "is_money_waiting"):
        values[name] = bool(values[name])
    values["name"], values["phone_tail"] = values["name"] or "", values["phone_tail"] or ""
    lines = tuple(_line(row) for row in await reader.all(_LINES, (values["id"],)))
    return OrderView(**values, lines=lines)


def _line(row: tuple[Any, ...]) -> OrderedLine:
    """A line from its row."""
    line, sku, names, gtin, image, qty, unit_minor, per, amount, done, short, released = row
    return OrderedLine(
        line=line,
        sku=sku,
        names=json.loads(names),
        gtin=gtin,
        image=image,
        qty=qty,
        unit_minor=unit_minor,
        per=per,
        amount_minor=amount,
        done=done,
        short=short,
        released=released,
    )


def qr_of(kernel: Kernel, order: OrderView) -> str:
    """The text of the order's QR code; empty while no store was told of it, and when it is closed."""
    if not order.can_be_collected:
        return ""
    item = HoldItem(
        order=order.id,
        number=order.number,
        code_hash=order.code_hash,
        pay_at="counter" if order.pay == "counter" else "online",
        due_minor=order.total_minor,
        currency=order.currency,
        placed_at=to_instant(order.placed_at),
        ready_by=to_instant(order.ready_by),
        expires_at=to_instant(order.expires_at),
        lines=tuple(
            HoldLine(
                line=line.line,
                sku=line.sku,
                qty=line.qty,
                names=dict(line.names),
                gtin=line.gtin,
                price_minor=line.amount_minor,
            )
            for line in order.lines
        ),
        contact=masked(order.name),
        phone_tail=order.phone_tail,
        locale=order.locale,
    )
    return token_of(kernel, item, store=order.store, sinc=order.sinc)
