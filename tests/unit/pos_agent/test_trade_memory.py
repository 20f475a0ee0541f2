"""What a store remembers for its allotment: counted in the sale's commit, kept, never relied on."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pos_agent.catalogue.apply_page import apply_page
from pos_agent.ledger.store_book import SqliteStoreBook, read_policy
from pos_agent.ledger.verify import verify
from pos_agent.link.inbox import take_down
from pos_agent.link.rest_keeper import PATIENCE_S, RestKeeper
from sync.rules.canonical import to_raw
from sync.rules.items import ReturnItem, WantItem
from sync.rules.streams import Down, Page
from tests.unit.pos_agent.agent_stage import COLA, MILK, Stage, client, hold_item, staged
from tests.unit.pos_agent.learned import STORE_BODY, TODAY, learn

DEMAND = "SELECT sku, day, till, online FROM demand ORDER BY sku"


def nobody(_wants: Mapping[str, int]) -> None:
    """Asks nothing."""


async def sell(stage: Stage, sku: str, qty: int, given_minor: int = 100_000) -> int:
    """Sell at the first till; returns the answer's status."""
    async with client(stage) as till:
        ticket = (await till.post("/api/v1/till/lines", json={"sku": sku, "qty": qty})).json()
        body = {"given_minor": given_minor, "ticket": ticket["id"]}
        return (await till.post("/api/v1/till/pay", json=body)).status_code


async def test_a_sale_counts_in_its_own_commit(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    assert await stage.rows(DEMAND) == [(COLA, TODAY, 0, 0)]
    before = stage.desk.ledger.writer.commands
    assert await sell(stage, COLA, 3) == 200
    assert stage.desk.ledger.writer.commands - before <= 5
    assert await stage.rows(DEMAND) == [(COLA, TODAY, 3000, 0)]
    assert await stage.rows("SELECT json_extract(body, '$.till[4]') FROM habits") == [(3000,)]


async def test_a_sale_that_fails_counts_nothing(stage: Stage) -> None:
    await stage.receive(SKU_1=4)
    assert await sell(stage, COLA, 3) == 409
    assert await stage.rows(DEMAND) == [(COLA, TODAY, 0, 0)]
    assert await stage.rows("SELECT * FROM habits") == []


async def test_a_command_that_dies_after_the_sale_leaves_no_count(stage: Stage) -> None:
    await stage.receive(SKU_1=10)

    def sells_and_dies(book: SqliteStoreBook) -> None:
        book.memory.count("till", COLA, 2, 0)
        msg = "the machine fell"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="fell"):
        await stage.run(sells_and_dies)
    assert await stage.rows(DEMAND) == [(COLA, TODAY, 0, 0)]


async def test_an_order_counts_with_its_receipt_and_once(stage: Stage) -> None:
    await stage.receive(SKU_1=10, SKU_2=10)
    await stage.take_hold(hold_item("o-1", (COLA, 2), (MILK, 1), (COLA, 1)))
    assert await stage.rows(DEMAND) == [(COLA, TODAY, 0, 3000), (MILK, TODAY, 0, 1000)]
    assert await stage.rows("SELECT json_extract(body, '$.online[4]') FROM habits") == [(4000,)]


async def test_units_that_the_hub_wanted_and_did_not_get_count_once(stage: Stage) -> None:
    await stage.receive(SKU_1=4)
    want = to_raw(WantItem(id="w-1", sku=COLA, qty=5, ver=1))
    down = Down(hinc=1, sinc=1, base=0, ver=1, app=0, items=(want,))
    await take_down(stage.desk, down)
    assert (await stage.sku(COLA)).free == 0
    assert await stage.rows(DEMAND) == [(COLA, TODAY, 0, 3000)]
    await take_down(stage.desk, down)
    assert await stage.rows(DEMAND) == [(COLA, TODAY, 0, 3000)]


async def test_the_memory_survives_a_restart(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path) as stage:
        await stage.receive(SKU_1=10)
        await sell(stage, COLA, 2)
        await RestKeeper(stage.desk, nobody).tick()
        before = await stage.rows(DEMAND), await stage.rows("SELECT body FROM habits")
    async with staged(template, tmp_path) as stage:
        assert (await stage.rows(DEMAND), await stage.rows("SELECT body FROM habits")) == before
        await sell(stage, COLA, 1)
        assert await stage.rows(DEMAND) == [(COLA, TODAY, 3000, 0)]


