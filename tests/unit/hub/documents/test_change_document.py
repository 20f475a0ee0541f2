"""Revising and withdrawing: what happens first in the store's ledger wins; refusals change nothing."""

import pytest

from hub.documents.revise_document import ReviseDocument
from hub.documents.rules import Asked
from hub.documents.withdraw_document import WithdrawDocument
from hub.orders.answers import KeyReused
from sync.rules.errors import Refused
from tests.unit.hub.documents.acts import Acts
from tests.unit.hub.stock.small_chain import add_skus, everything


async def revise(acts: Acts, document: str, rev: int, **lines: int) -> int:
    """HQ revises a document's lines."""
    command = ReviseDocument(
        kernel=acts.hub.kernel,
        document=document,
        rev=rev,
        lines=tuple(Asked(sku, qty) for sku, qty in lines.items()),
        by="hq",
        why="more came",
    )
    return await acts.hub.kernel.writer.run(command)


async def withdraw(acts: Acts, document: str) -> None:
    """HQ asks for a document back."""
    await acts.hub.kernel.writer.run(
        WithdrawDocument(kernel=acts.hub.kernel, document=document, by="hq", why="wrong store")
    )


async def test_a_revision_replaces_the_lines_and_is_told(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    assert await revise(acts, document, 1, tea=12, soap=1) == 2

    item, view = await acts.item(document), await acts.view(document)
    assert item is not None
    assert (item["rev"], [(line["sku"], line["qty"]) for line in item["lines"]]) == (
        2,
        [("tea", 12), ("soap", 1)],
    )
    assert [(line.sku, line.qty) for line in view.lines] == [("tea", 12), ("soap", 1)]
    assert [(deed.kind, deed.by, deed.why, deed.rev) for deed in view.deeds][1] == (
        "revised",
        "hq",
        "more came",
        2,
    )


async def test_the_revision_that_the_store_booked_counts(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await revise(acts, document, 1, tea=12)
    await acts.book(document, {"tea": (10, 10)})

    view = await acts.view(document)
    assert (view.head.state, view.head.rev, view.head.booked_rev) == ("booked", 2, 1)
    assert [(line.qty, line.asked, line.found) for line in view.lines] == [(12, 10, 10)]
    assert await acts.troubles() == []


async def test_withdrawing_asks_the_store_once_and_the_store_decides(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await withdraw(acts, document)
    await withdraw(acts, document)
    item = await acts.item(document)
    assert item is not None
    assert (item["rev"], item["withdrawn"]) == (2, True)
    assert (await acts.view(document)).head.state == "asked"
    assert [deed.kind for deed in (await acts.view(document)).deeds] == ["given", "withdraw_asked"]

    await acts.step(document, "withdrawn", rev=2)
    assert (await acts.view(document)).head.state == "withdrawn"
    assert await acts.item(document) is None


async def test_a_store_that_booked_first_wins(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await withdraw(acts, document)
    await acts.book(document, {"tea": (10, 10)})
    assert (await acts.view(document)).head.state == "booked"


async def test_what_cannot_be_changed_is_refused_and_nothing_changes(acts: Acts) -> None:
    ended, open_one = await acts.give("receiving", {"tea": 10}), await acts.give("receiving", {"tea": 1})
    asked_back = await acts.give("receiving", {"tea": 1})
    out = await acts.give("transfer", {"tea": 2})
    await acts.book(ended, {"tea": (10, 10)})
    await acts.book(out, {"tea": (2, 2)})
    await withdraw(acts, asked_back)
    await acts.step("own-7", "received", rev=0)
    arrival = out.replace("transfer_out", "transfer_in")
    before = everything(acts.hub.path)

    for document, rev, qty, sku, code in (
        (ended, 1, 5, "tea", "ended"),
        (open_one, 2, 5, "tea", "changed"),
        (open_one, 1, 0, "tea", "wrong_draft"),
        (open_one, 1, 5, "odd", "unknown_sku"),
        (asked_back, 2, 5, "tea", "withdrawing"),
        (arrival, 1, 5, "tea", "not_revisable"),
        ("own-7", 1, 5, "tea", "not_ours"),
        ("nothing", 1, 5, "tea", "unknown_document"),
    ):
        with pytest.raises(Refused) as refused:
            await revise(acts, document, rev, **{sku: qty})
        assert refused.value.code == code
    for document, code in ((ended, "ended"), ("own-7", "not_ours"), ("nothing", "unknown_document")):
        with pytest.raises(Refused) as refused:
            await withdraw(acts, document)
        assert refused.value.code == code
    assert everything(acts.hub.path) == before


async def test_the_same_key_gives_one_document(acts: Acts) -> None:
    first = await acts.give("receiving", {"tea": 10})
    acts.keys = 0
    assert await acts.give("receiving", {"tea": 10}) == first
    acts.keys = 0
    with pytest.raises(KeyReused):
        await acts.give("receiving", {"tea": 11})
    assert await acts.hub.one("SELECT COUNT(*) FROM document") == 1


async def test_a_long_list_becomes_documents_of_a_hundred_lines_all_or_none(acts: Acts) -> None:
    prices = {f"sku-{number:03d}": 1 for number in range(250)}
    await acts.hub.kernel.writer.run(lambda transaction: add_skus(transaction, prices, start=1000))
    lines = [Asked(f"sku-{number:03d}") for number in range(250)]
    given = await acts.give_all("count", lines, number="C-1")

    heads = [(await acts.view(one)).head for one in given]
    assert [(head.number, head.lines) for head in heads] == [("C-1/1", 100), ("C-1/2", 100), ("C-1/3", 50)]
    before = everything(acts.hub.path)
    with pytest.raises(Refused) as refused:
        await acts.give_all("count", [*lines, Asked("odd")])
    assert (refused.value.code, refused.value.facts) == ("unknown_sku", {"sku": "odd", "place": 250})
    assert everything(acts.hub.path) == before
