"""The link worker with agents that run the real rules: nothing lost, nothing doubled, nothing crashed."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.db.open import FILE_NAME
from hub.directory import REACH_S
from hub.link import sender, watch
from hub.orders.change_order import Cancel
from hub.settings import ShopSection
from hub.stock.verify import verify
from pos_agent.link.store_link import HEALTH_EVERY_S
from sync.link.memory_broker import Faults, MemoryBroker
from sync.messages.codec import encode
from sync.messages.topics import store_topic
from sync.rules.books import StorePosition
from sync.rules.streams import Down, Hello, Page
from sync.storage.writer import Transaction, Writer
from sync.values.clock import to_instant
from sync.web.errors import Problem
from tests.integration.hub.played_agent import playing, serving, until
from tests.unit.hub.stock.small_chain import (
    BASE,
    SKUS,
    Ledger,
    SetClock,
    SmallHub,
    add_skus,
    enrol,
    everything,
    request,
    small_hub,
)


@pytest.fixture
async def live(tmp_path: Path, schema: Path) -> AsyncIterator[SmallHub]:
    """A hub whose clock runs."""
    async with small_hub(tmp_path / "hub", schema, shop=ShopSection(want_wait_ms=5_000)) as hub:
        yield hub


@pytest.fixture
def no_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """What gets through does so at once: resends and the look at the database come too late to help."""
    monkeypatch.setattr(sender, "RESEND_FIRST_S", 60.0)
    monkeypatch.setattr(watch, "EVERY_S", 60.0)


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker()


async def agrees(hub: SmallHub, ledger: Ledger) -> bool:
    """Whether hub and store have told each other everything, to the unit."""
    row = await hub.one("SELECT app, ver, heard, chain FROM store_stream WHERE store = ?", "s1")
    position = ledger.position
    if row != (position.seq, position.dver, position.dver, position.chain):
        return False
    for sku in SKUS:
        mine, theirs = ledger.book.stock(sku), await hub.stock(sku)
        if (theirs["floor"], theirs["granted"], theirs["settled"], theirs["returned"]) != (
            mine.floor,
            mine.granted,
            mine.settled,
            mine.returned,
        ):
            return False
    return True


async def until_agreed(hub: SmallHub, ledger: Ledger, limit_s: float = 10) -> None:
    async with asyncio.timeout(limit_s):
        while not await agrees(hub, ledger):  # noqa: ASYNC110  # two books have no event
            await asyncio.sleep(0.01)


async def test_an_agent_that_connects_is_greeted_and_brought_up_to_date(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await until_agreed(live, ledger)
        await until(lambda: agent.catalog == 3 and agent.settings == 2)

    (hello, *_) = agent.said(Hello)
    assert isinstance(hello, Hello)
    assert (hello.store, hello.sinc, hello.hinc) == ("s1", 1, 1)
    assert live.kernel.directory.is_in_reach("s1")
    assert (await live.stock("tea"))["granted"] == 5
    assert (await verify(live.kernel.reader)).findings == ()


async def test_an_order_reaches_its_store_at_once_and_comes_back_accepted(
    live: SmallHub, broker: MemoryBroker, no_second_try: None
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await until_agreed(live, ledger)
        answer = await live.place()
        await until(lambda: ledger.book.hold(answer["id"]) is not None)
        await until_agreed(live, ledger)

    assert await live.one("SELECT stage FROM orders") == "accepted"
    assert agent.said(Down)


async def test_five_hundred_items_follow_one_another_without_pauses(
    live: SmallHub, broker: MemoryBroker, no_second_try: None
) -> None:
    ledger = await enrol(live, share=100)
    ledger.receive("tea", 1000)
    async with serving(live, broker) as worker:
        async with playing(ledger, broker):
            await until_agreed(live, ledger)
        for start in range(0, 500, 100):
            await asyncio.gather(*[live.place(f"k{number}") for number in range(start, start + 100)])
        async with playing(ledger, broker) as agent:
            await until(lambda: ledger.position.dver >= 500)
            await until_agreed(live, ledger)
            pages = [down for down in agent.said(Down) if isinstance(down, Down) and down.items]
        assert worker.undecodable == 0

    assert len(pages) >= 2
    assert len(ledger.book.tables["hold"]) == 500


@pytest.mark.parametrize(
    "faults",
    [
        Faults(loss=0.3),
        Faults(duplicate=0.5, reorder=0.3),
        Faults(loss=0.1, duplicate=0.2, reorder=0.2, delay_s=(0, 0.02)),
    ],
)
async def test_whatever_is_lost_doubled_or_late_the_books_agree_in_the_end(
    live: SmallHub, broker: MemoryBroker, faults: Faults
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 40)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await until_agreed(live, ledger)
        broker.faults = faults
        orders = []
        for number in range(12):
            orders.append((await live.place(f"k{number}"))["id"])
            ledger.sell("tea", 1)
            agent.send_up()
            await asyncio.sleep(0.005)
        broker.faults = Faults()
        agent.hello()
        agent.send_up()
        await until_agreed(live, ledger)
        for order in orders:
            ledger.hand_over(order)
        agent.send_up()
        await until_agreed(live, ledger)

    assert await live.one("SELECT COUNT(*) FROM orders WHERE stage = 'collected'") == 12
    assert (await verify(live.kernel.reader)).findings == ()


async def test_items_lost_once_are_sent_again_by_the_hub(live: SmallHub, broker: MemoryBroker) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 4)
    async with serving(live, broker), playing(ledger, broker):
        await until_agreed(live, ledger)
        broker.faults = Faults(loss=1.0)
        answer = await live.place()
        await asyncio.sleep(0.05)
        assert ledger.book.hold(answer["id"]) is None
        broker.faults = Faults()
        await until(lambda: ledger.book.hold(answer["id"]) is not None, 3)


async def test_a_cut_line_changes_nothing_and_mending_it_tells_everything(
    live: SmallHub, broker: MemoryBroker, no_second_try: None
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker), playing(ledger, broker):
        await until_agreed(live, ledger)
        broker.cut("s1")
        answer = await live.place()
        ledger.sell("tea", 3)
        await asyncio.sleep(0.05)
        assert ledger.book.hold(answer["id"]) is None
        broker.restore("s1")
        await until_agreed(live, ledger)

    assert ledger.book.hold(answer["id"]) is not None
    assert (await live.stock("tea"))["floor"] == 7


async def test_a_hub_that_was_cut_off_tells_everything_when_it_is_back(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker) as worker, playing(ledger, broker):
        await until_agreed(live, ledger)
        broker.cut("hub")
        await until(lambda: not worker.is_connected)
        answer = await live.place()
        await asyncio.sleep(0.05)
        broker.restore("hub")
        await until(lambda: ledger.book.hold(answer["id"]) is not None, 3)


async def test_a_replaced_agent_is_told_that_it_is_and_is_not_heard(
    live: SmallHub, broker: MemoryBroker
) -> None:
    old = await enrol(live)
    new = await enrol(live)
    old.receive("tea", 10)
    async with serving(live, broker):
        async with playing(old, broker) as agent:
            await until(lambda: bool(agent.said(Down)))
            await until(lambda: old.position.fenced)
            assert not live.kernel.directory.is_in_reach("s1")
        assert await live.one("SELECT COUNT(*) FROM event") == 0
        new.receive("tea", 2)
        async with playing(new, broker):
            await until_agreed(live, new)
    assert [down.sinc for down in agent.said(Down) if isinstance(down, Down)][-1] == 2
    assert all(isinstance(down, Down) and not down.items for down in agent.said(Down))


async def test_another_history_under_the_same_incarnation_raises_one_trouble_and_changes_nothing(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    clone = Ledger(replace(StorePosition(store="s1", sinc=1, hinc=1), seq=0), ledger.book.allotment("tea"))
    clone.receive("soap", 7)
    clone.receive("soap", 7)
    clone.receive("soap", 7)
    async with serving(live, broker) as worker:
        async with playing(ledger, broker) as agent:
            await until_agreed(live, ledger)
        before = everything(live.path)
        async with playing(clone, broker) as agent:
            agent.answers = False
            await until(lambda: bool(agent.said(Hello)))
            agent.send_up()
            agent.send_up()
            async with asyncio.timeout(5):
                while await live.one("SELECT COUNT(*) FROM trouble") == 0:  # noqa: ASYNC110  # another's write
                    await asyncio.sleep(0.01)
        after = everything(live.path)
        assert worker.undecodable == 0

    assert await live.one("SELECT kind, state FROM trouble") == ("chain_split", "open")
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"trouble", "store_health", "store_stream"}
    assert await live.one("SELECT app, stopped FROM store_stream WHERE store = 's1'") == (2, 1)


async def test_bytes_that_are_no_message_are_counted_and_dropped(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    async with serving(live, broker) as worker, playing(ledger, broker) as agent:
        await until(lambda: agent.catalog == 3)
        before = everything(live.path)
        topic = store_topic("s1", "up")
        for payload in (b"", b"j", b"jnull", b"zxxxx", b"\xff\x00", b"j{}", b'j{"kind":"up"}'):
            agent.link.publish(topic, payload)
        agent.link.publish(store_topic("s9", "up"), b"j{}")
        agent.link.publish(
            topic, encode(Hello(store="s2", sinc=1, hinc=1, wall_clock="2026-05-01T00:00:00Z"))
        )
        agent.link.publish(topic, encode(Down(hinc=1, sinc=1, base=0, ver=0, app=0)))
        for payload in (b"", b"[]", b"{", b'{"a":NaN}', b"x" * 20_000, b'{"state":"\\ud800"}'):
            agent.link.publish(store_topic("s1", "health"), payload)
        await until(lambda: worker.undecodable == 16)
        assert everything(live.path) == before


async def test_an_earlier_agents_last_will_does_not_silence_the_present_one(
    live: SmallHub, broker: MemoryBroker
) -> None:
    await enrol(live)
    ledger = await enrol(live)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await until(lambda: live.kernel.directory.is_in_reach("s1"))
        agent.presence("offline", sinc=1)
        await asyncio.sleep(0.1)
        assert live.kernel.directory.is_in_reach("s1")
        agent.presence("offline")
        await until(lambda: not live.kernel.directory.is_in_reach("s1"))


async def told_health(hub: SmallHub) -> str:
    """When the store's health was told last, by the store's clock."""
    return str(await hub.one("SELECT json_extract(health, '$.at') FROM store_health WHERE store = 's1'"))


async def until_told(hub: SmallHub, at: str) -> None:
    async with asyncio.timeout(5):
        while await told_health(hub) != at:  # noqa: ASYNC110  # another's write
            await asyncio.sleep(0.002)


async def test_a_store_where_nothing_happens_stays_in_reach_by_its_health_alone(
    hub: SmallHub, clock: SetClock, broker: MemoryBroker
) -> None:
    ledger = await enrol(hub)
    reach = hub.kernel.directory.is_in_reach
    async with serving(hub, broker), playing(ledger, broker) as agent:
        await until(lambda: agent.catalog == 3 and reach("s1"))
        for _ in range(10):  # five minutes
            clock.move(seconds=HEALTH_EVERY_S)
            assert reach("s1")
            agent.health(to_instant(clock.now()))
            await until_told(hub, to_instant(clock.now()))
        clock.move(seconds=REACH_S)
        assert reach("s1")
        clock.move(seconds=1)
        assert not reach("s1")


async def test_the_health_of_an_earlier_incarnation_and_one_that_the_broker_kept_reach_nobody(
    hub: SmallHub, clock: SetClock, broker: MemoryBroker
) -> None:
    await enrol(hub)
    ledger = await enrol(hub)
    reach = hub.kernel.directory.is_in_reach
    async with playing(ledger, broker) as agent:
        agent.health("kept")
        async with serving(hub, broker):
            await until_told(hub, "kept")
            await until_agreed(hub, ledger)
            clock.move(seconds=REACH_S + 1)
            assert not reach("s1")
            agent.health("earlier", sinc=1)
            agent.link.publish(store_topic("s1", "health"), b'{"at": "nameless"}')
            await until_told(hub, "nameless")
            assert not reach("s1")
            agent.health("present")
            await until_told(hub, "present")
            assert reach("s1")


async def test_a_large_catalogue_comes_in_pages_and_from_where_the_store_asks(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    many = {f"sku-{number}": 100 for number in range(1_200)}
    await live.kernel.writer.run(lambda transaction: add_skus(transaction, many, start=3))
    async with serving(live, broker), playing(ledger, broker) as agent:
        await until(lambda: agent.catalog == 1_203)
        pages = [page for page in agent.said(Page) if isinstance(page, Page) and page.name == "catalog"]
        agent.heard.clear()
        agent.ask("catalog", 1_000)
        agent.ask("store", 0)
        await until(lambda: len(agent.said(Page)) >= 2)

    assert sum(len(page.entries) for page in pages) == 1_203
    assert [page.since for page in pages[1:]] == [page.to for page in pages[:-1]]
    (catalog,) = [page for page in agent.said(Page) if isinstance(page, Page) and page.name == "catalog"]
    assert (catalog.since, catalog.to, catalog.top, len(catalog.entries)) == (1_000, 1_203, 1_203, 203)


async def test_a_short_order_is_granted_by_the_store_while_its_buyer_waits(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker), playing(ledger, broker):
        await until_agreed(live, ledger)
        answer = json.loads(await live.desk.take(request(lines=[("tea", 8)]), "k1", BASE))
        await until_agreed(live, ledger)

    assert answer["state"] == "pending_store"
    assert live.wants.queues == 0
    assert (await live.stock("tea"))["promised"] == 8


async def test_two_hundred_buyers_for_twenty_units_with_the_line_up_get_exactly_twenty(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 20)
    async with serving(live, broker), playing(ledger, broker):
        await until_agreed(live, ledger)
        results = await asyncio.gather(
            *[live.desk.take(request(), f"k{number}", BASE) for number in range(200)],
            return_exceptions=True,
        )
        await until_agreed(live, ledger)

    assert sum(isinstance(result, str) for result in results) == 20
    refused = [result for result in results if isinstance(result, Problem)]
    assert len(refused) == 180
    assert {problem.status for problem in refused} == {409}
    assert (await live.stock("tea"))["promised"] == 20
    assert live.wants.queues == 0
    assert (await verify(live.kernel.reader)).findings == ()


async def test_with_the_line_cut_exactly_what_was_granted_is_sold(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 20)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await until_agreed(live, ledger)
        broker.cut("s1")
        agent.presence("offline")
        live.kernel.directory.lost("s1")
        results = await asyncio.gather(
            *[live.desk.take(request(), f"k{number}", BASE) for number in range(50)],
            return_exceptions=True,
        )
        ledger.sell("tea", 10)
        broker.restore("s1")
        await until_agreed(live, ledger)

    assert sum(isinstance(result, str) for result in results) == 10
    assert (await live.stock("tea"))["promised"] == 10


async def test_a_store_that_keeps_its_last_unit_says_no_once(live: SmallHub, broker: MemoryBroker) -> None:
    ledger = await enrol(live, share=0, last_unit="keep")
    ledger.receive("tea", 1)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await until_agreed(live, ledger)
        for number in range(5):
            with pytest.raises(Problem):
                await live.desk.take(request(), f"k{number}", BASE)
        await until_agreed(live, ledger)
        asked = await live.one("SELECT ver FROM store_stream WHERE store = 's1'")
        ledger.receive("tea", 1)
        agent.send_up()
        await until_agreed(live, ledger)
        answer = await live.desk.take(request(), "k9", BASE)
    assert asked == 1
    assert json.loads(answer)["state"] == "pending_store"


async def test_cancelling_at_an_unreachable_store_waits_for_it(live: SmallHub, broker: MemoryBroker) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 4)
    async with serving(live, broker), playing(ledger, broker):
        await until_agreed(live, ledger)
        answer = await live.place()
        await until_agreed(live, ledger)
        broker.cut("s1")
        token = answer["url"].rsplit("/", 1)[1]
        assert await live.kernel.writer.run(Cancel(live.kernel, token)) == "accepted"
        assert (await live.stock("tea"))["promised"] == 1
        broker.restore("s1")
        await until_agreed(live, ledger)

    assert await live.one("SELECT stage FROM orders") == "cancelled"
    assert (await live.stock("tea"))["promised"] == 0


async def test_what_another_process_writes_is_noticed_and_told_to_the_stores(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await until(lambda: agent.catalog == 3 and agent.settings == 2)
        await asyncio.sleep(0.05)
        agent.heard.clear()
        other = Writer(live.path.with_name(FILE_NAME))
        await other.start()

        def change(transaction: Transaction) -> None:
            add_skus(transaction, {"tea": 333}, start=3)
            transaction.execute("UPDATE store SET phone = '123', entry_ver = entry_ver + 1 WHERE id = 's1'")
            transaction.execute("UPDATE store_entry SET version = 3 WHERE store = 's1' AND key = 'settings'")

        await other.run(change)
        await other.close()
        await until(lambda: agent.catalog == 4 and agent.settings == 3, 3)
        store = live.kernel.directory.get("s1")
        pages = agent.said(Page)

    assert store is not None
    assert store.phone == "123"
    assert sorted((page.name, page.since, page.to) for page in pages if isinstance(page, Page)) == [
        ("catalog", 3, 4),
        ("store", 2, 3),
    ]


async def test_news_whose_wake_up_was_lost_still_reaches_the_store(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 4)
    async with serving(live, broker) as worker, playing(ledger, broker):
        await until_agreed(live, ledger)
        live.kernel.wake = lambda _: None
        answer = await live.place()
        live.kernel.wake = worker.wake
        await until(lambda: ledger.book.hold(answer["id"]) is not None, 3)
