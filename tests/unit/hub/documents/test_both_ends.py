"""Both ends of a document: HQ's commands, and the store's own rules under them, with messages between."""

from dataclasses import replace

from hub.documents.queries import read_document
from hub.documents.withdraw_document import WithdrawDocument
from hub.stock.verify import verify
from sync.rules.store import documents
from tests.unit.hub.documents.acts import Acts
from tests.unit.hub.stock.small_chain import AT, enrol, exchange, hear


async def found(acts: Acts, document: str, store: str, **units: int) -> None:
    """People of a store find units and book."""
    book = acts.stores[store].book
    for sku, n in units.items():
        documents.say_found(book, document, sku, "floor", n)
    documents.book_document(book, document, AT, "lin")
    book.commit()
    await exchange(acts.hub, acts.stores[store])


async def test_a_delivery_is_asked_booked_and_known_at_both_ends(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10, "soap": 4})
    await exchange(acts.hub, acts.stores["s1"])
    assert (await acts.view(document)).head.state == "received"
    await found(acts, document, "s1", tea=10, soap=3)
    view = await acts.view(document)
    assert (view.head.state, view.head.differ) == ("booked", 1)
    assert [(line.asked, line.found) for line in view.lines] == [(10, 10), (4, 3)]
    assert await acts.item(document) is None
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_a_transfer_goes_from_ledger_to_ledger(acts: Acts) -> None:
    out = await acts.give("transfer", {"tea": 10})
    await exchange(acts.hub, acts.stores["s1"])
    await found(acts, out, "s1", tea=9)
    arrival = out.replace("transfer_out", "transfer_in")
    await exchange(acts.hub, acts.stores["s2"])
    assert (await acts.view(arrival)).head.state == "received"
    await found(acts, arrival, "s2", tea=9)
    transfer = (await acts.view(out)).transfer
    assert transfer is not None
    assert (transfer.state, transfer.in_transit) == ("received", 0)
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_a_count_and_a_correction_and_an_opening(acts: Acts) -> None:
    count = await acts.give("count", {"tea": 0})
    adjust = await acts.give("adjust", {"soap": -2})
    opening = await acts.give("opening", {"comb": 7})
    await exchange(acts.hub, acts.stores["s1"])
    assert [(await acts.view(one)).head.state for one in (adjust, opening)] == ["booked", "booked"]
    await found(acts, count, "s1", tea=48)
    (line,) = (await acts.view(count)).lines
    assert (line.asked, line.found) == (50, 48)
    assert (await acts.hub.stock("tea"))["floor"] == 48
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_a_withdrawal_before_the_store_heard_of_it(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await acts.hub.kernel.writer.run(WithdrawDocument(kernel=acts.hub.kernel, document=document, by="hq"))
    await exchange(acts.hub, acts.stores["s1"])
    assert (await acts.view(document)).head.state == "withdrawn"
    assert await acts.item(document) is None


async def test_a_correction_beyond_what_is_there_is_refused_in_words(acts: Acts) -> None:
    document = await acts.give("adjust", {"soap": -2000})
    await exchange(acts.hub, acts.stores["s1"])
    assert (await acts.view(document)).head.state == "refused"
    assert await acts.troubles() == [("document_refused", "s1", {"document": document, "why": "short"})]


async def test_a_new_agent_books_nothing_twice(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await exchange(acts.hub, acts.stores["s1"])
    await found(acts, document, "s1", tea=10)
    acts.stores["s1"] = await enrol(acts.hub)
    await exchange(acts.hub, acts.stores["s1"])
    head = await read_document(acts.hub.kernel.reader, document)
    assert head is not None
    assert head.head.state == "booked"
    assert (await acts.hub.stock("tea"))["floor"] == 60
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def lost_after_the_move(acts: Acts, document: str, **units: int) -> None:
    """A store books, its message is cut behind the move, and then the store is lost."""
    store = acts.stores["s1"]
    for sku, n in units.items():
        documents.say_found(store.book, document, sku, "floor", n)
    documents.book_document(store.book, document, AT, "lin")
    store.book.commit()
    up = store.up()
    cut = next(place for place, event in enumerate(up.events, 1) if event["kind"] == "move")
    await hear(acts.hub, replace(up, events=up.events[:cut]))
    acts.stores["s1"] = await enrol(acts.hub, "s1")
    await exchange(acts.hub, acts.stores["s1"])


async def test_goods_shipped_by_a_store_that_is_lost_at_once_are_on_the_road(acts: Acts) -> None:
    out = await acts.give("transfer", {"tea": 10})
    await exchange(acts.hub, acts.stores["s1"])
    await lost_after_the_move(acts, out, tea=9)
    view = await acts.view(out)
    assert [(line.asked, line.found) for line in view.lines] == [(10, 9)]
    assert view.transfer is not None
    assert (view.transfer.state, view.transfer.in_transit) == ("in_transit", 9)
    await exchange(acts.hub, acts.stores["s2"])
    await found(acts, out.replace("transfer_out", "transfer_in"), "s2", tea=9)
    assert (await acts.hub.stock("tea", "s2"))["floor"] == 14
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_a_delivery_booked_by_a_store_that_is_lost_at_once_differs_only_where_it_did(
    acts: Acts,
) -> None:
    document = await acts.give("receiving", {"tea": 10, "soap": 4})
    await exchange(acts.hub, acts.stores["s1"])
    await lost_after_the_move(acts, document, tea=10, soap=4)
    view = await acts.view(document)
    assert [(line.asked, line.found) for line in view.lines] == [(10, 10), (4, 4)]
    assert (view.head.state, view.head.differ) == ("booked", 0)
    assert (await verify(acts.hub.kernel.reader)).findings == ()
