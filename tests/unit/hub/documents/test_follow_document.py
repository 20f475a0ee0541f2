"""Documents given, followed and ended: on a real database, with facts from the stores' own ledgers."""

import pytest

from hub.stock.verify import verify
from sync.rules.facts import DocumentCount
from sync.web.events import EventHub
from tests.unit.hub.documents.acts import Acts
from tests.unit.hub.stock.small_chain import enrol


async def test_a_document_is_kept_told_and_its_giver_recorded_in_one_transaction(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10, "soap": 4}, number="D-2026", partner="Tea Co")

    view = await acts.view(document)
    assert (view.head.state, view.head.rev, view.head.given_by, view.head.origin) == ("asked", 1, "hq", "hq")
    assert [(line.sku, line.qty, line.asked, line.found) for line in view.lines] == [
        ("tea", 10, None, None),
        ("soap", 4, None, None),
    ]
    assert [(deed.kind, deed.by, deed.rev) for deed in view.deeds] == [("given", "hq", 1)]
    item = await acts.item(document)
    assert item is not None
    assert (item["id"], item["rev"], item["task"], item["number"]) == (document, 1, "receiving", "D-2026")
    assert item["partner"] == "Tea Co"
    assert item["lines"][0] == {"sku": "tea", "qty": 10, "names": {"zh-CN": "商品tea", "en": "A tea"}}
    assert acts.hub.woken == ["s1"]


async def test_a_store_that_books_what_was_asked_ends_it_without_a_word(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await acts.step(document, "received")
    assert (await acts.view(document)).head.state == "received"
    assert await acts.item(document) is not None

    await acts.book(document, {"tea": (10, 10)})

    head = (await acts.view(document)).head
    assert (head.state, head.ended_by, head.booked_rev, head.differ) == ("booked", "lin", 1, 0)
    assert [(line.sku, line.asked, line.found) for line in (await acts.view(document)).lines] == [
        ("tea", 10, 10)
    ]
    assert await acts.item(document) is None
    assert await acts.troubles() == []
    assert (await acts.hub.stock("tea"))["floor"] == 60
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_a_difference_of_a_delivery_calls_a_person_once(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10, "soap": 4})
    await acts.book(document, {"tea": (10, 8), "soap": (4, 5)})

    facts = {"document": document, "skus": "tea, soap", "missing": 2, "extra": 1}
    assert await acts.troubles() == [("document_difference", "s1", facts)]
    assert (await acts.view(document)).head.differ == 2


