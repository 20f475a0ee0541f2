"""An order that came back from its store's log: when it was promised, as far as the log tells."""

import json

import pytest

from hub.orders.recover_order import recover_order
from sync.rules.facts import Held, HeldLine, HoldStep
from tests.unit.hub.stock.small_chain import SmallHub, enrol

RECEIVED = "2026-05-01T10:00:05.000Z"


def held(expires_at: str) -> Held:
    """A tea, kept until a moment."""
    return Held(
        number="260501-1",
        code_hash="h",
        pay_at="counter",
        due_minor=400,
        currency="CNY",
        expires_at=expires_at,
        locale="en",
        lines=(HeldLine(line=1, sku="tea", qty=1, price_minor=400),),
    )


@pytest.mark.parametrize(
    ("hold_hours", "expires_at", "ready_by"),
    [
        (24, "2026-05-02T13:30:00.000Z", "2026-05-01T13:30:00.000Z"),
        (None, "2026-05-03T11:00:00.000Z", "2026-05-01T11:00:00.000Z"),
        (48, "2026-05-02T13:30:00.000Z", RECEIVED),  # the store keeps orders longer than it did then
        (720, "2000-01-01T00:00:00.000Z", RECEIVED),
    ],
)
async def test_a_rebuilt_order_has_the_promise_that_its_end_tells(
    hub: SmallHub, hold_hours: int | None, expires_at: str, ready_by: str
) -> None:
    await enrol(hub)
    policy = {} if hold_hours is None else {"pickup": {"hold_hours": hold_hours}}
    step = HoldStep(order="o-9", to="received", at=RECEIVED, held=held(expires_at))
    writer = hub.kernel.writer
    await writer.run(lambda tx: tx.execute("UPDATE store SET settings = ?", (json.dumps(policy),)))
    await writer.run(lambda tx: recover_order(tx, "s1", step, held(expires_at)))
    kept = await hub.one("SELECT placed_at, ready_by, expires_at FROM orders WHERE id = 'o-9'")
    assert kept == (RECEIVED, ready_by, expires_at)
