"""A counter order that was paid online since: granted in the ledger, shown at once, no money taken."""

from dataclasses import replace

from pos_agent.ledger.verify import verify
from pos_agent.link.inbox import take_down
from sync.rules.canonical import to_raw
from sync.rules.items import HoldItem
from sync.rules.streams import Down
from tests.unit.pos_agent.agent_stage import CODE, COLA, Stage, client, hold_item

ORDER = "o-1"
PATH = f"/api/v1/counter/orders/{ORDER}/hand-over"


async def told(stage: Stage, item: HoldItem) -> list[str]:
    """The hub tells an item; returns the orders that became prepaid."""
    position = await stage.run(lambda book: book.position())
    down = Down(
        hinc=position.hinc,
        sinc=position.sinc,
        base=position.dver,
        ver=position.dver + 1,
        app=0,
        items=(to_raw(item),),
    )
    return (await take_down(stage.desk, down)).received.prepaid


async def test_a_prepaid_order_asks_no_money_and_refuses_some(stage: Stage) -> None:
    # given an order to be paid here that its customer has paid online since
    await stage.receive(SKU_1=10)
    item = hold_item(ORDER, (COLA, 2))
    await told(stage, item)
    async with client(stage) as clerk:
        found = await clerk.post("/api/v1/counter/find", json={"code": CODE, "phone_tail": "1234"})
        assert (found.json()["due_minor"], found.json()["prepaid_minor"]) == (700, 0)
        # when
        assert await told(stage, replace(item, prepaid_minor=700)) == [ORDER]
        found = await clerk.post("/api/v1/counter/find", json={"code": CODE, "phone_tail": "1234"})
        # then
        assert (found.json()["due_minor"], found.json()["prepaid_minor"]) == (0, 700)
        before = await stage.events()
        money = {"tender": "cash", "given_minor": 1000}
        refused = await clerk.post(PATH, json={"code": CODE, "tender": money})
        assert (refused.status_code, refused.json()["code"]) == (409, "nothing_due")
        assert await stage.events() == before
        given = await clerk.post(PATH, json={"code": CODE})
    assert (given.status_code, given.json()["receipt"]["tender"]) == (200, "online")
    kinds = [(event["kind"], event.get("to")) for event in await stage.events()]
    assert ("hold", "prepaid") in kinds
    assert ("payment", None) not in kinds
    assert verify(stage.path) == []


async def test_money_that_the_till_took_first_is_not_granted(stage: Stage) -> None:
    await stage.receive(SKU_1=10)
    item = hold_item(ORDER, (COLA, 2))
    await told(stage, item)
    async with client(stage) as clerk:
        money = {"tender": "cash", "given_minor": 700}
        assert (await clerk.post(PATH, json={"code": CODE, "tender": money})).status_code == 200
    assert await told(stage, replace(item, prepaid_minor=700)) == []
    assert [event for event in await stage.events() if event.get("to") == "prepaid"] == []
    assert verify(stage.path) == []
