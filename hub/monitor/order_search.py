"""Looking orders up: by number, pickup code, or the last digits of a phone number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub.monitor.queries import moment
from sync.storage.reader import Reader

MOST: Final = 100
_LIKE: Final = str.maketrans({"%": "\\%", "_": "\\_", "\\": "\\\\"})


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order in the list: no name and no whole phone number."""

    number: str
    store: str
    stage: str
    payment: str
    total_minor: int
    currency: str
    phone_tail: str
    units: int
    placed_at: datetime
    ready_by: datetime


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
        "SELECT o.number, o.store, o.stage, o.payment, o.total_minor, o.currency, COALESCE(c.phone_tail, ''),"  # noqa: S608  # conditions are our own
        " (SELECT COALESCE(SUM(l.qty), 0) FROM order_line l WHERE l.order_id = o.id), o.placed_at, o.ready_by"
        " FROM orders o LEFT JOIN order_contact c ON c.order_id = o.id"
        f" WHERE {' AND '.join(where)} ORDER BY o.id DESC LIMIT ?",
        [*values, MOST],
    )
    return [
        FoundOrder(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], placed, ready)
        for row in rows
        if (placed := moment(row[8])) is not None and (ready := moment(row[9])) is not None
    ]
