"""Orders follow the holds that a new log begins with: a restored hub may not know how they went on."""

from typing import Any

import pytest

from hub.orders.follow_store import conclude
from sync.rules.baseline import Carried, CarriedLine
from tests.unit.hub.stock.small_chain import AT, SmallHub, enrol, exchange

LATER = "2026-05-01T11:00:00.000Z"
STATE = "SELECT stage, payment, paid_minor, closed_at FROM orders"


def carried(order: str, stage: Any, **counters: int) -> Carried:
    """Two teas of an order as a log's beginning tells them."""
    return Carried(
        order=order, stage=stage, lines=(CarriedLine(line=1, sku="tea", qty=2, **counters),), at=LATER
    )


async def ordered(hub: SmallHub, **changes: Any) -> str:
    """An order of two teas."""
    store = await enrol(hub)
    store.receive("tea", 9)
    await exchange(hub, store)
    placed = await hub.place(lines=[("tea", 2)], **changes)
    return str(placed["id"])


async def follow(hub: SmallHub, hold: Carried) -> None:
    """The hub concludes from a carried hold, as it stands in the mirror by then."""
    line = hold.lines[0]
    await hub.kernel.writer.run(
        lambda tx: tx.execute(
            "INSERT INTO hold_line (order_id, line, store, sku, qty, done, short, released, dispatched)"
            " VALUES (?, 1, 's1', 'tea', 2, ?, ?, ?, 1) ON CONFLICT (order_id, line) DO UPDATE SET"
            " done = excluded.done, short = excluded.short, released = excluded.released, dispatched = 1",
            (hold.order, line.done, line.short, line.released),
        )
    )
    await hub.kernel.writer.run(lambda tx: conclude(tx, "s1", hold))


@pytest.mark.parametrize(
    ("stage", "counters", "expected"),
    [
        ("received", {}, "accepted"),
        ("picking", {"staged": 1}, "picking"),
        ("ready", {"staged": 2}, "ready"),
        ("closed", {"done": 2}, "collected"),
        ("closed", {"released": 2}, "cancelled"),
        ("closed", {"short": 2}, "short"),
    ],
)
async def test_an_order_stands_where_the_log_says(
    hub: SmallHub, stage: str, counters: dict[str, int], expected: str
) -> None:
    order = await ordered(hub)
    await follow(hub, carried(order, stage, **counters))
    assert (await hub.one(STATE))[0] == expected


async def test_an_order_whose_payment_was_lost_is_paid_and_goes_on_where_its_store_has_it(
    hub: SmallHub,
) -> None:
    order = await ordered(hub, pay="sandbox")
    await hub.kernel.writer.run(
        lambda tx: tx.execute(
            "UPDATE orders SET stage = 'cancelled', payment = 'unpaid', closed_at = ?", (AT,)
        )
    )
    await follow(hub, carried(order, "picking", staged=1))
    assert await hub.one(STATE) == ("picking", "paid", 600, None)


async def test_money_for_an_order_that_ended_in_the_lost_hours_goes_back(hub: SmallHub) -> None:
    order = await ordered(hub, pay="sandbox")
    await hub.kernel.writer.run(
        lambda tx: tx.execute(
            "UPDATE orders SET stage = 'cancelled', payment = 'unpaid', closed_at = ?", (AT,)
        )
    )
    await follow(hub, carried(order, "closed", released=2))
    assert await hub.one(STATE) == ("cancelled", "refunded", 600, LATER)
    left = await hub.one("SELECT SUM(minor) FROM payment WHERE state IN ('captured', 'refunded')")
    assert left == 0


async def test_what_is_known_already_changes_nothing(hub: SmallHub) -> None:
    order = await ordered(hub)
    await follow(hub, carried(order, "closed", released=2))
    before = await hub.one("SELECT * FROM orders")
    hold = Carried(
        order=order, stage="closed", lines=(CarriedLine(line=1, sku="tea", qty=2, released=2),), at=AT
    )
    await follow(hub, hold)
    assert await hub.one("SELECT * FROM orders") == before
    await follow(hub, carried("another", "closed", done=2))
    assert await hub.one("SELECT COUNT(*) FROM orders") == 1
