"""What a buyer is told when units are short: the same that the shop shows, and never that there is enough."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub.catalogue.shop_queries import offers_at
from hub.stores.keep_store import AllotmentPolicy, KeepStore, StoreDraft
from hub.stores.queries import load_directory
from sync.web.errors import Problem
from tests.unit.hub.stock.small_chain import (
    BASE,
    Ledger,
    SetClock,
    SmallHub,
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


async def test_a_product_that_was_refused_is_named_though_the_floor_seemed_to_have_it(hub: SmallHub) -> None:
    await on_the_floor(hub, 5)
    assert await short_lines(hub, 4) == [{"sku": "tea", "wanted": 4, "here": 0, "elsewhere": []}]
