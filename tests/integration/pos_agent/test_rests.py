"""The online channel's rest over a line: units go to the channel that sells them, and no message is lost."""

from pathlib import Path

from pos_agent.ledger.verify import verify
from tests.integration.pos_agent.hub_stage import until
from tests.integration.pos_agent.test_agent_line import joined, meet
from tests.unit.pos_agent.agent_stage import COLA, hold_item
from tests.unit.pos_agent.learned import learn
from tests.unit.pos_agent.test_trade_memory import sell


async def test_units_come_back_to_a_floor_that_sells_more(template: Path, tmp_path: Path) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await stage.receive(SKU_1=10)
        await meet(stage, hub)
        await learn(stage, till=80, online=2)
        assert await sell(stage, COLA, 1) == 200
        await until(lambda: hub.book.stock(COLA).returned > 0)  # type: ignore[union-attr]
        await meet(stage, hub)
        stock = await stage.sku(COLA)
        assert (stock.online, stock.free) == (1, 8)
        assert hub.book.stock(COLA).available == 1  # type: ignore[union-attr]
    assert verify(stage.path) == []


async def test_an_order_is_followed_by_new_units_for_the_next_one(template: Path, tmp_path: Path) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await learn(stage, till=2, online=80)
        await stage.receive(SKU_1=10)
        await meet(stage, hub)
        assert hub.book.stock(COLA).available == 9  # type: ignore[union-attr]
        hub.order(hold_item("o-1", (COLA, 6)))
        await until(lambda: hub.book.stock(COLA).available == 4)  # type: ignore[union-attr]
        await meet(stage, hub)
        assert (await stage.sku(COLA)).free == 0
    assert verify(stage.path) == []
