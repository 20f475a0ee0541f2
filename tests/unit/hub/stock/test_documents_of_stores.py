"""Documents of stores at the hub: asked for until they end, and never again, whoever serves the store."""

from dataclasses import replace
from typing import Any

from hub.stock.book import SqliteHubBook
from hub.stores import tell_mirror
from sync.rules.books import tell
from sync.rules.items import DocumentItem, DocumentLine
from sync.rules.store import documents
from tests.unit.hub.stock.small_chain import AT, Ledger, SmallHub, enrol, exchange, hear


async def ask(hub: SmallHub, document: str, *, rev: int = 1, task: Any = "receiving") -> None:
    """Headquarters ask store s1 for five teas."""
    line = DocumentLine(sku="tea", qty=5, names={})
    item = DocumentItem(id=document, rev=rev, task=task, number=document, at=AT, lines=(line,))

    def command(transaction: Any) -> None:
        book = SqliteHubBook(transaction, "s1", hub.kernel.hinc, AT)
        tell(book, item, item.id)
        book.finish()

    await hub.kernel.writer.run(command)


def book(store: Ledger, document: str, units: int) -> None:
    """Somebody in the store books what came."""
    documents.say_found(store.book, document, "tea", "floor", units)
    documents.book_document(store.book, document, AT, "li")
    store.book.commit()


async def asked(hub: SmallHub) -> list[str]:
    """The documents that the store is still asked for."""
    rows = await hub.kernel.reader.all("SELECT item FROM request WHERE kind = 'document' ORDER BY item")
    return [item for (item,) in rows]


async def test_a_document_is_asked_for_until_it_ends(hub: SmallHub) -> None:
    store = await enrol(hub)
    await ask(hub, "d1")
    await exchange(hub, store)
    assert await asked(hub) == ["d1"]
    book(store, "d1", 4)
    await exchange(hub, store)
    assert await asked(hub) == []
    assert (await hub.stock("tea"))["floor"] == 4
    kinds = await hub.kernel.reader.all("SELECT kind FROM event ORDER BY seq")
    assert [kind for (kind,) in kinds] == ["document", "move", "grant", "document"]


async def test_an_agent_that_takes_over_is_told_what_ended_and_asked_for_the_rest(hub: SmallHub) -> None:
    store = await enrol(hub)
    for document in ("d1", "d2", "d3"):
        await ask(hub, document)
    await exchange(hub, store)
    book(store, "d1", 5)
    documents.refuse_document(store.book, "d2", AT, "li", "not ours")
    store.book.commit()
    await exchange(hub, store)
    following = await enrol(hub)
    states = {key: one.state for key, one in following.book.rows("document").items()}
    assert states == {"d1": "booked", "d2": "refused"}
    await exchange(hub, following)
    await exchange(hub, following)
    found = following.book.document("d3")
    assert found is not None
    assert (found.state, await asked(hub)) == ("open", ["d3"])
    # the new log told the ends again; the one after it is told each of them once
    again = await tell_mirror.documents_after(hub.kernel.reader, "s1", "")
    assert [raw["document"] for raw in again] == ["d1", "d2"]
    assert [raw["document"] for raw in await tell_mirror.documents_after(hub.kernel.reader, "s1", "d1")] == [
        "d2"
    ]
    assert await tell_mirror.documents_after(hub.kernel.reader, "s2", "") == []
    await ask(hub, "d1", rev=2)
    await exchange(hub, following)
    assert (await hub.stock("tea"))["floor"] == 5


async def test_goods_that_were_heard_without_the_end_of_their_document_are_not_booked_again(
    hub: SmallHub,
) -> None:
    store = await enrol(hub)
    await ask(hub, "d1")
    await exchange(hub, store)
    book(store, "d1", 4)
    await hear(hub, replace(store.up(), events=store.up().events[:1]))
    assert ((await hub.stock("tea"))["floor"], await asked(hub)) == (4, ["d1"])
    following = await enrol(hub)
    found = following.book.document("d1")
    assert found is not None
    assert (found.state, found.rev, found.why) == ("booked", 1, "moved")
    await exchange(hub, following)
    await exchange(hub, following)
    assert ((await hub.stock("tea"))["floor"], await asked(hub)) == (4, [])
