"""Looking orders up: by number, pickup code, or the last digits of a phone number."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from hub.monitor.trouble_queries import moment
from hub.orders.rules import refund_due
from sync.storage.reader import Reader

MOST: Final = 100
_LIKE: Final = str.maketrans({"%": "\\%", "_": "\\_", "\\": "\\\\"})


_LINES: Final = (
    "SELECT l.order_id, l.amount_minor, l.qty, COALESCE(h.short + h.released, 0) FROM order_line l"
    " LEFT JOIN hold_line h ON h.order_id = l.order_id AND h.line = l.line WHERE l.order_id IN ({marks})"
)
_PAID: Final = (
    "SELECT order_id, minor FROM payment WHERE state IN ('captured', 'refunded') AND order_id IN ({marks})"
)
NOT_SOLD: Final = frozenset({"cancelled", "expired", "short"})
"""Stages in which nothing changed hands, so that nothing is to pay."""


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order in the list: no name and no whole phone number.

    `lost` units were short or given up; `due_minor` is what the others cost, `paid_minor` what was
    paid and not given back.
    """

    number: str
    store: str
    stage: str
    payment: str
    total_minor: int
    currency: str
    phone_tail: str
    placed_at: datetime
    ready_by: datetime
    units: int = 0
    lost: int = 0
    due_minor: int = 0
    paid_minor: int = 0


async def find_orders(reader: Reader, text: str, stage: str, store: str) -> list[FoundOrder]:
    """Orders that fit, the newest first, at most MOST.

    Args:
        reader: the database.
        text: part of the number, the whole pickup code, or the last four digits of a phone; empty for all.
        stage: a stage, or empty for all.
        store: a store's id, or empty for all.
    """
    where, values = ["1 = 1"], list[Any]()
    if text:
        where.append("(o.number LIKE ? ESCAPE '\\' OR o.code = ? OR c.phone_tail = ?)")
        values += [f"%{text.upper().translate(_LIKE)}%", text.upper().replace("-", ""), text]
    if stage:
        where.append("o.stage = ?")
        values.append(stage)
    if store:
        where.append("o.store = ?")
        values.append(store)
    rows = await reader.all(
        "SELECT o.id, o.number, o.store, o.stage, o.payment, o.total_minor, o.currency,"  # noqa: S608  # conditions are our own
        " COALESCE(c.phone_tail, ''), o.placed_at, o.ready_by"
        " FROM orders o LEFT JOIN order_contact c ON c.order_id = o.id"
        f" WHERE {' AND '.join(where)} ORDER BY o.id DESC LIMIT ?",
        [*values, MOST],
    )
    found = {
        str(row[0]): FoundOrder(row[1], row[2], row[3], row[4], row[5], row[6], row[7], placed, ready)
        for row in rows
        if (placed := moment(row[8])) is not None and (ready := moment(row[9])) is not None
    }
    return await _with_sums(reader, found)


async def _with_sums(reader: Reader, found: dict[str, FoundOrder]) -> list[FoundOrder]:
    """The orders with their units and their money."""
    lines, paid = defaultdict[str, list[tuple[int, int, int]]](list), defaultdict[str, int](int)
    marks, ids = ",".join("?" * len(found)), list(found)
    for order, amount, qty, lost in await reader.all(_LINES.format(marks=marks), ids):
        lines[order].append((amount, qty, qty if found[order].stage in NOT_SOLD else lost))
    for order, minor in await reader.all(_PAID.format(marks=marks), ids):
        paid[order] += minor
    return [
        replace(
            order,
            units=sum(qty for _, qty, _ in lines[name]),
            lost=sum(lost for _, _, lost in lines[name]),
            due_minor=max(0, order.total_minor - refund_due(lines[name])),
            paid_minor=paid[name],
        )
        for name, order in found.items()
    ]
