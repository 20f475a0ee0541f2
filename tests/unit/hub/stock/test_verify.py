"""The self-check finds every kind of disagreement that is planted, and none in books that agree."""

import asyncio
from typing import Any

import pytest

from hub.stock.verify import MOST_FINDINGS, verify
from tests.unit.hub.stock.small_chain import PayAsked, SmallHub, enrol, everything, exchange


@pytest.fixture
async def kept(hub: SmallHub) -> SmallHub:
    """Books with a collected order, an open one, a paid one and a dropped one."""
    store = await enrol(hub)
    store.receive("tea", 20)
    store.receive("soap", 4)
    store.receive("odd", 4)
    await exchange(hub, store)
    first = await hub.place("k1", lines=[("tea", 2), ("soap", 1)])
    paid = await hub.place("k2", pay="sandbox")
    await hub.place("k3", pay="sandbox")
    await hub.kernel.writer.run(PayAsked(hub.kernel, paid["pay_url"].rsplit("/", 1)[1], "r"))
    await exchange(hub, store)
    store.hand_over(first["id"])
    store.sell("tea", 1)
    await exchange(hub, store)
    return hub


async def test_books_that_agree_have_no_findings(kept: SmallHub) -> None:
    report = await verify(kept.kernel.reader)
    assert report.findings == ()
    assert (report.stores, report.orders) == (2, 3)
    assert report.events == await kept.one("SELECT COUNT(*) FROM event") > 6
    assert await kept.one("SELECT COUNT(*) FROM dead_letter") > 0


PLANTED = {
    "a lost event": ("DELETE FROM event WHERE seq = 3", "out of sequence"),
    "a lost last event": (
        "DELETE FROM event WHERE seq = (SELECT MAX(seq) FROM event)",
        "events are kept, but",
    ),
    "a changed event": (
        "UPDATE event SET raw = replace(raw, '\"qty\":20', '\"qty\":21') WHERE seq = 1",
        "the chain over its events",
    ),
    "a changed chain": ("UPDATE store_stream SET chain = '00000000000000aa' WHERE store = 's1'", "the chain"),
    "a floor that moved by itself": ("UPDATE stock SET floor = floor + 1 WHERE sku = 'tea'", "s1 tea: kept"),
    "a grant out of nothing": ("UPDATE stock SET granted = granted + 1 WHERE sku = 'tea'", "s1 tea: kept"),
    "stock that vanished": ("DELETE FROM stock WHERE sku = 'soap'", "s1 soap: kept"),
    "a forgotten promise": ("UPDATE stock SET promised = promised - 1 WHERE sku = 'tea'", "s1 tea: promised"),
    "a settlement too many": ("UPDATE stock SET settled = settled + 1 WHERE sku = 'tea'", "settled"),
    "a line settled by nobody": (
        "UPDATE hold_line SET released = 1 WHERE done = 0 AND dispatched = 1",
        "kept done, short, released",
    ),
    "a hold without an order": ("DELETE FROM order_line WHERE line = 2", "no order or no stock"),
    "an order without a hold": ("DELETE FROM hold_line WHERE line = 2", "held None"),
    "a hold of another size": ("UPDATE hold_line SET qty = qty + 1 WHERE done = 0", "sold 1 of tea, held 2"),
    "an order's total": (
        "UPDATE orders SET total_minor = total_minor + 1 WHERE pay = 'counter'",
        "total 1051",
    ),
    "a payment lost": ("DELETE FROM payment WHERE state = 'captured'", "paid 300, payments sum to 0"),
    "an event that is no JSON": ("UPDATE event SET raw = '{' WHERE seq = 1", "event 1 is out of sequence"),
    "a movement lost": ("DELETE FROM movement WHERE sku = 'soap'", "s1 soap: 0 movements kept are not the"),
    "a movement changed": (
        "UPDATE movement SET ref = 'x' WHERE sku = 'tea' AND seq = 1",
        "movements kept are not the",
    ),
    "a movement out of nothing": (
        (
            "INSERT INTO movement SELECT store, 'comb', sinc, seq, 9, qty, source, target, reason, ref,"
            " actor, at FROM movement WHERE sku = 'tea' AND seq = 1"
        ),
        "s1 comb: 1 movements kept are not the 0",
    ),
    "money that no till took": (
        (
            "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at)"
            " SELECT 'x', id, 'till-cash', 'refunded', -1, 'CNY', '', '' FROM orders WHERE pay = 'counter'"
        ),
        "the tills took 1050, payments of tills sum to 1049",
    ),
    "money given back for nothing": (
        (
            "INSERT INTO payment (id, order_id, provider, state, minor, currency, reference, at)"
            " SELECT 'x', id, 'sandbox', 'refunded', -1, 'CNY', '', '' FROM orders"
            " WHERE pay = 'sandbox' AND payment = 'paid'"
        ),
        "refunded 1, units not handed over are worth 0",
    ),
    "goods handed over for nothing": (
        ("DELETE FROM payment WHERE provider = 'till-cash';"),
        "goods worth 1050 were handed over and nothing was paid",
    ),
    "a loss that is none": ("UPDATE orders SET loss_minor = 5 WHERE pay = 'counter'", "a loss of 5 is noted"),
    "money of nobody": (
        (
            "INSERT INTO capture (provider, reference, payment_id, minor, currency, at, outcome)"
            " VALUES ('sandbox', 'p7', 'x', 900, 'CNY', '', 'unknown')"
        ),
        "sandbox took 900 under p7 (unknown): it stands on no order",
    ),
    "money that was heard of and forgotten": (
        "UPDATE capture SET reference = 'p8'",
        "sandbox took 300 under p8 (paid): it stands on no order",
    ),
    "a payment doubled": ("UPDATE orders SET paid_minor = 600 WHERE paid_minor = 300", "paid 600"),
}


@pytest.mark.parametrize("what", PLANTED)
async def test_each_planted_disagreement_is_found_and_nothing_is_changed(kept: SmallHub, what: str) -> None:
    sql, words = PLANTED[what]
    changed = await kept.kernel.writer.run(lambda transaction: transaction.execute(sql).rowcount)
    assert changed >= 1
    before = everything(kept.path)
    report = await verify(kept.kernel.reader)
    assert any(words in str(finding) for finding in report.findings), report.findings
    assert everything(kept.path) == before


async def test_findings_are_limited(kept: SmallHub) -> None:
    def plant(transaction: Any) -> None:
        for number in range(150):
            transaction.execute(
                "INSERT INTO stock (store, sku, floor, staged, damaged, granted, settled, returned, promised,"
                " floor_request) VALUES ('s1', ?, 1, 0, 0, 0, 0, 0, 0, '')",
                (f"x{number}",),
            )

    await kept.kernel.writer.run(plant)
    assert len((await verify(kept.kernel.reader)).findings) == MOST_FINDINGS


async def test_a_hub_that_serves_meanwhile_is_no_disagreement(hub: SmallHub) -> None:
    store = await enrol(hub)
    store.receive("tea", 100)
    await exchange(hub, store)

    async def trade() -> None:
        for number in range(30):
            await hub.place(f"k{number}")
            store.sell("tea", 1)
            await exchange(hub, store)

    trading = asyncio.ensure_future(trade())
    checks = 0
    while not trading.done():
        assert (await verify(hub.kernel.reader)).findings == ()
        checks += 1
    await trading
    assert checks > 3