async def test_goods_that_no_paper_named_are_shown_as_found(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await acts.book(document, {"tea": (10, 10), "comb": (0, 3)})

    lines = [(line.sku, line.qty, line.asked, line.found) for line in (await acts.view(document)).lines]
    assert lines == [("tea", 10, 10, 10), ("comb", 0, 0, 3)]


async def test_a_count_that_differs_is_no_trouble(acts: Acts) -> None:
    document = await acts.give("count", {"tea": 0})
    item = await acts.item(document)
    assert item is not None
    assert item["lines"] == [{"sku": "tea", "names": {"zh-CN": "商品tea", "en": "A tea"}}]
    await acts.book(document, {"tea": (50, 47)})

    assert await acts.troubles() == []
    assert (await acts.hub.stock("tea"))["floor"] == 47
    assert (await verify(acts.hub.kernel.reader)).findings == ()


@pytest.mark.parametrize(("to", "troubles"), [("refused", 1), ("withdrawn", 0)])
async def test_a_refused_document_is_a_matter_for_a_person(acts: Acts, to: str, troubles: int) -> None:
    document = await acts.give("adjust", {"tea": -3})
    await acts.step(document, to, why="not true")  # type: ignore[arg-type]

    head = (await acts.view(document)).head
    assert (head.state, head.why, head.ended_by) == (to, "not true", "lin")
    assert await acts.item(document) is None
    told = [("document_refused", "s1", {"document": document, "why": "not true"})]
    assert await acts.troubles() == told[:troubles]


async def test_what_was_booked_is_booked_whatever_was_said_before(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await acts.step(document, "withdrawn")
    await acts.book(document, {"tea": (10, 10)})
    await acts.step(document, "refused")

    view = await acts.view(document)
    assert view.head.state == "booked"
    assert [deed.kind for deed in view.deeds] == ["given", "withdrawn", "booked", "refused"]


async def test_a_count_that_a_store_made_itself_is_kept_and_shown(acts: Acts) -> None:
    acts.write_booked("0197-own", {"tea": (50, 49)}, task="count", rev=0)
    await acts.hear_again("s1", acts.stores["s1"].position.heard)

    head = (await acts.view("0197-own")).head
    assert (head.task, head.state, head.origin, head.given_by) == ("count", "booked", "store", "lin")
    assert await acts.troubles() == []
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_a_count_of_a_store_that_found_all_is_a_count_too(acts: Acts) -> None:
    acts.write_booked("own-2", {"tea": (50, 50)}, task="count", rev=0)
    await acts.hear_again("s1", acts.stores["s1"].position.heard)
    assert (await acts.view("own-2")).head.task == "count"


async def test_a_store_cannot_speak_for_another_stores_document(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await acts.step(document, "refused", "s2")

    assert (await acts.view(document)).head.state == "asked"
    assert await acts.item(document) is not None
    assert await acts.troubles() == [
        ("document_refused", "s2", {"document": document, "code": "foreign_document"})
    ]


async def test_a_page_that_shows_the_document_is_told_after_commit(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    document = await acts.give("receiving", {"tea": 10})
    monkeypatch.setattr(EventHub, "publish", lambda _hub, channel, *_: told.append(channel))
    await acts.step(document, "received")
    assert told == [f"document:{document}"]


async def test_a_count_that_a_store_gave_up_calls_nobody(acts: Acts) -> None:
    await acts.step("own-3", "refused", rev=0, why="closing time")
    head = (await acts.view("own-3")).head
    assert (head.task, head.state, head.why) == ("count", "refused", "closing time")
    assert await acts.troubles() == []


async def test_an_end_that_a_later_log_tells_again_is_kept_once(acts: Acts) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await acts.book(document, {"tea": (10, 9)})
    lines = (DocumentCount(sku="tea", asked=10, found=9),)
    acts.stores["s1"] = await enrol(acts.hub)
    acts.write(document, "booked", lines=lines)
    await acts.hear_again("s1")

    view = await acts.view(document)
    assert [deed.kind for deed in view.deeds] == ["given", "booked"]
    assert [(line.asked, line.found) for line in view.lines] == [(10, 9)]
    assert await acts.hub.one("SELECT times FROM trouble") == 1
    assert (await verify(acts.hub.kernel.reader)).findings == ()


async def test_an_end_that_only_a_later_log_tells_is_no_finding(acts: Acts) -> None:
    acts.stores["s1"] = await enrol(acts.hub)
    acts.write("lost.receiving", "booked", lines=(DocumentCount(sku="tea", asked=4, found=4),))
    await acts.hear_again("s1")
    assert (await acts.view("lost.receiving")).head.state == "booked"
    assert (await verify(acts.hub.kernel.reader)).findings == ()


@pytest.mark.parametrize(
    ("harm", "checks"),
    [
        ("UPDATE document_line SET found = found + 1", {"document", "document_moves"}),
        ("UPDATE document_line SET asked = asked + 1", {"document"}),
        ("DELETE FROM document_line", {"document", "document_moves"}),
        ("UPDATE document SET state = 'refused'", {"document"}),
        ("DELETE FROM document", {"document"}),
        ("UPDATE document SET task = 'count'", {"document_moves"}),
    ],
)
async def test_the_self_check_finds_a_document_that_is_not_what_its_events_say(
    acts: Acts, harm: str, checks: set[str]
) -> None:
    document = await acts.give("receiving", {"tea": 10})
    await acts.book(document, {"tea": (10, 8)})
    await acts.hub.kernel.writer.run(lambda transaction: transaction.execute(harm))
    findings = (await verify(acts.hub.kernel.reader)).findings
    assert {finding.check for finding in findings} == checks


async def test_the_self_check_finds_units_that_no_document_explains(acts: Acts) -> None:
    document = await acts.give("transfer", {"tea": 10})
    await acts.book(document, {"tea": (10, 10)})
    await acts.hub.kernel.writer.run(
        lambda transaction: transaction.execute("UPDATE transfer SET state = 'received'")
    )
    (finding,) = (await verify(acts.hub.kernel.reader)).findings
    assert (finding.check, finding.kept, finding.made) == ("transfer", "received", "in_transit")
