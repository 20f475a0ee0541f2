"""Open pages hear of an order by the command that changed it, once, and only after COMMIT."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest
from starlette.requests import Request

from hub.orders.change_order import Cancel
from hub.orders.sweep import lapse
from sync.rules.errors import Short
from tests.unit.hub.stock.small_chain import PayAsked, SetClock, SmallHub, enrol, exchange

TEA = b'event: stock\ndata: {"store":"s1","sku":"tea"}\n\n'
SHELVES = b'event: stock\ndata: {"store":"s1","skus":["soap","tea"]}\n\n'
ORDER = b"event: order\ndata: {}\n\n"
END = b"event: end\ndata: null\n\n"


@pytest.fixture
async def stocked(hub: SmallHub) -> SmallHub:
    """s1 has granted 5 teas and 5 soaps."""
    store = await enrol(hub)
    store.receive("tea", 10)
    store.receive("soap", 10)
    await exchange(hub, store)
    return hub


async def opened(hub: SmallHub, channel: str) -> AsyncIterator[bytes]:
    """A page that listens on a channel."""
    answer = hub.kernel.events.response(Request({"type": "http"}), [channel, "end"])
    page = cast("AsyncIterator[bytes]", answer.body_iterator.__aiter__())
    assert (await anext(page)).startswith(b"retry:")
    return page


async def heard(hub: SmallHub, page: AsyncIterator[bytes]) -> list[bytes]:
    """All that the page was told up to now."""
    hub.kernel.events.publish("end", "end")
    frames: list[bytes] = []
    async with asyncio.timeout(10):
        while (frame := await anext(page)) != END:
            frames.append(frame)
    return frames


async def unpaid(hub: SmallHub) -> tuple[str, str]:
    """An order that waits for its money: its token and payment."""
    answer = await hub.place("unpaid", pay="sandbox", lines=[("tea", 1), ("soap", 1)])
    return answer["url"].rsplit("/", 1)[1], answer["pay_url"].rsplit("/", 1)[1]


@pytest.mark.parametrize("pay", ["counter", "sandbox"])
async def test_a_placed_order_is_told_once_to_the_pages_of_its_shelves(stocked: SmallHub, pay: str) -> None:
    of_tea, of_store = await opened(stocked, "stock:s1:tea"), await opened(stocked, "stock:s1")
    elsewhere = await opened(stocked, "stock:s2")
    await stocked.place(pay=pay, lines=[("tea", 1), ("soap", 1), ("tea", 1)])
    assert await heard(stocked, of_tea) == [TEA]
    assert await heard(stocked, of_store) == [SHELVES]
    assert await heard(stocked, elsewhere) == []


async def test_a_refused_order_and_one_told_again_are_told_to_nobody(stocked: SmallHub) -> None:
    await stocked.place("k1")
    page = await opened(stocked, "stock:s1:tea")
    await stocked.place("k1")
    with pytest.raises(Short):
        await stocked.place("k2", lines=[("soap", 1), ("tea", 5)])
    assert await heard(stocked, page) == []


async def test_money_taken_is_told_once_to_the_orders_page(stocked: SmallHub) -> None:
    token, payment = await unpaid(stocked)
    page = await opened(stocked, f"order:{token}")
    for _ in range(2):
        await stocked.kernel.writer.run(PayAsked(stocked.kernel, payment, "ref"))
    assert await heard(stocked, page) == [ORDER]


async def test_an_unpaid_order_cancelled_is_told_to_its_page_and_its_shelves(stocked: SmallHub) -> None:
    token, _ = await unpaid(stocked)
    page, of_store = await opened(stocked, f"order:{token}"), await opened(stocked, "stock:s1")
    await stocked.kernel.writer.run(Cancel(stocked.kernel, token))
    assert await heard(stocked, page) == [ORDER]
    assert await heard(stocked, of_store) == [SHELVES]


async def test_a_store_asked_to_cancel_is_told_to_the_orders_page_alone(stocked: SmallHub) -> None:
    token = (await stocked.place())["url"].rsplit("/", 1)[1]
    page, of_store = await opened(stocked, f"order:{token}"), await opened(stocked, "stock:s1")
    for _ in range(2):
        await stocked.kernel.writer.run(Cancel(stocked.kernel, token))
    assert await heard(stocked, page) == [ORDER]
    assert await heard(stocked, of_store) == []


async def test_a_lapsed_order_is_told_to_its_page_and_its_shelves(stocked: SmallHub, clock: SetClock) -> None:
    token, _ = await unpaid(stocked)
    page, of_store = await opened(stocked, f"order:{token}"), await opened(stocked, "stock:s1")
    clock.move(minutes=16)
    await lapse(stocked.kernel)
    assert await heard(stocked, page) == [ORDER]
    assert await heard(stocked, of_store) == [SHELVES]
