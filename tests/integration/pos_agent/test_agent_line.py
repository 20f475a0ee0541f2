"""The agent's line: facts go up, orders come down, and whatever happens on the way, the books meet."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random

import pytest

from pos_agent.catalogue.apply_page import apply_page
from pos_agent.ledger.verify import verify
from pos_agent.link.store_link import StoreLink
from sync.link.memory_broker import Faults, MemoryBroker
from sync.link.memory_link import MemoryLink
from sync.link.port import LinkConfig
from sync.messages.codec import encode
from sync.messages.topics import agent_subscriptions
from sync.rules.streams import Hello, Page
from sync.runtime.supervision import Lifetime
from tests.integration.pos_agent.hub_stage import HubStage, running, until
from tests.unit.pos_agent.agent_stage import (
    COLA,
    MILK,
    SOAP,
    STORE,
    Stage,
    client,
    hold_item,
    product,
    staged,
)


class RunningClock:
    """The held clock's date, the loop's seconds."""

    def __init__(self, stage: Stage) -> None:
        self._held = stage.clock

    def now(self) -> object:
        """The held instant."""
        return self._held.now()

    def monotonic(self) -> float:
        """Seconds that go by."""
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def joined(template: Path, folder: Path, seed: int = 1) -> AsyncIterator[tuple[Stage, HubStage]]:
    """A store and its hub on one in-memory broker."""
    broker = MemoryBroker(seed=seed)
    hub = HubStage(broker, STORE, [COLA, MILK, SOAP])
    async with staged(template, folder) as stage, running(hub):
        stage.desk.clock = RunningClock(stage)  # type: ignore[assignment]
        config = LinkConfig(
            url="mqtt://127.0.0.1:1",
            user=STORE,
            secret="s",
            client_id="agent",
            subscriptions=agent_subscriptions(STORE),
            retry_min_s=0.01,
            retry_max_s=0.02,
        )
        link = StoreLink(stage.desk, MemoryLink(config, broker, random=Random(2)), Random(3))
        stage.desk.ledger.grown = link.grown
        lifetime = Lifetime()
        task = asyncio.create_task(link.run(lifetime))
        try:
            yield stage, hub
        finally:
            lifetime.stopping.set()
            await task


async def meet(stage: Stage, hub: HubStage, limit_s: float = 20.0) -> None:
    """Wait until hub and store stand at the same place."""
    async with asyncio.timeout(limit_s):
        while True:
            position = await stage.run(lambda book: book.position())
            there = hub.book.position()
            is_heard = (there.app, there.chain, position.heard) == (
                position.seq,
                position.chain,
                position.seq,
            )
            if is_heard and position.dver == there.ver == there.heard:
                return
            await asyncio.sleep(0.01)


async def test_goods_orders_and_hand_over_travel_both_ways(template: Path, tmp_path: Path) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await stage.receive(SKU_1=10)
        await until(lambda: hub.book.stock(COLA).available == 5)  # type: ignore[union-attr]
        hub.order(hold_item("o-1", (COLA, 2), pay_at="online", due_minor=0))
        await until(lambda: stage.woken == ["p1"])
        assert await stage.rows("SELECT kind, state FROM print_job") == [("pick", "queued")]
        async with client(stage, "lin") as clerk:
            body = {"override": {"reason": "test"}}
            given = await clerk.post("/api/v1/counter/orders/o-1/hand-over", json=body)
            assert given.status_code == 200
        await meet(stage, hub)
        line = hub.book.line("o-1", 1)
        assert line is not None
        assert (line.done, line.open) == (2, 0)
        assert stage.desk.line.is_online
        assert stage.desk.line.skew_ms == 0
    assert verify(stage.path) == []


async def test_a_sale_is_on_the_wire_within_milliseconds(template: Path, tmp_path: Path) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await stage.receive(SKU_1=10)
        await meet(stage, hub)
        async with client(stage) as till:
            ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 1})).json()
            await till.post("/api/v1/till/pay", json={"given_minor": 350, "ticket": ticket["id"]})
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        await until(lambda: hub.book.stock(COLA).floor == 9)  # type: ignore[union-attr]
        assert loop.time() - began_s < 0.5


async def test_a_cut_line_stops_nothing_and_is_caught_up_at_once(template: Path, tmp_path: Path) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await stage.receive(SKU_1=100)
        await meet(stage, hub)
        hub.broker.cut(STORE)
        await until(lambda: not stage.desk.line.is_online)
        async with client(stage) as till:
            for _ in range(10):
                ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 2})).json()
                paid = await till.post("/api/v1/till/pay", json={"given_minor": 700, "ticket": ticket["id"]})
                assert paid.status_code == 200
            assert (await till.get("/api/v1/status")).json()["unsent"] == 20
        assert hub.book.stock(COLA).floor == 100  # type: ignore[union-attr]
        hub.broker.restore(STORE)
        await until(lambda: hub.book.stock(COLA).floor == 80, 2.0)  # type: ignore[union-attr]
        await meet(stage, hub)
        assert stage.desk.line.is_online


@pytest.mark.parametrize("seed", range(4))
async def test_loss_doubles_and_reordering_change_nothing(template: Path, tmp_path: Path, seed: int) -> None:
    async with joined(template, tmp_path, seed) as (stage, hub):
        await stage.receive(SKU_1=50, SKU_2=50)
        await meet(stage, hub)
        hub.broker.faults = Faults(loss=0.2, duplicate=0.2, reorder=0.2, delay_s=(0.0, 0.01))
        async with client(stage) as till:
            for number in range(15):
                hub.order(hold_item(f"o-{number}", (COLA, 1)))
                ticket = (await till.post("/api/v1/till/lines", json={"sku": MILK, "qty": 1})).json()
                await till.post("/api/v1/till/pay", json={"given_minor": 1280, "ticket": ticket["id"]})
        hub.broker.faults = Faults()
        hub.send_down()
        await meet(stage, hub)
        mirror = hub.book.stock(MILK)
        assert mirror is not None
        assert mirror.floor == 35
        assert await stage.rows("SELECT count(*) FROM hold") == [(15,)]
        assert hub.book.rows("dead") == {}
        assert hub.book.rows("exception") == {}
    assert verify(stage.path) == []


async def test_a_hub_from_a_backup_is_adopted_and_told_everything_again(
    template: Path, tmp_path: Path
) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await stage.receive(SKU_1=10)
        await meet(stage, hub)
        hub.restore()
        hub.send_down()
        await meet(stage, hub)
        position = await stage.run(lambda book: book.position())
        assert position.hinc == 2


async def test_bad_messages_are_dropped_and_counted_and_change_nothing(
    template: Path, tmp_path: Path
) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await stage.receive(SKU_1=10)
        await meet(stage, hub)
        before = await stage.rows("SELECT * FROM position")
        bad = (
            b"",
            b"\xff\xfe",
            b"z\x00\x01",
            b"j{}",
            b"j[" * 5000,
            b'j{"kind":"down","v":1,"hinc":1,"sinc":1,"base":0,"ver":9,"app":0,"items":[{"kind":"fly"}]}',
            b'j{"kind":"down","v":1,"hinc":-1,"sinc":1,"base":0,"ver":9,"app":0}',
            b'j{"kind":"down","v":1,"hinc":1,"sinc":1,"base":0,"ver":9,"app":0,"items":[{"kind":"want"}]}',
        )
        for payload in bad:
            hub.raw(payload)
        dropped = stage.desk.metrics.dropped

        def count() -> float:
            return sum(
                sample.value
                for metric in dropped.collect()
                for sample in metric.samples
                if sample.name.endswith("_total")
            )

        await until(lambda: count() == len(bad))
        assert await stage.rows("SELECT * FROM position") == before
        await stage.receive(SKU_2=1)
        await meet(stage, hub)


async def test_pages_are_served_when_whole_and_a_gap_is_asked_for(template: Path, tmp_path: Path) -> None:
    tea = product("SKU-9", 101, "绿茶", "Green tea", 500)
    cake = product("SKU-8", 102, "蛋糕", "Cake", 900)
    first = Page(name="catalog", hinc=1, since=100, to=101, top=102, entries=(tea,))
    second = Page(name="catalog", hinc=1, since=101, to=102, top=102, entries=(cake,))
    async with joined(template, tmp_path) as (stage, hub):
        await until(lambda: stage.desk.line.is_online)
        hub.pages["catalog"] = [first, second]
        hub.publish_to_all(second)
        await until(lambda: len(hub.asks) == 1)
        assert (hub.asks[0].name, hub.asks[0].since) == ("catalog", 100)
        async with client(stage) as till:
            await until(lambda: any(ask.since == 100 for ask in hub.asks))
            for _ in range(100):
                if (await till.get("/api/v1/till/search", params={"q": "cake"})).json()["items"]:
                    break
                await asyncio.sleep(0.02)
            found = (await till.get("/api/v1/till/search", params={"q": "lc"})).json()["items"]
        assert [item["sku"] for item in found] == ["SKU-9"]


async def test_presence_says_online_and_at_the_end_offline(template: Path, tmp_path: Path) -> None:
    async with joined(template, tmp_path) as (_stage, hub):
        await until(lambda: bool(hub.presence))
        assert json.loads(hub.presence[-1])["state"] == "online"


async def test_a_big_opening_goes_up_in_messages_that_fit(template: Path, tmp_path: Path) -> None:
    many = [product(f"G-{number:05d}", 1000 + number, "商品", "Goods", 100) for number in range(3000)]
    pages = [
        Page(
            name="catalog",
            hinc=1,
            since=100 + start,
            to=100 + start + 500,
            top=3100,
            entries=tuple(many[start : start + 500]),
        )
        for start in range(0, 3000, 500)
    ]
    async with joined(template, tmp_path) as (stage, hub):
        hub.book.tables["stock"].update({entry["sku"]: hub.book.stock(COLA) for entry in many})
        for page in pages:
            await stage.desk.ledger.writer.run(partial(apply_page, page=page, at=stage.desk.at))
        await stage.receive(**{f"G_{number:05d}": 7 for number in range(3000)})
        await meet(stage, hub)
        assert hub.book.rows("dead") == {}
        assert hub.book.stock("G-02999").floor == 7  # type: ignore[union-attr]


async def test_a_greeting_for_another_store_is_not_taken(template: Path, tmp_path: Path) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await until(lambda: stage.desk.line.skew_ms == 0)
        wrong = Hello(store="other", sinc=1, hinc=1, wall_clock="2020-05-01T04:00:00.000Z")
        hub.raw(encode(wrong))
        foreign = stage.desk.metrics.dropped.labels("foreign")
        await until(lambda: foreign._value.get() == 1)
        assert stage.desk.line.skew_ms == 0
