"""What a buyer is told when units are short: the same that the shop shows, and never that there is enough."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.catalogue.shop_queries import offers_at
from hub.orders.take_order import OrderDesk
from hub.settings import ShopSection
from hub.stores.keep_store import AllotmentPolicy, KeepStore, StoreDraft
from hub.stores.queries import load_directory
from sync.web.errors import Problem
from tests.unit.hub.stock.small_chain import (
    BASE,
    Ledger,
    SetClock,
    SmallHub,
    add_skus,
    enrol,
    everything,
    exchange,
    request,
    small_hub,
)


@pytest.fixture
async def hub(tmp_path: Path, schema: Path, clock: SetClock) -> AsyncIterator[SmallHub]:
    """A hub that gives no store time to answer."""
    async with small_hub(tmp_path / "hub", schema, clock, shop={"want_wait_ms": 0}) as running:
        yield running


async def on_the_floor(hub: SmallHub, units: int, store: str = "s1", **policy: Any) -> Ledger:
    """A store in reach with teas on its floor, of which the hub may promise none yet."""
    names = {"zh-CN": store, "en": store}
    draft = StoreDraft(id=store, names=names, allotment=AllotmentPolicy(share_percent=0, **policy))
    await hub.kernel.writer.run(KeepStore(draft, 0))
    ledger = await enrol(hub, store, share=0, **policy)
    ledger.receive("tea", units)
    await exchange(hub, ledger)
    await load_directory(hub.kernel)
    hub.kernel.directory.heard(store)
    return ledger


async def short_lines(hub: SmallHub, qty: int) -> list[dict[str, Any]]:
    """The short lines of a refused order, having seen that no table changed."""
    before = everything(hub.path)
    with pytest.raises(Problem) as refused:
        await hub.desk.take(request(lines=[("tea", qty)]), "k1", BASE)
    assert everything(hub.path) == before
    assert (refused.value.status, refused.value.code) == (409, "stock.short")
    lines: list[dict[str, Any]] = refused.value.extra["lines"]
    return lines


async def test_what_the_floor_always_keeps_is_not_here(hub: SmallHub) -> None:
    await on_the_floor(hub, 5, reserve=3)
    await on_the_floor(hub, 4, "s2", reserve=3)
    assert await short_lines(hub, 4) == [
        {"sku": "tea", "wanted": 4, "here": 2, "elsewhere": [{"store": "s2", "available": 1}]}
    ]


async def test_a_last_unit_that_the_floor_keeps_is_not_offered(hub: SmallHub) -> None:
    await on_the_floor(hub, 1, last_unit="keep")
    store = hub.kernel.directory.get("s1")
    assert store is not None
    offers = await offers_at(hub.kernel.reader, hub.kernel.directory, store, ["tea"])
    assert (offers["tea"].level, offers["tea"].units, offers["tea"].floor) == ("store_only", 0, 1)
    assert await short_lines(hub, 1) == [{"sku": "tea", "wanted": 1, "here": 0, "elsewhere": []}]


async def test_an_order_that_is_sent_again_waits_behind_nobody(
    tmp_path: Path, schema: Path, clock: SetClock
) -> None:
    async with small_hub(tmp_path / "patient", schema, clock, shop={"want_wait_ms": 5_000}) as hub:
        ledger = await enrol(hub)
        ledger.receive("tea", 4)
        await exchange(hub, ledger)
        hub.kernel.directory.heard("s1")
        told = await hub.desk.take(request(), "k1", BASE)
        another = asyncio.create_task(hub.wants.ask("s1", "tea", 9, 30))
        while not await hub.one("SELECT COUNT(*) FROM request WHERE kind = 'want'"):  # noqa: ASYNC110  # another's write
            await asyncio.sleep(0.002)
        before = everything(hub.path)

        async with asyncio.timeout(3):
            assert await hub.desk.take(request(), "k1", BASE) == told
        assert everything(hub.path) == before
        another.cancel()
        await asyncio.gather(another, return_exceptions=True)


async def test_more_pieces_than_an_order_may_have_are_refused_and_a_repeat_is_not(hub: SmallHub) -> None:
    ledger = await enrol(hub, share=100)
    ledger.receive("tea", 500)
    await exchange(hub, ledger)
    most = hub.kernel.settings.shop.most_units
    before = everything(hub.path)
    with pytest.raises(Problem) as refused:
        await hub.desk.take(request(lines=[("tea", most), ("tea", 1)]), "k1", BASE)
    assert (refused.value.status, refused.value.code) == (422, "order.too_many")
    assert refused.value.extra == {"sku": "tea", "most": most}
    assert everything(hub.path) == before
    told = await hub.desk.take(request(lines=[("tea", most)]), "k2", BASE)
    settings = hub.kernel.settings.model_copy(update={"shop": ShopSection(most_units=1)})
    narrow = OrderDesk(replace(hub.kernel, settings=settings), hub.wants)
    assert await narrow.take(request(lines=[("tea", most)]), "k2", BASE) == told


async def test_what_is_weighed_is_ordered_in_more_units_than_pieces_are(hub: SmallHub) -> None:
    await hub.kernel.writer.run(lambda transaction: add_skus(transaction, {"odd": 300}, 3, unit="g"))
    ledger = await enrol(hub, share=100)
    ledger.receive("odd", 5_000)
    await exchange(hub, ledger)
    assert await hub.desk.take(request(lines=[("odd", 1_200)]), "k1", BASE)


async def test_a_product_that_was_refused_is_named_though_the_floor_seemed_to_have_it(hub: SmallHub) -> None:
    await on_the_floor(hub, 5)
    assert await short_lines(hub, 4) == [{"sku": "tea", "wanted": 4, "here": 0, "elsewhere": []}]