async def test_times_without_a_line_are_kept_by_their_length(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path) as stage:
        keeper = RestKeeper(stage.desk, nobody)
        stage.desk.line.is_online = True
        await keeper.tick()
        stage.desk.line.is_online = False
        await keeper.tick()
    async with staged(template, tmp_path) as stage:
        stage.clock.go(2 * 3600)
        stage.desk.line.is_online = True
        await RestKeeper(stage.desk, nobody).tick()
        habits = await stage.run(lambda book: book.memory.habits())
    assert habits.outages == (0, 0, 0, 1000, 0, 0)
    assert habits.cut_at is None


async def test_a_store_that_was_told_to_learn_gives_goods_to_who_sells_them(stage: Stage) -> None:
    await learn(stage, till=2, online=80)
    await stage.receive(SKU_1=10)
    assert (await stage.sku(COLA)).online == 9
    await stage.receive(SKU_2=10)
    assert (await stage.sku(MILK)).online == 5


@pytest.mark.parametrize("policy", ["fixed", "clairvoyant", 7, None])
async def test_any_other_policy_is_the_fixed_share(stage: Stage, policy: object) -> None:
    await learn(stage, till=2, online=80)
    told = {"policy": policy, "share_percent": 50, "reserve": 0}
    body = {**STORE_BODY, "allotment": told}
    entry = {"version": 70, "key": "settings", "body": body}
    page = Page(name="store", hinc=1, since=60, to=70, top=70, entries=(entry,))
    await stage.desk.ledger.writer.run(lambda tx: apply_page(tx, page, stage.desk.at))
    assert await stage.desk.ledger.writer.run(read_policy) == "fixed"
    await stage.receive(SKU_1=10)
    assert (await stage.sku(COLA)).online == 5


async def test_a_memory_that_makes_no_sense_is_the_fixed_share(stage: Stage) -> None:
    await learn(stage, till=2, online=80)
    for body in ("{", '{"day": -4}', "[]"):
        await stage.run(lambda book, body=body: book.tx.execute("UPDATE habits SET body = ?", (body,)))
        granted = (await stage.sku(COLA)).granted
        await stage.receive(SKU_1=10)
        assert (await stage.sku(COLA)).granted == granted + 5


async def test_the_channel_is_filled_up_in_the_commit_that_emptied_it(stage: Stage) -> None:
    await learn(stage, till=2, online=80)
    await stage.receive(SKU_1=10)
    await stage.take_hold(hold_item("o-1", (COLA, 6)))
    stock = await stage.sku(COLA)
    assert (stock.open, stock.online, stock.free) == (6, 4, 0)
    assert [event["kind"] for event in await stage.events()][-2:] == ["hold", "grant"]
    assert verify(stage.path) == []


async def test_what_the_channel_has_too_much_is_asked_back_while_there_is_a_line(stage: Stage) -> None:
    asked: list[Mapping[str, int]] = []
    keeper = RestKeeper(stage.desk, asked.append)
    await stage.receive(SKU_1=10)
    await learn(stage, till=80, online=2)
    await sell(stage, COLA, 1)
    assert asked == []
    stage.desk.line.is_online = True
    await sell(stage, COLA, 1)
    assert asked == [{COLA: 4}]
    await sell(stage, COLA, 1)
    assert asked == [{COLA: 4}]
    stage.clock.go(PATIENCE_S)
    await keeper.tick()
    assert asked == [{COLA: 4}, {COLA: 5}]


async def test_units_given_back_for_a_customer_are_not_granted_away_again(stage: Stage) -> None:
    await learn(stage, till=2, online=80)
    await stage.receive(SKU_1=10, SKU_2=10)
    granted = (await stage.sku(COLA)).granted
    returned = to_raw(ReturnItem(sku=COLA, returned=4))
    order = to_raw(hold_item("o-1", (MILK, 1)))
    seq = len(await stage.events())
    await take_down(stage.desk, Down(hinc=1, sinc=1, base=0, ver=2, app=seq, items=(returned, order)))
    stock = await stage.sku(COLA)
    assert (stock.returned, stock.granted, stock.free) == (4, granted, 5)


async def test_after_an_outage_all_goods_are_looked_at(stage: Stage) -> None:
    asked: list[Mapping[str, int]] = []
    keeper = RestKeeper(stage.desk, asked.append)
    await learn(stage, till=2, online=80)
    await keeper.tick()
    await stage.receive(SKU_1=10)
    assert (await stage.sku(COLA)).online == 0
    stage.desk.line.is_online = True
    await keeper.tick()
    assert ((await stage.sku(COLA)).online, asked) == (9, [])
