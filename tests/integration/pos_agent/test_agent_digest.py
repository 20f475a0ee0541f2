"""The agent's digests: told in a calm moment, of one state of the ledger, as often as asked and no more."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from pos_agent.ledger import tell_digest
from pos_agent.link import digest_teller
from pos_agent.link.digest_teller import DigestTeller
from sync.messages.codec import decode
from sync.rules.digest import (
    BUCKETS,
    EMPTY,
    Compare,
    Digest,
    Rows,
    bucket_of,
    differing,
    fingerprint,
)
from sync.runtime.pace import ChoreCut, Pace
from sync.simulator.digests import rows_of_hub
from tests.integration.pos_agent.hub_stage import HubStage, until
from tests.integration.pos_agent.test_agent_line import joined, meet
from tests.unit.pos_agent.agent_stage import COLA, MILK, SOAP, STORE, Stage, client, staged


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest_teller, "SPREAD_S", 0.0)
    monkeypatch.setattr(digest_teller, "ASKED_LEAST_S", 0.0)
    monkeypatch.setattr(digest_teller, "LOOK_EVERY_S", 0.02)


def mirror(hub: HubStage) -> str:
    """The hub's own hashes."""
    rows = rows_of_hub(hub.book)
    return fingerprint(rows[sku] for sku in sorted(rows))


async def test_a_digest_follows_a_connection_and_equals_the_hubs(template: Path, tmp_path: Path) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await until(lambda: bool(hub.digests))
        await stage.receive(SKU_1=10, SKU_3=4)
        await meet(stage, hub)
        hub.publish(Compare(hinc=1, sinc=1))
        await until(lambda: len(hub.digests) == 2)

        told, position = hub.digests[-1], hub.book.position()
        assert (told.store, told.sinc, told.hinc, told.seq, told.chain) == (
            STORE,
            1,
            1,
            position.app,
            position.chain,
        )
        assert told.buckets == mirror(hub)
        assert differing(told.buckets, EMPTY * BUCKETS) == tuple(sorted(map(bucket_of, (COLA, SOAP))))
        assert stage.desk.metrics.digests._value.get() == 2


async def test_the_rows_of_the_buckets_asked_for_are_told(template: Path, tmp_path: Path) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await stage.receive(SKU_1=10, SKU_3=4)
        await meet(stage, hub)
        hub.publish(Compare(hinc=1, sinc=1, buckets=(bucket_of(COLA), bucket_of(MILK))))
        await until(lambda: bool(hub.rows))
        (page,) = hub.rows
        assert (page.page, page.pages, page.buckets) == (1, 1, (bucket_of(COLA), bucket_of(MILK)))
        assert [(row.sku, row.floor, row.granted) for row in page.rows] == [(COLA, 10, 5)]


