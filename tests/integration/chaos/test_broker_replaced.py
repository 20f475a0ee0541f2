"""The broker is killed, wiped, and comes back as another kind on the same port, and back: nothing is lost."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from hub.broker.mosquitto import find_mosquitto
from hub.chaos.books import read_books
from hub.chaos.caller import Caller
from hub.chaos.calm import wait_for_calm
from hub.chaos.diary import Diary
from hub.chaos.papers import papers_in
from hub.chaos.person import Person, live, sign_in
from hub.chaos.reconcile import reconcile
from hub.chaos.sellers import Seller
from hub.chaos.shoppers import Shopper
from hub.chaos.stage import Stage
from hub.demo.chain import make_chain
from tests.integration.processes.prepared_demo import copy_prepared

pytestmark = [
    pytest.mark.broker,
    pytest.mark.processes,
    pytest.mark.timeout(240),
    pytest.mark.skipif(find_mosquitto() is None, reason="needs the mosquitto program"),
]
SKUS = ("BE1010", "BE1011", "BE1012")
SOME = 8


async def test_another_broker_in_mid_flight_and_back_loses_nothing(tmp_path: Path, shared: Path) -> None:
    await asyncio.to_thread(copy_prepared, tmp_path / "demo", shared)
    stage = await Stage.set_up(tmp_path / "demo", 1, "mosquitto")
    diary, over, (store,) = Diary(), asyncio.Event(), stage.stores
    place = stage.place.stores[0]
    try:
        async with Caller(stage.place.hub_url, diary) as shop, Caller(place.agent_url, diary) as till:
            await sign_in(till, place.staff[0]["user"], place.staff[0]["pin"], "1")
            people: list[Person] = [
                Shopper(1, shop, (store,), SKUS, diary, Random(1)),
                Seller(store, "1", till, SKUS, diary, Random(2)),
            ]
            lives = [asyncio.create_task(live(person, diary, over)) for person in people]
            kinds = [stage.broker_kind]
            for _ in range(2):
                await _some_more(diary)
                assert await stage.kill("broker")
                await _some_more(diary)
                kinds.append(await asyncio.to_thread(stage.swap_broker))
                stage.bring_back("broker")
            await _some_more(diary)
            over.set()
            await asyncio.gather(*lives)
            assert kinds == ["mosquitto", "embedded", "mosquitto"]
            assert await wait_for_calm(stage, lambda _text: None) == []

        books = read_books(stage.hub_database, {store: stage.ledger(store)})
        printed = {store: papers_in([printer.papers for printer in place.printers])}
        opening = {one.id: one.opening for one in make_chain(1, stage.folder / "chain").stores}
        assert reconcile(diary, books, opening, printed) == []
        assert stage.fallen() == []
    finally:
        await stage.close()


async def _some_more(diary: Diary) -> None:
    """Wait until some more was told, with or without a broker."""
    wanted = _told(diary) + SOME
    async with asyncio.timeout(60):
        while _told(diary) < wanted:  # noqa: ASYNC110 - people tell nobody but their diary
            await asyncio.sleep(0.05)


def _told(diary: Diary) -> int:
    return sum(
        diary.counts[what] for what in ("sales", "orders placed", "orders refused (stock.short)")
    ) + sum(diary.counts[what] for what in ("sales refused (short)",))
