"""Transfers: two documents, what is on the road between them, and the difference that HQ closes."""

import json
from typing import Any

import pytest

from hub.documents.close_difference import CloseDifference, SendOn
from hub.documents.queries import TransferView, on_the_road_now
from hub.stock.verify import verify
from sync.rules.errors import Refused
from sync.storage.writer import Transaction
from tests.unit.hub.documents.acts import Acts
from tests.unit.hub.stock.small_chain import enrol, everything


async def road(acts: Acts, document: str) -> TransferView:
    """The transfer of a document."""
    transfer = (await acts.view(document)).transfer
    assert transfer is not None
    return transfer


async def shipped(acts: Acts, asked: int = 10, sent: int = 10) -> tuple[str, str]:
    """A transfer of tea that s1 booked out; returns the documents of both stores."""
    document = await acts.give("transfer", {"tea": asked})
    await acts.book(document, {"tea": (asked, sent)})
    legs = (await road(acts, document)).legs
    return document, next((leg.id for leg in legs if leg.task == "transfer_in"), "")


async def close(acts: Acts, document: str, why: str = "lost on the road") -> int:
    """HQ closes the difference."""
    command = CloseDifference(kernel=acts.hub.kernel, document=document, by="hq", why=why)
    return await acts.hub.kernel.writer.run(command)


@pytest.mark.parametrize(
    ("locale", "sender", "receiver"), [("zh-CN", "人民路店", "江湾店"), ("en", "Renmin Road", "Jiangwan")]
)
async def test_a_store_reads_the_other_stores_name_in_its_own_language(
    acts: Acts, locale: str, sender: str, receiver: str
) -> None:
    def rename(transaction: Transaction) -> None:
        for store, zh, en in (("s1", "人民路店", "Renmin Road"), ("s2", "江湾店", "Jiangwan")):
            names = json.dumps({"zh-CN": zh, "en": en})
            transaction.execute("UPDATE store SET names = ?, locale = ? WHERE id = ?", (names, locale, store))

    await acts.hub.kernel.writer.run(rename)
    out = await acts.give("transfer", {"tea": 10})
    sent = await acts.item(out)
    await acts.step(out, "received")
    await acts.book(out, {"tea": (10, 10)})
    (arrival,) = [leg for leg in (await road(acts, out)).legs if leg.task == "transfer_in"]
    received = await acts.item(arrival.id, "s2")
    assert sent is not None
    assert received is not None
    assert (sent["partner"], received["partner"]) == (receiver, sender)
    assert ((await acts.view(out)).head.partner, arrival.partner) == ("s2", "s1")


async def test_a_transfer_walks_from_draft_to_received(acts: Acts) -> None:
    out = await acts.give("transfer", {"tea": 10})
    states = [(await road(acts, out)).state]
    await acts.step(out, "received")
    states.append((await road(acts, out)).state)
    acts.hub.woken.clear()
    await acts.book(out, {"tea": (10, 10)})
    states.append((await road(acts, out)).state)
    units = [(line.sku, line.went, line.came, line.units) for line in (await road(acts, out)).road]
    (arrival,) = [leg.id for leg in (await road(acts, out)).legs if leg.task == "transfer_in"]
    item = await acts.item(arrival, "s2")
    await acts.book(arrival, {"tea": (10, 10)}, "s2")
    states.append((await road(acts, out)).state)

    assert states == ["draft", "ready", "in_transit", "received"]
    assert units == [("tea", 10, 0, 10)]
    assert acts.hub.woken == ["s2"]
    assert item is not None
    assert (item["task"], item["lines"][0]["qty"], item["partner"]) == ("transfer_in", 10, "s1")
    assert await acts.item(arrival, "s2") is None
    assert await on_the_road_now(acts.hub.kernel.reader) == []
    assert ((await acts.hub.stock("tea"))["floor"], (await acts.hub.stock("tea", "s2"))["floor"]) == (40, 15)
    assert await acts.troubles() == []
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_the_other_store_is_asked_for_what_was_really_shipped(acts: Acts) -> None:
    _, arrival = await shipped(acts, asked=10, sent=7)
    item = await acts.item(arrival, "s2")
    assert item is not None
    assert [(line["sku"], line["qty"]) for line in item["lines"]] == [("tea", 7)]


async def test_nothing_shipped_asks_nobody_and_is_cancelled(acts: Acts) -> None:
    out, arrival = await shipped(acts, asked=10, sent=0)
    assert arrival == ""
    assert (await road(acts, out)).state == "cancelled"
    assert (await verify(acts.hub.kernel.reader)).findings == ()


@pytest.mark.parametrize("to", ["withdrawn", "refused"])
async def test_what_never_left_is_cancelled(acts: Acts, to: Any) -> None:
    out = await acts.give("transfer", {"tea": 10})
    await acts.step(out, to)
    transfer = await road(acts, out)
    assert (transfer.state, transfer.in_transit, len(transfer.legs)) == ("cancelled", 0, 1)


