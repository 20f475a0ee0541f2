"""The hub checks its own books: each night once, on demand, one at a time; findings become troubles."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest

from hub.stock.self_check import MOST_KEPT, AskCheck, FinishCheck, SelfCheck, latest_check
from hub.stock.verify import Verified, verify
from sync.rules.errors import Refused
from sync.runtime.pace import ChoreCut, Pace
from sync.storage.writer import Transaction
from tests.unit.hub.stock.small_chain import SetClock, SmallHub, enrol, exchange

AT = "2026-05-01T06:17:00.000Z"


async def asked(hub: SmallHub, by: str = "hq", day: str = "2026-05-01") -> int:
    return await hub.kernel.writer.run(AskCheck(by, hub.kernel.instant(), day))


async def break_books(hub: SmallHub) -> None:
    """A floor that moved by itself."""
    store = await enrol(hub)
    store.receive("tea", 5)
    await exchange(hub, store)
    await hub.kernel.writer.run(
        lambda transaction: transaction.execute("UPDATE stock SET floor = floor + 1 WHERE sku = 'tea'")
    )


async def test_what_is_asked_for_is_done_and_kept(hub: SmallHub) -> None:
    store = await enrol(hub)
    store.receive("tea", 5)
    await exchange(hub, store)
    await asked(hub)

    assert await SelfCheck(hub.kernel).step(0, is_rested=False) is True

    found = await latest_check(hub.kernel)
    assert found is not None
    assert (found.state, found.by, found.findings, found.told) == ("done", "hq", 0, ())
    assert found.counted == {"stores": 2, "events": 2, "movements": 2, "orders": 0, "payments": 0}
    assert await hub.one("SELECT COUNT(*) FROM trouble") == 0


async def test_each_finding_is_a_trouble_and_the_next_check_does_not_open_it_again(hub: SmallHub) -> None:
    await break_books(hub)
    check = SelfCheck(hub.kernel)
    for _ in range(2):
        await asked(hub)
        await check.step(0, is_rested=False)

    rows = await hub.kernel.reader.all("SELECT kind, store, facts, times FROM trouble")
    assert rows == [
        (
            "digest_mismatch",
            "s1",
            '{"check":"mirror","about":"tea","kept":"6 / 0 / 0 / 3","made":"5 / 0 / 0 / 3","by":"hub"}',
            2,
        )
    ]
    found = await latest_check(hub.kernel)
    assert found is not None
    assert found.findings == 1
    assert found.told[0].startswith("s1 tea: kept floor")


async def test_a_check_is_asked_for_once_at_a_time(hub: SmallHub) -> None:
    await asked(hub)
    with pytest.raises(Refused, match="check_running"):
        await asked(hub, "another")
    assert await hub.kernel.reader.all("SELECT by, state FROM self_check") == [("hq", "waiting")]


async def test_the_night_is_checked_once_in_the_chains_own_zone(hub: SmallHub, clock: SetClock) -> None:
    check = SelfCheck(hub.kernel)
    clock.instant = datetime(2026, 5, 1, 18, 59, tzinfo=UTC)  # 02:59 of 2 May in Shanghai
    assert await check.step(0) is False
    clock.move(minutes=5)
    assert await check.step(600) is False
    assert await check.step(0, is_rested=False) is False
    assert await check.step(0) is True
    clock.move(hours=5)
    assert await check.step(0) is False
    assert await hub.kernel.reader.all("SELECT day, by, state FROM self_check") == [
        ("2026-05-02", "", "done")
    ]
    clock.move(hours=24)
    assert await check.step(0) is True


async def test_a_night_that_was_begun_is_not_checked_again_by_a_program_that_fell(
    hub: SmallHub, clock: SetClock
) -> None:
    clock.instant = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)
    await asked(hub, "", "2026-05-02")
    await hub.kernel.writer.run(
        lambda transaction: transaction.execute("UPDATE self_check SET state = 'running'")
    )
    running = asyncio.ensure_future(SelfCheck(hub.kernel).run())
    async with asyncio.timeout(10):
        while (await hub.one("SELECT state FROM self_check")) != "cut":  # noqa: ASYNC110  # it looks every round
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert await SelfCheck(hub.kernel).step(0) is False


async def test_a_day_that_was_checked_by_demand_has_its_night_all_the_same(
    hub: SmallHub, clock: SetClock
) -> None:
    clock.instant = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)
    await asked(hub, "hq", "2026-05-02")
    check = SelfCheck(hub.kernel)

    assert [await check.step(0) for _ in range(3)] == [True, True, False]


async def test_a_database_that_cannot_be_read_is_a_finding(
    hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3  # noqa: PLC0415

    async def damaged(*_: object) -> Verified:
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr("hub.stock.self_check.verify", damaged)
    await asked(hub)
    await SelfCheck(hub.kernel).step(0, is_rested=False)

    assert await hub.one("SELECT kind, store FROM trouble") == ("digest_mismatch", "")


async def test_a_check_that_fails_is_cut_and_another_can_be_asked_for(
    hub: SmallHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> Verified:
        raise ZeroDivisionError

    monkeypatch.setattr("hub.stock.self_check.verify", broken)
    await asked(hub)
    with pytest.raises(ZeroDivisionError):
        await SelfCheck(hub.kernel).step(0, is_rested=False)

    assert await hub.kernel.reader.all("SELECT state FROM self_check") == [("cut",)]
    await asked(hub)


async def test_old_results_are_forgotten(hub: SmallHub) -> None:
    def fill(transaction: Transaction) -> None:
        for number in range(1, MOST_KEPT + 3):
            transaction.execute(
                "INSERT INTO self_check (id, day, by, state, asked_at, finished_at, took_ms, counted,"
                " findings, told) VALUES (?, '', 'hq', 'running', '', '', 0, '{}', 0, '[]')",
                (number,),
            )
        FinishCheck(MOST_KEPT + 2, AT, 5, Verified(0, 0, 0, 0, 0, ()), AT)(transaction)

    await hub.kernel.writer.run(fill)

    assert await hub.one("SELECT MIN(id), COUNT(*) FROM self_check") == (3, MOST_KEPT)


async def test_a_check_stops_when_the_program_ends(hub: SmallHub) -> None:
    store = await enrol(hub)
    for _ in range(600):
        store.receive("tea", 1)
    await exchange(hub, store)
    stop = threading.Event()
    stop.set()
    with pytest.raises(ChoreCut):
        await verify(hub.kernel.reader, Pace(stop))


async def test_the_writer_works_while_a_check_rests(hub: SmallHub) -> None:
    store = await enrol(hub)
    for _ in range(600):
        store.receive("tea", 1)
    await exchange(hub, store)
    pace = Pace(rest_s=30)
    checking = asyncio.ensure_future(verify(hub.kernel.reader, pace))
    await asyncio.sleep(0)

    await hub.place("k1")

    assert not checking.done()
    checking.cancel()
    await asyncio.gather(checking, return_exceptions=True)
    assert pace.stop.is_set()
