"""Digests at the hub: equal ones are remembered, others call a person once and show both sides."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import CapturingLogger

from hub.link import compare_desk
from hub.stock.digest import AskDigest, comparison_of
from sync.link.memory_broker import MemoryBroker
from sync.rules.digest import Compare, bucket_of
from sync.rules.errors import Refused
from sync.rules.rights import StoreStock
from tests.integration.hub.played_agent import PlayedAgent, playing, serving, until
from tests.unit.hub.stock.small_chain import Ledger, SmallHub, enrol, small_hub


@pytest.fixture
async def live(tmp_path: Path, schema: Path) -> AsyncIterator[SmallHub]:
    """A hub whose clock runs."""
    async with small_hub(tmp_path / "hub", schema) as hub:
        yield hub


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_desk, "LOOK_EVERY_S", 0.02)


async def kept(hub: SmallHub) -> tuple[Any, ...]:
    """What is remembered: event, buckets that differed, whether it was checked, whether one is asked for."""
    row = await hub.one("SELECT seq, differ, checked_at <> '', asked_at <> '' FROM store_digest")
    return tuple(row or ())


async def until_true(hub: SmallHub, sql: str, *parameters: object) -> None:
    """Wait until a statement's first value is true."""
    async with asyncio.timeout(10):
        while not await hub.one(sql, *parameters):  # noqa: ASYNC110  # another's write has no event
            await asyncio.sleep(0.01)


async def until_kept(hub: SmallHub, expected: tuple[int, int, int, int]) -> None:
    """Wait until that is remembered."""
    await until_true(
        hub,
        "SELECT (seq, differ, checked_at <> '', asked_at <> '') = (?, ?, ?, ?) FROM store_digest",
        *expected,
    )


async def until_shown(hub: SmallHub) -> None:
    """Wait until both sides' rows are kept."""
    await until_true(hub, "SELECT rows <> '[]' FROM store_digest")


async def settled(hub: SmallHub, agent: PlayedAgent) -> None:
    """Wait until the hub has heard all."""
    seq = agent.ledger.position.seq
    await until_true(hub, "SELECT app = ? FROM store_stream WHERE store = 's1'", seq)


def spoil(ledger: Ledger, sku: str, floor: int) -> None:
    """Change a balance behind the log's back."""
    stock: StoreStock = ledger.book.stock(sku)
    ledger.book.put_stock(sku, replace(stock, floor=floor))
    ledger.book.commit()


async def test_an_equal_digest_is_remembered_and_calls_nobody(live: SmallHub, broker: MemoryBroker) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker) as worker, playing(ledger, broker) as agent:
        await settled(live, agent)
        agent.say(agent.digest())
        await until_kept(live, (2, 0, 1, 0))
        assert (worker.comparing.compared, worker.comparing.ignored) == (1, 0)
    assert await live.one("SELECT COUNT(*) FROM trouble") == 0