async def test_a_difference_stands_until_hq_closes_it_with_a_reason_and_no_stock_moves(acts: Acts) -> None:
    out, arrival = await shipped(acts)
    await acts.book(arrival, {"tea": (10, 8)}, "s2")
    assert ((await road(acts, out)).state, (await road(acts, out)).in_transit) == ("partly_received", 2)
    assert [(line.sku, line.units) for line in await on_the_road_now(acts.hub.kernel.reader)] == [("tea", 2)]
    facts = {"document": arrival, "skus": "tea", "missing": 2}
    assert await acts.troubles() == [("document_difference", "s2", facts)]
    before = (await acts.hub.stock("tea"), await acts.hub.stock("tea", "s2"))

    assert await close(acts, out) == 2

    transfer = await road(acts, out)
    assert (transfer.state, transfer.in_transit) == ("discrepancy_closed", 0)
    assert (transfer.closed_by, transfer.closed_why) == ("hq", "lost on the road")
    assert (await acts.hub.stock("tea"), await acts.hub.stock("tea", "s2")) == before
    assert await acts.troubles() == []
    assert await acts.hub.one("SELECT action, resolved_by, note FROM trouble") == (
        "accepted",
        "hq",
        "lost on the road",
    )
    (deed,) = [deed for deed in (await acts.view(out)).deeds if deed.kind == "closed"]
    assert (deed.by, deed.why, deed.told) == (
        "hq",
        "lost on the road",
        ({"sku": "tea", "bucket": "floor", "qty": 2},),
    )
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_more_than_was_sent_is_a_difference_too(acts: Acts) -> None:
    out, arrival = await shipped(acts)
    await acts.book(arrival, {"tea": (10, 11)}, "s2")
    assert ((await road(acts, out)).state, (await road(acts, out)).in_transit) == ("partly_received", -1)
    assert await close(acts, out) == 1
    assert (await road(acts, out)).state == "discrepancy_closed"


async def test_what_cannot_be_closed_is_refused_and_nothing_changes(acts: Acts) -> None:
    out, _ = await shipped(acts)
    delivery = await acts.give("receiving", {"tea": 1})
    before = everything(acts.hub.path)
    for document, why, code in (
        (out, "early", "still_open"),
        (out, " ", "reason_missing"),
        (delivery, "none", "no_transfer"),
        ("nothing", "none", "unknown_document"),
    ):
        with pytest.raises(Refused) as refused:
            await close(acts, document, why)
        assert refused.value.code == code
    assert everything(acts.hub.path) == before


async def test_a_closed_difference_cannot_be_closed_twice(acts: Acts) -> None:
    out, arrival = await shipped(acts)
    await acts.book(arrival, {"tea": (10, 8)}, "s2")
    await close(acts, out)
    with pytest.raises(Refused, match="nothing_on_the_road"):
        await close(acts, out)


async def test_goods_that_their_store_refused_are_sent_on(acts: Acts) -> None:
    out, arrival = await shipped(acts)
    await acts.step(arrival, "refused", "s2", why="shop is full")
    assert ((await road(acts, out)).state, (await road(acts, out)).is_stranded) == ("in_transit", True)

    command = SendOn(kernel=acts.hub.kernel, document=out, store="s1", by="hq")
    back = await acts.hub.kernel.writer.run(command)
    assert (await acts.item(back, "s1") or {})["task"] == "transfer_in"
    await acts.book(back, {"tea": (10, 10)})

    assert (await road(acts, out)).state == "received"
    assert (await acts.hub.stock("tea"))["floor"] == 50
    assert await acts.troubles() == []
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_a_store_that_cannot_be_asked_does_not_keep_the_fact_from_being_booked(acts: Acts) -> None:
    out = await acts.give("transfer", {"tea": 10})
    await acts.hub.kernel.writer.run(
        lambda transaction: transaction.execute("UPDATE store_stream SET sinc = 0 WHERE store = 's2'")
    )
    await acts.book(out, {"tea": (10, 10)})
    assert ((await road(acts, out)).state, (await road(acts, out)).is_stranded) == ("in_transit", True)
    assert (await acts.hub.stock("tea"))["floor"] == 40
    assert await acts.troubles() == [("transfer_stranded", "s1", {"document": out, "units": 10})]


async def test_a_lost_document_is_rebuilt_from_the_steps_as_far_as_they_tell(acts: Acts) -> None:
    delivery = await acts.give("receiving", {"tea": 5})
    out, arrival = await shipped(acts)
    await acts.book(delivery, {"tea": (5, 4)})
    await acts.step(arrival, "received", "s2")

    def forget(transaction: Any) -> None:
        """The hub of a backup: it knows no document, and no event behind the first grants."""
        for table in ("document", "document_line", "document_history", "transfer", "trouble"):
            transaction.execute(f"DELETE FROM {table}")
        transaction.execute("DELETE FROM event")
        transaction.execute("DELETE FROM movement")
        transaction.execute("DELETE FROM request")
        transaction.execute(
            "UPDATE stock SET floor = 0, staged = 0, granted = 0, settled = 0, returned = 0, promised = 0"
        )
        transaction.execute("UPDATE store_stream SET app = 0, chain = '', ver = 0, heard = 0")

    await acts.hub.kernel.writer.run(forget)
    await acts.hear_again("s1")
    await acts.hear_again("s2")

    found = await acts.view(delivery)
    assert (found.head.task, found.head.state, found.head.origin) == ("receiving", "booked", "hq")
    assert [(line.sku, line.asked, line.found) for line in found.lines] == [("tea", 5, 4)]
    assert [deed.kind for deed in found.deeds] == ["lost", "booked"]
    transfer = await road(acts, out)
    assert (transfer.source, transfer.target, transfer.state) == ("s1", "s2", "in_transit")
    assert [leg.id for leg in transfer.legs] == [out, arrival]
    await acts.book(arrival, {"tea": (10, 10)}, "s2")
    assert (await road(acts, out)).state == "received"
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_an_agent_that_takes_over_hears_only_of_what_is_open(acts: Acts) -> None:
    ended, still = await acts.give("receiving", {"tea": 5}), await acts.give("count", {"tea": 0})
    await acts.book(ended, {"tea": (5, 5)})
    await enrol(acts.hub)
    items = await acts.hub.kernel.reader.all("SELECT item FROM request WHERE kind = 'document'")
    assert items == [(still,)]
