"""What the counter shows: orders to pick, ready, and to put back; one order within a command."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos_agent.ledger.store_book import SqliteStoreBook, parse_body
from pos_agent.pickup.view import Goods, order_json
from sync.rules.holds import LineCount, StoreHold
from sync.rules.store.prepaid import due_minor
from sync.storage.reader import Reader, Row
from sync.values.clock import to_instant

MOST_SHOWN: Final = 300
_SURE: Final = "h.stage IN ('received', 'picking', 'ready') AND NOT h.unsure"
_UNSURE: Final = "h.stage IN ('received', 'picking', 'ready') AND h.unsure"
_BACK: Final = "h.stage = 'closed' AND h.order_id IN (SELECT order_id FROM hold_line WHERE staged > 0)"
_HOLDS: Final = (
    "SELECT h.order_id, h.stage, h.closed_at, h.closed_by, h.body, h.unsure,"
    " h.prepaid_minor FROM hold h WHERE "
)
_LINES: Final = (
    "SELECT l.order_id, l.line, l.sku, l.qty, l.done, l.short, l.released, l.staged"
    " FROM json_each(?) k JOIN hold_line l ON l.order_id = k.value ORDER BY l.order_id, l.line"
)
_BAGS: Final = (
    "SELECT b.order_id, b.place, b.bags, b.prints FROM json_each(?) k"
    " JOIN bag_label b ON b.order_id = k.value"
)
_GOODS: Final = (
    "SELECT k.value, coalesce((SELECT gtin FROM gtin WHERE sku = k.value AND pieces = 1"
    " ORDER BY place LIMIT 1), ''), p.names, p.shelf,"
    " coalesce(s.floor + s.staged - s.granted + s.returned + s.settled, 0), coalesce(p.unit, 'pcs'),"
    " (SELECT json_group_array(DISTINCT pieces) FROM gtin WHERE sku = k.value AND pieces > 1)"
    " FROM json_each(?) k"
    " LEFT JOIN product p ON p.sku = k.value LEFT JOIN stock s ON s.sku = k.value"
)


async def counter_lists(reader: Reader, currency: str, day_start: str) -> dict[str, Any]:
    """All that the counter's page shows: units to look for first, then the oldest promise.

    Args:
        reader: the database.
        currency: for orders whose body has gone.
        day_start: the instant at which the store's day began.
    """
    holds = await _holds(reader, _SURE)
    unsure = await _holds(reader, _UNSURE)
    back = await _holds(reader, _BACK)
    goods = await read_goods(reader, (line.sku for hold in (*holds, *unsure, *back) for line in hold.lines))
    bags = _bags_by_order(await reader.all(_BAGS, (json.dumps([hold.order for hold in holds]),)))
    shown = [order_json(hold, goods, currency, due_minor(hold), bags.get(hold.order)) for hold in holds]
    shown.sort(key=lambda order: (not _is_sought(order), order["ready_by"] or "", order["order"]))
    collected = await reader.one(
        "SELECT count(*) FROM receipt WHERE kind = 'pickup' AND at >= ?", (day_start,)
    )
    return {
        "to_check": [order_json(hold, goods, currency, due_minor(hold)) for hold in unsure],
        "to_pick": [order for order in shown if order["stage"] != "ready"],
        "ready": [order for order in shown if order["stage"] == "ready"],
        "put_back": [order_json(hold, goods, currency, 0) for hold in back],
        "collected_today": collected[0] if collected else 0,
    }


def _is_sought(order: dict[str, Any]) -> bool:
    """Whether units of a shown order are to be looked for."""
    return any(line["look"] for line in order["lines"])


def day_start(now: datetime, zone: ZoneInfo) -> str:
    """The instant at which the day of `now` began in a zone."""
    local = now.astimezone(zone)
    return to_instant(datetime.combine(local.date(), time(), zone))


def goods_of(book: SqliteStoreBook, skus: set[str]) -> dict[str, Goods]:
    """What the store knows of some SKUs, with the units that are free as this command leaves them."""
    rows = book.tx.all(_GOODS, (json.dumps(sorted(skus)),))
    return {sku: replace(one, free=book.stock(sku).free) for sku, one in _goods_by_sku(rows).items()}


def order_view(book: SqliteStoreBook, order: str, currency: str) -> dict[str, Any]:
    """One order as this command leaves it."""
    hold = book.hold(order)
    assert hold is not None
    goods = goods_of(book, {line.sku for line in hold.lines})
    bags = _bags_by_order(book.tx.all(_BAGS, (json.dumps([order]),)))
    return order_json(hold, goods, currency, due_minor(hold), bags.get(order))


def _bags_by_order(rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
    return {order: {"place": place, "bags": bags, "prints": prints} for order, place, bags, prints in rows}


async def _holds(reader: Reader, where: str) -> list[StoreHold]:
    """Holds that fit a condition, at most MOST_SHOWN, those that end first."""
    heads = await reader.all(f"{_HOLDS}{where} ORDER BY h.expires_at, h.order_id LIMIT {MOST_SHOWN}")
    shown = json.dumps([head[0] for head in heads])
    lines: dict[str, list[LineCount]] = {}
    for order, line, sku, qty, done, short, released, staged in await reader.all(_LINES, (shown,)):
        count = LineCount(
            line=line, sku=sku, qty=qty, done=done, short=short, released=released, staged=staged
        )
        lines.setdefault(order, []).append(count)
    return [
        StoreHold(
            order=order,
            stage=stage,
            lines=tuple(lines.get(order, ())),
            body=parse_body(body) if body else None,
            closed_at=closed_at,
            closed_by=closed_by,
            unsure=bool(unsure),
            prepaid_minor=prepaid_minor,
        )
        for order, stage, closed_at, closed_by, body, unsure, prepaid_minor in heads
    ]


async def read_goods(reader: Reader, skus: Iterable[str]) -> Mapping[str, Goods]:
    """What the store knows of some SKUs."""
    return _goods_by_sku(await reader.all(_GOODS, (json.dumps(sorted(set(skus))),)))


def _goods_by_sku(rows: Iterable[Row]) -> dict[str, Goods]:
    return {
        sku: Goods(
            gtin=gtin,
            names=json.loads(names) if names else {},
            shelf=shelf or "",
            free=free,
            unit=unit,
            cases=tuple(sorted(json.loads(cases), reverse=True)),
        )
        for sku, gtin, names, shelf, free, unit, cases in rows
    }
