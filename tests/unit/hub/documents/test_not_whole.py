"""Documents while a store has not told all that happened: nothing that cannot be taken back is decided."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hub.documents.close_difference import CloseDifference, SendOn
from hub.documents.desk import problem_of
from hub.documents.revise_document import ReviseDocument
from hub.documents.rules import Asked
from hub.documents.withdraw_document import WithdrawDocument
from hub.stock.verify import verify
from sync.rules.errors import Refused
from sync.rules.store import documents
from tests.unit.hub.documents.acts import Acts
from tests.unit.hub.stock.put_back import copied, put_back
from tests.unit.hub.stock.small_chain import AT, Ledger, SetClock, SmallHub, everything, exchange

BASE = "0190c0de-0000-7000-8000-00000000bbbb"


async def run(hub: SmallHub, command: Any) -> Any:
    """Run a command in the writer."""
    return await hub.kernel.writer.run(command)


async def refused(hub: SmallHub, command: Any) -> Refused:
    """A refusal that changed nothing, and that has words."""
    before = everything(hub.path)
    with pytest.raises(Refused) as error:
        await run(hub, command)
    assert everything(hub.path) == before
    assert problem_of(error.value).status == 409
    return error.value


def book(store: Ledger, document: str, counts: Mapping[str, int]) -> None:
    """The store finds and books units."""
    for sku, units in counts.items():
        documents.say_found(store.book, document, sku, "floor", units)
    documents.book_document(store.book, document, AT, "lin", is_partly=False)
    store.book.commit()


def revise(hub: SmallHub, document: str, rev: int, units: int) -> ReviseDocument:
    """HQ asks for other units of tea."""
    lines = (Asked("tea", units),)
    return ReviseDocument(kernel=hub.kernel, document=document, rev=rev, lines=lines, by="hq")


async def test_goods_are_not_sent_on_before_their_stores_have_told_where_they_are(
    acts: Acts, tmp_path: Path, schema: Path, clock: SetClock
) -> None:
    """What was sent back in the hours that a restore lost is booked once, and not asked for again."""
    hub, s1, s2 = acts.hub, acts.stores["s1"], acts.stores["s2"]
    document = await acts.give("transfer", {"tea": 10})
    await exchange(hub, s1)
    book(s1, document, {"tea": 10})
    await exchange(hub, s1)
    await exchange(hub, s2)
    documents.refuse_document(s2.book, document.replace("_out", "_in"), AT, "lin", "full")
    s2.book.commit()
    await exchange(hub, s2)
    copy = copied(hub, tmp_path / "copy")
    back = await run(hub, SendOn(kernel=hub.kernel, document=document, store="s1", by="hq"))
    await exchange(hub, s1)
    book(s1, back, {"tea": 10})
    await exchange(hub, s1)
    async with put_back(copy, schema, clock) as later:
        send = SendOn(kernel=later.kernel, document=document, store="s2", by="hq")
        close = CloseDifference(kernel=later.kernel, document=document, by="hq", why="lost")
        told = [(await refused(later, one)).facts["store"] for one in (send, close)]
        await exchange(later, s2)
        told.append((await refused(later, send)).facts["store"])
        await exchange(later, s1)
        assert told == ["s1", "s1", "s1"]
        assert (await refused(later, send)).code == "nothing_on_the_road"
        floors = [(await later.stock("tea", store))["floor"] for store in ("s1", "s2")]
        assert (floors, await later.one("SELECT state FROM transfer")) == ([50, 5], "received")
        assert (await verify(later.kernel.reader)).findings == ()


async def test_goods_sent_on_have_an_id_that_no_lost_document_has(acts: Acts) -> None:
    """The hub knows of a later arrival alone, named as an earlier hub counted them."""
    await acts.book(f"{BASE}.transfer_in-1", {"tea": (10, 7)}, store="s1")
    await acts.book(f"{BASE}.transfer_out", {"tea": (10, 10)}, store="s1")
    send = SendOn(kernel=acts.hub.kernel, document=f"{BASE}.transfer_out", store="s2", by="hq")
    given = await run(acts.hub, send)
    assert given.startswith(f"{BASE}.transfer_in-")
    assert given != f"{BASE}.transfer_in-1"
    item = await acts.item(given, "s2")
    assert item is not None
    assert [(line["sku"], line["qty"]) for line in item["lines"]] == [("tea", 3)]
    await acts.book(given, {"tea": (3, 3)}, store="s2")
    assert (await acts.view(given)).head.transfer == BASE
    assert await acts.hub.one("SELECT state FROM transfer") == "received"


async def test_nothing_is_revised_while_the_store_may_have_a_newer_revision(
    acts: Acts, tmp_path: Path, schema: Path, clock: SetClock
) -> None:
    """Lines of the hub's older revision are not shown as those of the newer one that the store has."""
    hub, s1 = acts.hub, acts.stores["s1"]
    document = await acts.give("receiving", {"tea": 10})
    await exchange(hub, s1)
    copy = copied(hub, tmp_path / "copy")
    for rev in (1, 2):
        await run(hub, revise(hub, document, rev, 10 + rev))
        await exchange(hub, s1)
    async with put_back(copy, schema, clock) as later:
        withdraw = WithdrawDocument(kernel=later.kernel, document=document, by="hq")
        for command in (revise(later, document, 1, 5), withdraw):
            assert (await refused(later, command)).code == "not_merged"
        await exchange(later, s1)
        there = Acts(later, acts.stores)
        view = await there.view(document)
        assert (view.head.rev, view.head.state, view.lines) == (3, "received", ())
        assert (await refused(later, withdraw)).code == "lines_lost"
        assert await run(later, revise(later, document, 3, 5)) == 4
        await run(later, withdraw)
        await exchange(later, s1)
        assert await later.one("SELECT state FROM document") == "withdrawn"


async def test_goods_are_stranded_only_until_a_store_tells_that_they_came(acts: Acts) -> None:
    await acts.book(f"{BASE}.transfer_out", {"tea": (10, 10)}, store="s1")
    assert [kind for kind, _, _ in await acts.troubles()] == ["transfer_stranded"]
    await acts.book(f"{BASE}.transfer_in", {"tea": (10, 10)}, store="s2")
    assert await acts.troubles() == []
    assert await acts.hub.one("SELECT action, resolved_by FROM trouble") == ("arrived", "")