class TellerStage:
    """A teller without a line: what it says is kept."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.said: list[Digest | Rows] = []
        self.has_room = True
        self.teller = DigestTeller(stage.desk, self._say, Random(1))
        stage.desk.line.is_online = True

    def _say(self, payload: bytes) -> bool:
        if self.has_room:
            said = decode(payload)
            assert isinstance(said, Digest | Rows)
            self.said.append(said)
        return self.has_room

    async def heard_all(self) -> None:
        """The hub has heard every event."""
        await self.stage.run(
            lambda book: book.put_position(replace(book.position(), heard=book.position().seq))
        )


async def test_nothing_is_told_before_the_hub_has_heard_all(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path) as stage:
        told = TellerStage(stage)
        await stage.receive(SKU_1=10)
        told.teller.connected()
        told.teller.asked(Compare(hinc=1, sinc=1, buckets=(1,)))
        await told.teller.look()
        assert told.said == []
        await told.heard_all()
        await told.teller.look()
        assert [said.kind for said in told.said] == ["rows", "digest"]
        assert [said.seq for said in told.said] == [2, 2]


async def test_a_store_that_sells_meanwhile_tells_nothing(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path) as stage:
        await stage.receive(SKU_1=10)
        assert tell_digest.tell_digest(stage.path, Pace(rest_s=0)) is None
        assert tell_digest.tell_rows(stage.path, (1,), Pace(rest_s=0)) is None


async def test_it_is_told_once_a_day(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path) as stage:
        told = TellerStage(stage)
        told.teller.connected()
        for seconds, expected in ((0, 1), (86_399, 1), (1, 2), (60, 2)):
            stage.clock.go(seconds)
            await told.teller.look()
            assert len(told.said) == expected


async def test_a_line_that_comes_and_goes_brings_one_a_minute(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path) as stage:
        told = TellerStage(stage)
        for seconds, expected in ((0, 1), (1, 1), (58, 1), (1, 2)):
            stage.clock.go(seconds)
            told.teller.connected()
            await told.teller.look()
            assert len(told.said) == expected


async def test_what_cannot_leave_is_told_at_the_next_look(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path) as stage:
        told = TellerStage(stage)
        told.has_room = False
        told.teller.connected()
        told.teller.asked(Compare(hinc=1, sinc=1, buckets=(1,)))
        await told.teller.look()
        told.has_room = True
        await told.teller.look()
        assert [said.kind for said in told.said] == ["rows", "digest"]


async def test_without_a_line_or_a_common_version_nothing_is_told(template: Path, tmp_path: Path) -> None:
    async with staged(template, tmp_path) as stage:
        told = TellerStage(stage)
        told.teller.connected()
        stage.desk.line.is_online = False
        await told.teller.look()
        stage.desk.line.is_online, stage.desk.line.older = True, "store"
        await told.teller.look()
        assert told.said == []


async def test_rows_that_take_too_many_messages_are_given_up(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tell_digest, "MOST_PAGES", 0)
    async with staged(template, tmp_path) as stage:
        told = TellerStage(stage)
        told.teller.asked(Compare(hinc=1, sinc=1, buckets=(1,)))
        with pytest.raises(tell_digest.TooManyRows, match="0 rows of 1 buckets take 1 messages"):
            await told.teller.look()
        await told.teller.look()
        assert told.said == []


async def test_trouble_with_the_file_does_not_end_the_loop(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(template, tmp_path) as stage:
        told = TellerStage(stage)
        troubles = [sqlite3.DatabaseError("malformed"), ChoreCut()]
        right = tell_digest.tell_digest

        def troubled(path: Path, pace: Pace) -> Digest | None:
            if troubles:
                raise troubles.pop(0)
            return right(path, pace)

        monkeypatch.setattr(digest_teller, "tell_digest", troubled)
        told.teller.connected()
        task = asyncio.create_task(told.teller.run())
        await until(lambda: bool(told.said))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert troubles == []


@pytest.mark.parametrize(("protocol", "older"), [((2, 3), "store"), ((1, 3), None)])
async def test_a_hub_of_another_version_is_shown_and_the_till_works_on(
    template: Path, tmp_path: Path, protocol: tuple[int, int], older: str | None
) -> None:
    async with joined(template, tmp_path) as (stage, hub):
        await stage.receive(SKU_1=10)
        await meet(stage, hub)
        hub.say_hello(protocol)
        hub.raw(b'j{"kind":"down","v":2}')
        newer = stage.desk.metrics.dropped.labels("newer_version")
        await until(lambda: newer._value.get() == 1)
        async with client(stage) as till:
            assert (await till.get("/api/v1/status")).json()["older"] == older
            ticket = (await till.post("/api/v1/till/lines", json={"sku": COLA, "qty": 1})).json()
            body = {"given_minor": 350, "ticket": ticket["id"]}
            assert (await till.post("/api/v1/till/pay", json=body)).status_code == 200
        hub.say_hello()
        await until(lambda: stage.desk.line.older is None)
        await meet(stage, hub)
        assert stage.desk.metrics.dropped.labels("undecodable")._value.get() == 0
