"""HQ gives money back for an order whose store does not answer: with a reason, on record, by whoever may."""

import httpx2
import pytest
from starlette.applications import Starlette

from hub.kernel import Kernel
from hub.orders.rules import Stage
from sync.storage.writer import Transaction
from tests.unit.hub.monitor.test_order_detail import keep_order
from tests.unit.hub.stock.small_chain import everything
from tests.unit.hub.stores.running_pages import PAGE, client_of

CALL = "/api/v1/hq/orders/N-1/refund"
FORM = "/hq/orders/N-1/refund"
REASON = {"reason": "门店断网三天"}
PAID = (("sandbox", "captured", 300),)


async def cancelling(kernel: Kernel, stage: Stage = "accepted", *, is_asked: bool = True) -> None:
    """Order N-1, paid 3.00 online, which its buyer wants to cancel."""
    await keep_order(kernel, stage, lines=((3, 0, 0, 0),), paid=PAID)

    def change(transaction: Transaction) -> None:
        asked = "2026-05-01T07:00:00Z" if is_asked else None
        transaction.execute(
            "UPDATE orders SET pay = 'sandbox', paid_minor = 300, cancel_asked_at = ?", (asked,)
        )

    await kernel.writer.run(change)


async def kept(kernel: Kernel) -> tuple[object, ...]:
    """How the order stands."""
    row = await kernel.reader.one("SELECT stage, payment, loss_minor FROM orders")
    assert row is not None
    return tuple(row)


async def test_a_program_gives_money_back_and_it_is_on_record(kernel: Kernel, hq: httpx2.AsyncClient) -> None:
    await cancelling(kernel)
    answer = await hq.post(CALL, json=REASON)
    assert (answer.status_code, answer.json()) == (200, {"order": "N-1", "minor": 300, "currency": "CNY"})
    assert await kept(kernel) == ("accepted", "refunded", 300)
    assert tuple(await kernel.reader.one("SELECT minor, by, reason FROM forced_refund") or ()) == (
        300,
        "hq",
        "门店断网三天",
    )
    again = await hq.post(CALL, json=REASON)
    assert (again.status_code, again.json()["code"], again.json()["why"]) == (
        409,
        "refund.refused",
        "nothing_paid",
    )


@pytest.mark.parametrize(("language", "words"), [("en", "Give ¥3.00 back now"), ("zh-CN", "现在退回 ¥3.00")])
async def test_the_orders_page_offers_it_and_tells_who_did_it(
    kernel: Kernel, hq: httpx2.AsyncClient, language: str, words: str
) -> None:
    await cancelling(kernel)
    headers = {**PAGE, "accept-language": language}
    assert words in (await hq.get("/hq/orders/N-1", headers=headers)).text
    assert (await hq.post(FORM, data=REASON, headers=headers)).status_code == 303
    page = (await hq.get("/hq/orders/N-1", headers=headers)).text
    assert words not in page
    assert "门店断网三天" in page


@pytest.mark.parametrize(
    ("stage", "is_asked", "why"),
    [("accepted", False, "not_cancelling"), ("cancelled", True, "closed")],
)
async def test_an_order_that_nobody_cancels_or_whose_store_answered_is_refused(
    kernel: Kernel, hq: httpx2.AsyncClient, stage: Stage, *, is_asked: bool, why: str
) -> None:
    await cancelling(kernel, stage, is_asked=is_asked)
    before = everything(kernel.reader.path)
    answer = await hq.post(CALL, json=REASON)
    assert (answer.status_code, answer.json()["why"]) == (409, why)
    assert "back now" not in (await hq.get("/hq/orders/N-1", headers=PAGE)).text
    assert everything(kernel.reader.path) == before


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 201}, {"reason": 7}])
async def test_a_refund_without_a_reason_is_refused(
    kernel: Kernel, hq: httpx2.AsyncClient, body: dict[str, object]
) -> None:
    await cancelling(kernel)
    before = everything(kernel.reader.path)
    assert (await hq.post(CALL, json=body)).status_code == 422
    assert (await hq.post("/api/v1/hq/orders/nothing/refund", json=REASON)).status_code == 404
    if all(isinstance(value, str) for value in body.values()):
        again = await hq.post(FORM, data=body, headers=PAGE)
        assert (again.status_code, "Write the reason" in again.text) == (422, True)
        assert 'aria-describedby="refund-fault"' in again.text
    assert everything(kernel.reader.path) == before


async def test_whoever_may_only_look_may_not_give_money_back(
    app: Starlette, kernel: Kernel, monitor: httpx2.AsyncClient
) -> None:
    await cancelling(kernel)
    before = everything(kernel.reader.path)
    assert (await monitor.post(CALL, json=REASON)).status_code == 403
    assert (await monitor.post(FORM, data=REASON, headers=PAGE)).status_code == 403
    assert "back now" not in (await monitor.get("/hq/orders/N-1", headers=PAGE)).text
    async with client_of(app) as nobody:
        assert (await nobody.post(CALL, json=REASON)).status_code == 401
    assert everything(kernel.reader.path) == before
