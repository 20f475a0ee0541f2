"""Enrolment: a code serves once, each use raises the incarnation, and what served before is fenced."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.stores.enrol import CODE_LIFE, Enrol, Enrolled, MakeCode, hashed, new_code
from hub.stores.queries import load_directory
from sync.rules.errors import Refused
from sync.storage.incarnations import Incarnations
from tests.unit.hub.stock.small_chain import SetClock, SmallHub, enrol, everything, exchange, hear


async def code_for(hub: SmallHub, store: str = "s1") -> str:
    code, _ = await hub.kernel.writer.run(MakeCode(hub.kernel, store, "hq", new_code()))
    return code


def using(hub: SmallHub, code: str) -> Enrol:
    incarnations = Incarnations(hub.kernel.settings.data_dir)
    return Enrol(hub.kernel, incarnations, code, "$7$101$c2FsdA==$aGFzaA==", "0" * 64)


async def refused(hub: SmallHub, code: str) -> str:
    before, issued = everything(hub.path), Incarnations(hub.kernel.settings.data_dir).highest("s1")
    with pytest.raises(Refused) as error:
        await hub.kernel.writer.run(using(hub, code))
    assert everything(hub.path) == before
    assert Incarnations(hub.kernel.settings.data_dir).highest("s1") == issued
    return error.value.code


async def test_a_code_makes_an_agent_its_store_once(hub: SmallHub) -> None:
    code = await code_for(hub)
    assert await hub.kernel.writer.run(using(hub, code.lower().replace("-", ""))) == Enrolled("s1", 1)
    assert await refused(hub, code) == "enrolment_code"
    row = await hub.one("SELECT sinc, app, heard, state FROM store_stream WHERE store = 's1'")
    assert row == (1, 0, 0, "whole")


async def test_wrong_expired_and_replaced_codes_are_refused(hub: SmallHub, clock: SetClock) -> None:
    first = await code_for(hub)
    assert await refused(hub, "AAAA-AAAA") == "enrolment_code"
    assert await refused(hub, "") == "enrolment_code"
    second = await code_for(hub)
    assert await refused(hub, first) == "enrolment_code"
    clock.instant += CODE_LIFE - timedelta(seconds=1)
    third = await code_for(hub, "s2")
    clock.instant += timedelta(seconds=1)
    assert await refused(hub, second) == "enrolment_code"
    assert (await hub.kernel.writer.run(using(hub, third))).store == "s2"


async def test_codes_are_kept_hashed(hub: SmallHub) -> None:
    code = await code_for(hub)
    assert await hub.one("SELECT code_hash FROM enrolment_code") == hashed(code)
    assert code not in str(everything(hub.path))


async def test_a_code_for_no_store_is_refused(hub: SmallHub) -> None:
    with pytest.raises(Refused, match="unknown_store"):
        await hub.kernel.writer.run(MakeCode(hub.kernel, "nowhere", "hq", new_code()))


async def test_each_enrolment_raises_the_incarnation_also_outside_the_database(hub: SmallHub) -> None:
    numbers = [(await enrol(hub)).position.sinc for _ in range(3)]
    assert numbers == [1, 2, 3]
    assert Incarnations(hub.kernel.settings.data_dir).highest("s1") == 3
    await hub.kernel.writer.run(lambda t: t.one("UPDATE store_stream SET sinc = 0"))
    assert (await enrol(hub)).position.sinc == 4
    store = hub.kernel.directory.get("s1")
    assert store is not None
    assert store.sinc == 4


async def test_an_agent_that_was_never_heard_may_have_written_all_the_same(hub: SmallHub) -> None:
    await enrol(hub)
    await enrol(hub)
    row = await hub.one("SELECT state, mirror_sinc, mirror_seq FROM store_stream WHERE store = 's1'")
    assert row == ("rebuilding", 1, 0)


async def test_an_agent_replaced_after_it_wrote_leaves_the_store_to_be_rebuilt(hub: SmallHub) -> None:
    old = await enrol(hub)
    old.receive("tea", 10)
    await exchange(hub, old)
    await enrol(hub)
    where = "SELECT app, state, mirror_sinc, mirror_seq FROM store_stream WHERE store = 's1'"
    assert await hub.one(where) == (0, "rebuilding", 1, old.position.seq)
    # and once more: that nothing came from the second agent does not make the first one's stock whole
    await enrol(hub)
    assert await hub.one(where) == (0, "rebuilding", 1, old.position.seq)
    await load_directory(hub.kernel)
    with pytest.raises(Refused, match="not_merged"):
        await hub.place()


async def test_an_order_that_came_back_without_an_item_is_told_to_the_next_agent(hub: SmallHub) -> None:
    store = await enrol(hub)
    store.receive("tea", 10)
    await exchange(hub, store)
    made = await hub.place("k1")
    await exchange(hub, store)
    await hub.kernel.writer.run(lambda t: t.execute("DELETE FROM request WHERE kind = 'order'"))
    following = await enrol(hub)
    await exchange(hub, following)
    await exchange(hub, following)
    hold = following.book.hold(made["id"])
    assert hold is not None
    assert hold.body is not None
    assert (hold.body.number, hold.body.due_minor) == (made["number"], made["total"]["minor"])


async def test_the_replaced_agents_reports_change_nothing(hub: SmallHub) -> None:
    old = await enrol(hub)
    old.receive("tea", 10)
    await exchange(hub, old)
    await enrol(hub)
    before = everything(hub.path)
    old.sell("tea", 1)
    assert (await hear(hub, old.up())).applied.verdict == "foreign"
    assert everything(hub.path) == before


async def test_a_machine_with_a_foreign_ledger_does_not_spend_a_code(hub: SmallHub) -> None:
    code = await code_for(hub)
    before = everything(hub.path)
    with pytest.raises(Refused, match="other_store"):
        await hub.kernel.writer.run(replace(using(hub, code), machine_of="s2"))
    assert everything(hub.path) == before
    assert (await hub.kernel.writer.run(replace(using(hub, code), machine_of="s1"))).store == "s1"


async def test_a_number_that_the_database_knows_is_not_given_again(hub: SmallHub) -> None:
    await enrol(hub)
    await enrol(hub)
    (hub.kernel.settings.data_dir / "incarnations").write_text('{"hub": 3}', "utf-8")
    assert (await enrol(hub)).position.sinc == 3