async def test_a_digest_that_differs_calls_a_person_once_and_shows_both_sides(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await settled(live, agent)
        spoil(ledger, "tea", 9)
        agent.say(agent.digest())
        await until_shown(live)
        agent.say(agent.digest())
        await until_true(live, "SELECT times = 2 FROM trouble")
        await until(lambda: len(agent.said(Compare)) == 2)
        await until_shown(live)

    facts = json.loads(await live.one("SELECT facts FROM trouble"))
    assert facts == {"check": "digest", "seq": 2, "differ": 1, "buckets": [bucket_of("tea")]}
    assert await live.one("SELECT kind, store, state FROM trouble") == ("digest_mismatch", "s1", "open")
    found = await comparison_of(live.kernel.reader, "s1")
    assert found is not None
    (one,) = found.found
    assert (one.sku, one.hub, one.store) == ("tea", (10, 0, 0, 5, 0, 0), (9, 0, 0, 5, 0, 0))
    assert [one.is_apart(place) for place in range(6)] == [True, False, False, False, False, False]
    assert {message.buckets for message in agent.said(Compare) if isinstance(message, Compare)} == {
        (bucket_of("tea"),)
    }


async def test_a_digest_that_became_equal_clears_the_numbers_and_leaves_the_trouble_to_a_person(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await settled(live, agent)
        spoil(ledger, "tea", 9)
        agent.say(agent.digest())
        await until_shown(live)
        spoil(ledger, "tea", 10)
        agent.say(agent.digest())
        await until_kept(live, (2, 0, 1, 0))
    assert await live.one("SELECT rows, buckets FROM store_digest") == ("[]", "[]")
    assert await live.one("SELECT state FROM trouble") == "open"


async def test_digests_that_differ_are_logged_once_and_once_when_they_are_equal_again(
    live: SmallHub, broker: MemoryBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = CapturingLogger()
    monkeypatch.setattr(compare_desk, "log", log)
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker) as worker, playing(ledger, broker) as agent:
        await settled(live, agent)
        for floor, most in ((9, 3), (10, 2), (9, 1)):
            spoil(ledger, "tea", floor)
            for _ in range(most):
                before = worker.comparing.compared
                agent.say(agent.digest())
                await until(lambda before=before: worker.comparing.compared == before + 1)  # type: ignore[misc]
        await until_shown(live)
    assert [(call.args[0], call.method_name) for call in log.calls] == [
        ("digest.differs", "error"),
        ("digest.equal_again", "info"),
        ("digest.differs", "error"),
    ]
    assert await live.one("SELECT times FROM trouble") == 4


async def test_a_digest_of_another_event_is_ignored_counted_and_asked_for_again_so_often(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker) as worker, playing(ledger, broker) as agent:
        await settled(live, agent)
        agent.answers = False
        wrong = [replace(agent.digest(), seq=1), replace(agent.digest(), chain="f" * 16)]
        for number in range(1, compare_desk.MOST_TRIES + 3):
            agent.say(wrong[number % 2])
            await until(lambda number=number: worker.comparing.ignored == number)  # type: ignore[misc]
        agent.say(replace(agent.rows((1,)), seq=1))
        await until(lambda: worker.comparing.ignored == compare_desk.MOST_TRIES + 3)
        await until(lambda: len(agent.said(Compare)) == compare_desk.MOST_TRIES)
        await asyncio.sleep(0.05)
        assert len(agent.said(Compare)) == compare_desk.MOST_TRIES
        agent.hello()
        await until(lambda: "s1" not in worker.comparing._tries)
        agent.say(wrong[0])
        await until(lambda: len(agent.said(Compare)) == compare_desk.MOST_TRIES + 1)
        assert worker.comparing.compared == 0
    assert await kept(live) == ()
    assert await live.one("SELECT COUNT(*) FROM trouble") == 0


async def test_somebody_at_hq_asks_and_the_store_answers(live: SmallHub, broker: MemoryBroker) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    async with serving(live, broker), playing(ledger, broker) as agent:
        await settled(live, agent)
        await live.kernel.writer.run(AskDigest("s1", "hq", live.kernel.instant()))
        await until_kept(live, (2, 0, 1, 0))
    assert [message.buckets for message in agent.said(Compare) if isinstance(message, Compare)] == [()]


async def test_a_store_that_does_not_answer_is_asked_so_often_and_no_more(
    live: SmallHub, broker: MemoryBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare_desk, "ASK_EVERY_S", 0.01)
    monkeypatch.setattr(compare_desk, "MOST_ASKED", 3)
    ledger = await enrol(live)
    async with serving(live, broker), playing(ledger, broker) as agent:
        agent.answers = False
        await until(lambda: live.kernel.directory.is_in_reach("s1"))
        await live.kernel.writer.run(AskDigest("s1", "hq", live.kernel.instant()))
        await until_kept(live, (0, 0, 0, 0))
        assert len(agent.said(Compare)) == 3


async def test_a_store_out_of_reach_is_not_asked_until_it_comes(live: SmallHub, broker: MemoryBroker) -> None:
    ledger = await enrol(live)
    async with serving(live, broker):
        await live.kernel.writer.run(AskDigest("s1", "hq", live.kernel.instant()))
        await asyncio.sleep(0.1)
        assert await kept(live) == (0, 0, 0, 1)
        async with playing(ledger, broker):
            await until_kept(live, (0, 0, 1, 0))


@pytest.mark.parametrize(("store", "code"), [("s9", "unknown_store"), ("s2", "not_enrolled")])
async def test_where_nobody_can_answer_nothing_is_asked(live: SmallHub, store: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await live.kernel.writer.run(AskDigest(store, "hq", live.kernel.instant()))
    assert refused.value.code == code
    assert await kept(live) == ()


async def test_rows_come_in_pages_and_those_of_two_answers_are_not_mixed(
    live: SmallHub, broker: MemoryBroker
) -> None:
    ledger = await enrol(live)
    ledger.receive("tea", 10)
    ledger.receive("soap", 4)
    async with serving(live, broker) as worker, playing(ledger, broker) as agent:
        await settled(live, agent)
        agent.answers = False
        spoil(ledger, "tea", 9)
        spoil(ledger, "soap", 7)
        agent.say(agent.digest())
        await until(lambda: bool(agent.said(Compare)))
        both = tuple(sorted((bucket_of("tea"), bucket_of("soap"))))
        whole = agent.rows(both)
        (soap, tea) = whole.rows
        stale = replace(whole, page=1, pages=2, chain="f" * 16, rows=(tea,))
        first, second = (
            replace(whole, page=page, pages=2, rows=(row,)) for page, row in ((1, soap), (2, tea))
        )
        for page in (stale, second, second, first):
            agent.say(page)
        await until_shown(live)
        assert worker.comparing.ignored == 0
    found = await comparison_of(live.kernel.reader, "s1")
    assert found is not None
    assert [(one.sku, one.hub and one.hub[0], one.store and one.store[0]) for one in found.found] == [
        ("soap", 4, 7),
        ("tea", 10, 9),
    ]


async def test_a_digest_in_another_stores_name_is_garbage(live: SmallHub, broker: MemoryBroker) -> None:
    ledger = await enrol(live)
    async with serving(live, broker) as worker, playing(ledger, broker) as agent:
        agent.say(replace(agent.digest(), store="s2"))
        await until(lambda: worker.undecodable == 1)
        assert worker.comparing.ignored == 0
