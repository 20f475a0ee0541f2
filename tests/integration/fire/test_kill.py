"""SIGKILL of broker, hub, agent, one after the other and all at once, under a stream of sales and orders.

The clients keep a list of what they were told. Afterwards nothing told is lost, nothing is doubled, and both
books verify.
"""

import asyncio
import itertools
import sys
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.integration.fire.people import Scene, until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

VICTIMS = {
    "broker": ("broker",),
    "hub": ("hub",),
    "agent": ("agent",),
    "all at once": ("broker", "hub", "agent"),
}
ORDER_SKU, SALE_SKU = "BE1010", "BE1011"
CALM_S, DOWN_S, AFTER_S = 1.0, 0.5, 2.0
_keys = itertools.count()


@dataclass
class Told:
    """What the clients were told, and whether they go on."""

    orders: dict[str, str] = field(default_factory=dict)
    sales: dict[str, int] = field(default_factory=dict)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.mark.parametrize("victims", list(VICTIMS))
async def test_nothing_told_is_lost_or_doubled(
    scene: Scene, victims: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"sku": sku, "qty": 4000} for sku in (ORDER_SKU, SALE_SKU)]
    delivery = {"ref": f"kill {victims}", "reason": "receive", "lines": lines}
    assert scene.agent.post("/api/v1/stock/receive", json=delivery).status_code == 201
    until(scene.in_step)
    orders_before, sold_before = _orders(scene), _sold(scene)

    told = Told()
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(_buy(scene, told))
        group.create_task(_sell(scene, told))
        await asyncio.sleep(CALM_S)
        for name in VICTIMS[victims]:
            scene.kill(name)
        await asyncio.sleep(DOWN_S)
        for name in VICTIMS[victims]:
            scene.start(name)
        await asyncio.to_thread(until, scene.answers)
        await asyncio.sleep(AFTER_S)
        told.is_over.set()

    with capsys.disabled():
        sys.stdout.write(f"\nkill {victims}: {len(told.orders)} orders and {len(told.sales)} sales told\n")
    assert told.orders
    assert told.sales
    scene.assert_books_are_right(ORDER_SKU, SALE_SKU)
    assert _orders(scene) - orders_before == len(told.orders)
    assert len(set(told.orders.values())) == len(told.orders)
    for token in told.orders.values():
        assert scene.hub.get(f"/api/v1/orders/{token}").json()["state"] in {"pending_store", "accepted"}
    assert _sold(scene) - sold_before == sum(told.sales.values())


async def _buy(scene: Scene, told: Told) -> None:
    """One order after the other; each is repeated with its key until there is an answer."""
    async with httpx.AsyncClient(base_url=scene.told["hub"]["url"], trust_env=False, timeout=10) as buyer:
        while not told.is_over.is_set():
            key = f"kill-{next(_keys)}"
            body = {
                "store": scene.store["id"],
                "lines": [{"sku": ORDER_SKU, "qty": 1}],
                "contact": {"name": "Li Na", "phone": "+8613800138000"},
                "pay": "counter",
                "locale": "en",
            }
            answer = await _insist(buyer, "/api/v1/orders", body, {"idempotency-key": key})
            assert answer.status_code in {201, 409}, answer.text
            if answer.status_code == 201:
                told.orders[key] = answer.json()["url"].rpartition("/")[2]


async def _sell(scene: Scene, told: Told) -> None:
    """One sale after the other; each step is repeated until there is an answer."""
    headers = {"authorization": f"Bearer {scene.token}"}
    async with httpx.AsyncClient(
        base_url=scene.store["agent_url"], trust_env=False, timeout=10, headers=headers
    ) as till:
        await _insist(till, "/api/v1/till/clear", {}, {})
        while not told.is_over.is_set():
            added = await _insist(till, "/api/v1/till/lines", {"sku": SALE_SKU, "qty": 1}, {})
            ticket = added.json()
            # a line that was added but not told stands on the ticket twice: the ticket says what is sold
            pay = {"tender": "cash", "ticket": ticket["id"], "given_minor": ticket["total_minor"]}
            paid = await _insist(till, "/api/v1/till/pay", pay, {})
            assert paid.status_code == 200, paid.text
            told.sales[ticket["id"]] = paid.json()["count"]


async def _insist(
    client: httpx.AsyncClient, path: str, body: object, headers: dict[str, str]
) -> httpx.Response:
    """Repeat a call until the program answers; 503 means: again in a moment."""
    async with asyncio.timeout(60):
        while True:
            try:
                answer = await client.post(path, json=body, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code != 503:
                return answer
            await asyncio.sleep(0.05)


def _orders(scene: Scene) -> int:
    """Orders of the SKU that the store's own books hold, whatever became of them."""
    own = scene.balance(ORDER_SKU)
    return own["open"] + own["settled"]


def _sold(scene: Scene) -> int:
    """Units of the SKU that left the shelf by sales, as the ledger says."""
    sold, before = 0, ""
    while True:
        page: list[dict[str, Any]] = scene.agent.get(f"/api/v1/stock/{SALE_SKU}/movements{before}").json()[
            "movements"
        ]
        if not page:
            return sold
        sold += sum(row["qty"] for row in page if row["reason"] == "sale")
        before = f"?before={page[-1]['seq']}"
