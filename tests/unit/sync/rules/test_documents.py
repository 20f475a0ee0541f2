"""Documents at the store: taken once, counted blind, booked once, never twice."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from sync.messages.codec import parse_fact, parse_item
from sync.rules.baseline import SkuBalance
from sync.rules.books import StorePosition, tell
from sync.rules.canonical import to_raw
from sync.rules.central import recover
from sync.rules.central.apply_up import apply_up
from sync.rules.documents import Finding, StoreDocument
from sync.rules.errors import Refused, Short
from sync.rules.facts import DocumentCount, DocumentStep, Move, MoveLine
from sync.rules.items import MOST_LINES, DocumentItem, DocumentLine
from sync.rules.rights import Allotment, HubStock, StoreStock
from sync.rules.store import documents
from sync.rules.store.begin_log import Mirror, Remains, begin_log
from sync.rules.store.ledger import book_move
from sync.rules.store.receive_down import Received, receive_down
from sync.rules.streams import Down, Up
from sync.simulator.books import StoreDictionary
from tests.unit.sync.rules.ledgers import AT, hub_book, ledger


def asked(task: Any, *lines: tuple[str, int], rev: int = 1, **changes: Any) -> DocumentItem:
    """A document of the headquarters; by default five teas."""
    return replace(
        DocumentItem(
            id="d1",
            rev=rev,
            task=task,
            number="D-1",
            at=AT,
            lines=tuple(DocumentLine(sku=sku, qty=qty, names={}) for sku, qty in lines or (("tea", 5),)),
        ),
        **changes,
    )


LINE = DocumentLine(sku="tea", names={})


def receive(book: StoreDictionary, *items: DocumentItem) -> Received:
    """A DOWN with these items arrives."""
    dver = book.position().dver
    down = Down(
        hinc=3, sinc=2, base=dver, ver=dver + len(items), app=0, items=tuple(to_raw(item) for item in items)
    )
    received = receive_down(book, down, parse_item, AT)
    book.commit()
    return received


def with_document(
    item: DocumentItem, policy: Allotment | None = None, **stocks: StoreStock
) -> StoreDictionary:
    """A ledger that has received one document."""
    book = ledger(policy or Allotment(share_percent=0), **stocks)
    receive(book, item)
    return book


def events(book: StoreDictionary, after: int = 0) -> list[dict[str, Any]]:
    """The log after an event."""
    return list(book.events_after(after, 99))


def told(book: StoreDictionary) -> list[str]:
    """The steps of documents on the log."""
    return [raw["to"] for raw in events(book) if raw["kind"] == "document"]


def kept(book: StoreDictionary) -> StoreDocument:
    """The document d1."""
    found = book.document("d1")
    assert found is not None
    return found


def refused(book: StoreDictionary, act: Callable[[], object]) -> Refused:
    """What an act is refused with; it changes nothing."""
    with pytest.raises(Refused) as caught:
        act()
    assert book.journal == []
    return caught.value


def test_a_new_document_is_kept_open_and_told_received_once() -> None:
    book = ledger()
    item = asked("receiving")
    assert receive(book, item) == Received("apply", answer=True, documents=["d1"])
    assert receive(book, item).documents == []
    assert kept(book) == StoreDocument(id="d1", rev=1, state="open", number="D-1", body=item)
    assert events(book) == [{"kind": "document", "document": "d1", "rev": 1, "to": "received", "at": AT}]


def test_a_higher_revision_replaces_what_was_asked_and_found() -> None:
    book = with_document(asked("receiving"))
    documents.say_found(book, "d1", "tea", "floor", 4)
    newer = asked("receiving", ("soap", 2), rev=3)
    assert receive(book, newer, asked("receiving", rev=2)).documents == ["d1"]
    assert (kept(book).rev, kept(book).body, kept(book).found) == (3, newer, ())
    assert [(raw["to"], raw["rev"]) for raw in events(book)] == [("received", 1), ("received", 3)]


@pytest.mark.parametrize(("rev", "said"), [(1, 1), (2, 2), (0, 1)])
def test_a_withdrawn_document_is_ended_whatever_its_revision(rev: int, said: int) -> None:
    book = with_document(asked("count"))
    assert receive(book, asked("count", rev=rev, withdrawn=True)).documents == ["d1"]
    assert (kept(book).state, kept(book).rev, kept(book).body, kept(book).ended_at) == (
        "withdrawn",
        said,
        None,
        AT,
    )
    assert receive(book, asked("count", rev=9)).documents == []
    assert told(book) == ["received", "withdrawn"]


def test_a_document_withdrawn_before_it_came_is_remembered() -> None:
    book = with_document(asked("receiving", withdrawn=True))
    assert (told(book), kept(book).state) == (["withdrawn"], "withdrawn")


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (asked("receiving", ("soap", 1), ("tea", -1)), "negative"),
        (asked("adjust", ("tea", 1), ("tea", 2)), "twice"),
        (
            asked("count", lines=(LINE, replace(LINE, bucket="staged"))),
            "staged",
        ),
    ],
)
def test_a_document_that_no_store_can_book_is_refused_on_arrival(item: DocumentItem, why: str) -> None:
    book = with_document(item, tea=StoreStock(floor=5))
    assert (kept(book).state, kept(book).why, told(book)) == ("refused", why, ["refused"])
    assert book.stock("tea") == StoreStock(floor=5)


def test_a_correction_is_booked_on_arrival_and_never_again() -> None:
    lines = (("tea", 3), ("soap", -2), ("comb", 0))
    book = with_document(asked("adjust", *lines), soap=StoreStock(floor=5))
    assert (book.stock("tea").floor, book.stock("soap").floor) == (3, 3)
    move, step = events(book)[1:]
    assert (move["reason"], move["document"], move["ref"]) == ("adjust", "d1", "D-1")
    assert move["lines"] == [
        {"sku": "tea", "qty": 3, "target": "floor"},
        {"sku": "soap", "qty": 2, "source": "floor"},
    ]
    assert step["lines"] == [
        {"sku": "tea", "asked": 3, "found": 3},
        {"sku": "soap", "asked": -2, "found": -2},
        {"sku": "comb"},
    ]
    receive(book, asked("adjust", *lines, rev=2))
    assert (book.stock("tea").floor, told(book)) == (3, ["received", "booked"])


def test_an_opening_is_booked_on_arrival_and_grants_its_share() -> None:
    book = with_document(asked("opening"), Allotment())
    assert book.stock("tea") == StoreStock(floor=5, granted=3)
    assert [raw["kind"] for raw in events(book)] == ["document", "move", "grant", "document"]


@pytest.mark.parametrize(
    "stock",
    [StoreStock(floor=5, granted=3), StoreStock(floor=2, staged=3), StoreStock(floor=-1)],
    ids=["owed online", "lies picked", "gone already"],
)
def test_a_correction_beyond_what_is_free_is_refused_whole(stock: StoreStock) -> None:
    book = with_document(asked("adjust", ("soap", 4), ("tea", -3)), tea=stock)
    assert (kept(book).state, kept(book).why) == ("refused", "short")
    assert (book.stock("tea"), book.stock("soap")) == (stock, StoreStock())
    assert told(book) == ["received", "refused"]


def test_a_correction_of_damaged_goods_needs_them_there() -> None:
    line = DocumentLine(sku="tea", qty=-2, bucket="damaged", names={})
    book = with_document(asked("adjust", lines=(line,)), tea=StoreStock(floor=9, damaged=1))
    assert (kept(book).why, book.stock("tea").damaged) == ("short", 1)
    book = with_document(asked("adjust", lines=(line,)), tea=StoreStock(damaged=2, granted=2))
    assert (kept(book).state, book.stock("tea")) == ("booked", StoreStock(granted=2))


@pytest.mark.parametrize(("task", "reason"), [("receiving", "receive"), ("transfer_in", "transfer_in")])
def test_what_came_is_booked_more_or_less_than_asked(task: str, reason: str) -> None:
    book = with_document(asked(task, ("tea", 5), ("soap", 2), ("comb", 1)))
    for sku, units in (("tea", 7), ("soap", 0), ("tea", 6)):
        documents.say_found(book, "d1", sku, "floor", units)
    assert [line.sku for line in kept(book).missing] == ["comb"]
    documents.book_document(book, "d1", AT, "li", is_partly=True)
    move, step = events(book)[1:]
    assert (move["reason"], move["document"], move["actor"]) == (reason, "d1", "li")
    assert move["lines"] == [{"sku": "tea", "qty": 6, "target": "floor"}]
    assert step["lines"] == [
        {"sku": "soap", "asked": 2},
        {"sku": "tea", "asked": 5, "found": 6},
        {"sku": "comb", "asked": 1},
    ]
    assert kept(book) == StoreDocument(
        id="d1", rev=1, state="booked", number="D-1", ended_at=AT, ended_by="li"
    )


def test_a_delivery_of_which_nothing_came_moves_nothing() -> None:
    book = with_document(asked("receiving"))
    documents.say_found(book, "d1", "tea", "floor", 0)
    documents.book_document(book, "d1", AT, "li")
    assert (told(book), len(events(book)), book.stock("tea")) == (["received", "booked"], 2, StoreStock())


def test_goods_are_shipped_from_free_floor_stock_only() -> None:
    book = with_document(asked("transfer_out"), tea=StoreStock(floor=5, granted=2))
    error = refused(book, lambda: documents.say_found(book, "d1", "tea", "floor", 6))
    assert (error.code, error.facts["asked"]) == ("beyond_asked", 5)
    documents.say_found(book, "d1", "tea", "floor", 5)
    documents.say_found(book, "d1", "tea", "floor", 4)
    book.commit()
    short = refused(book, lambda: documents.book_document(book, "d1", AT, "li"))
    assert isinstance(short, Short)
    assert (short.code, short.facts) == ("not_free", {"sku": "tea", "wanted": 4, "left": 3})
    documents.say_found(book, "d1", "tea", "floor", 3)
    documents.book_document(book, "d1", AT, "li")
    assert book.stock("tea") == StoreStock(floor=2, granted=2)
    assert events(book)[1]["reason"] == "transfer_out"
    assert events(book)[2]["lines"] == [{"sku": "tea", "asked": 5, "found": 3}]


def test_a_count_is_compared_with_the_books_of_its_own_moment() -> None:
    book = with_document(
        asked("count", ("tea", 0), ("soap", 0)), tea=StoreStock(floor=9), soap=StoreStock(floor=4)
    )
    sell = Move(reason="sale", lines=(MoveLine(sku="tea", qty=2, source="floor"),), at=AT)
    book_move(book, sell)
    documents.say_found(book, "d1", "tea", "floor", 6)
    assert kept(book).finding("tea", "floor") == Finding(
        sku="tea", bucket="floor", found=6, expected=7, seq=2
    )
    assert kept(book).finding("soap", "floor") is None
    book_move(book, sell)
    documents.say_found(book, "d1", "soap", "floor", 6)
    documents.book_document(book, "d1", AT, "li")
    assert (book.stock("tea").floor, book.stock("soap").floor) == (4, 6)
    move, step = events(book)[3:]
    assert (move["reason"], move["document"]) == ("count", "d1")
    assert step["lines"] == [
        {"sku": "tea", "asked": 7, "found": 6},
        {"sku": "soap", "asked": 4, "found": 6},
    ]


def test_a_counted_loss_may_take_floor_stock_below_zero() -> None:
    book = with_document(asked("count", ("tea", 0)), tea=StoreStock(floor=5, granted=5))
    documents.say_found(book, "d1", "tea", "floor", 0)
    documents.book_document(book, "d1", AT, "li")
    assert (book.stock("tea").floor, book.stock("tea").free) == (0, -5)


def test_a_count_that_what_was_sold_since_refutes_must_be_made_again() -> None:
    book = with_document(asked("count", ("tea", 0)), tea=StoreStock(floor=5))
    documents.say_found(book, "d1", "tea", "floor", 2)
    book_move(book, Move(reason="sale", lines=(MoveLine(sku="tea", qty=3, source="floor"),), at=AT))
    book.commit()
    error = refused(book, lambda: documents.book_document(book, "d1", AT, "li"))
    assert (error.code, error.facts["sku"]) == ("count_again", "tea")
    documents.say_found(book, "d1", "tea", "floor", 0)
    documents.book_document(book, "d1", AT, "li")
    assert book.stock("tea").floor == 0


def test_a_count_just_not_refuted_is_booked_to_zero() -> None:
    book = with_document(asked("count", ("tea", 0)), tea=StoreStock(floor=5))
    documents.say_found(book, "d1", "tea", "floor", 2)
    book_move(book, Move(reason="sale", lines=(MoveLine(sku="tea", qty=2, source="floor"),), at=AT))
    documents.book_document(book, "d1", AT, "li")
    assert book.stock("tea").floor == 0


def test_a_count_without_a_difference_stands_whatever_was_sold_since() -> None:
    book = with_document(asked("count", ("tea", 0)), tea=StoreStock(floor=2, staged=2))
    documents.say_found(book, "d1", "tea", "floor", 2)
    book_move(book, Move(reason="sale", lines=(MoveLine(sku="tea", qty=4, source="floor"),), at=AT))
    documents.book_document(book, "d1", AT, "li")
    assert (kept(book).state, book.stock("tea").floor) == ("booked", -2)
    assert [raw["kind"] for raw in events(book)] == ["document", "move", "document"]


def test_a_shelf_that_was_below_zero_can_be_counted_right() -> None:
    book = with_document(asked("count", ("tea", 0)), tea=StoreStock(floor=-2))
    documents.say_found(book, "d1", "tea", "floor", 1)
    documents.book_document(book, "d1", AT, "li")
    assert book.stock("tea").floor == 1


def test_counted_goods_are_sure_with_and_without_a_difference() -> None:
    frozen = StoreStock(floor=4, frozen=True)
    lines = (("tea", 0), ("soap", 0), ("comb", 0))
    book = ledger(Allotment(), tea=frozen, soap=frozen, comb=frozen)
    book._allotments["comb"] = Allotment()
    receive(book, asked("count", *lines))
    documents.say_found(book, "d1", "tea", "floor", 4)
    documents.say_found(book, "d1", "soap", "floor", 3)
    documents.book_document(book, "d1", AT, "li", is_partly=True)
    assert [book.stock(sku).frozen for sku in ("tea", "soap", "comb")] == [False, False, True]
    accepted = next(raw for raw in events(book) if raw["kind"] == "accepted")
    assert accepted == {"kind": "accepted", "skus": ["tea"], "at": AT, "actor": "li"}
    assert book.stock("tea").granted == 2
    assert [line["sku"] for line in events(book)[-1]["lines"]] == ["tea", "soap"]


def test_counting_what_is_put_aside_makes_no_shelf_sure() -> None:
    line = DocumentLine(sku="tea", bucket="damaged", names={})
    stock = StoreStock(floor=4, damaged=2, frozen=True)
    for units in (1, 2):
        book = with_document(asked("count", lines=(line,)), tea=stock)
        documents.say_found(book, "d1", "tea", "damaged", units)
        documents.book_document(book, "d1", AT, "li")
        assert book.stock("tea") == replace(stock, damaged=units)


def test_nothing_is_booked_of_lines_that_nobody_looked_for_unless_a_person_says_so() -> None:
    book = with_document(asked("count", ("tea", 0), ("soap", 0)))
    assert refused(book, lambda: documents.book_document(book, "d1", AT, "li")).code == "nothing_found"
    documents.say_found(book, "d1", "tea", "floor", 0)
    book.commit()
    error = refused(book, lambda: documents.book_document(book, "d1", AT, "li"))
    assert (error.code, error.facts["lines"]) == ("lines_missing", 1)
    documents.book_document(book, "d1", AT, "li", is_partly=True)
    assert kept(book).state == "booked"


@pytest.mark.parametrize(
    ("sku", "units", "code"),
    [("soap", 1, "unknown_line"), ("tea", -1, "bad_found"), ("tea", 10**9 + 1, "bad_found")],
)
def test_what_cannot_be_found_is_refused(sku: str, units: int, code: str) -> None:
    book = with_document(asked("receiving"))
    assert refused(book, lambda: documents.say_found(book, "d1", sku, "floor", units)).code == code
    documents.say_found(book, "d1", "tea", "floor", 10**9)


def test_a_person_refuses_with_a_reason() -> None:
    book = with_document(asked("receiving"))
    assert (
        refused(book, lambda: documents.refuse_document(book, "d1", AT, "li", " ")).code == "reason_missing"
    )
    documents.refuse_document(book, "d1", AT, "li", " not ours ")
    assert (kept(book).state, kept(book).why) == ("refused", "not ours")
    step = DocumentStep(document="d1", rev=1, to="refused", at=AT, actor="li", why="not ours")
    assert events(book)[-1] == to_raw(step)


def test_an_ended_document_is_worked_on_no_more() -> None:
    book = with_document(asked("receiving"))
    documents.refuse_document(book, "d1", AT, "li", "no")
    book.commit()
    acts = (
        lambda: documents.say_found(book, "d1", "tea", "floor", 1),
        lambda: documents.book_document(book, "d1", AT, "li"),
        lambda: documents.refuse_document(book, "d1", AT, "li", "no"),
    )
    for act in acts:
        error = refused(book, act)
        assert error.code == "document_ended"
        assert error.facts == {"document": "d1", "state": "refused", "at": AT, "by": "li", "why": "no"}
    assert (
        refused(book, lambda: documents.say_found(book, "d2", "tea", "floor", 1)).code == "unknown_document"
    )


def test_an_agent_that_was_replaced_books_nothing() -> None:
    book = with_document(asked("receiving"))
    documents.say_found(book, "d1", "tea", "floor", 1)
    book.put_position(replace(book.position(), fenced=True))
    book.commit()
    own = asked("count", id="d2")
    assert refused(book, lambda: documents.book_document(book, "d1", AT, "li")).code == "replaced"
    assert refused(book, lambda: documents.start_count(book, own)).code == "replaced"


def test_a_store_counts_by_itself_and_adds_what_it_counts() -> None:
    book = ledger(tea=StoreStock(floor=4), soap=StoreStock(floor=1))
    item = asked("count", ("tea", 0), rev=0)
    assert documents.start_count(book, item) == StoreDocument(
        id="d1", rev=0, state="open", number="D-1", body=item, is_own=True
    )
    book.commit()
    assert refused(book, lambda: documents.start_count(book, item)).code == "known_document"
    assert refused(book, lambda: documents.say_found(book, "d1", "tea", "staged", 1)).code == "unknown_line"
    documents.say_found(book, "d1", "soap", "floor", 0)
    documents.say_found(book, "d1", "tea", "floor", 4)
    documents.book_document(book, "d1", AT, "li")
    assert (told(book), book.stock("soap").floor) == (["booked"], 0)


def test_an_own_count_has_its_limits() -> None:
    book = ledger()
    bad = (asked("receiving", rev=0), asked("count", ("tea", 0), ("tea", 0)))
    for item in bad:
        assert refused(book, partial(documents.start_count, book, item)).code == "bad_count"
    lines = [(f"sku-{number}", 0) for number in range(MOST_LINES)]
    documents.start_count(book, asked("count", *lines))
    book.commit()
    error = refused(book, lambda: documents.say_found(book, "d1", "tea", "floor", 1))
    assert (error.code, error.facts["most"]) == ("document_too_long", 100)
    with pytest.raises(Refused, match="document_too_long"):
        StoreDocument(id="d2", rev=1, state="booked").with_line(item.lines[0], 1)


BOOKED = DocumentStep(
    document="d1", rev=2, to="booked", at=AT, actor="li", lines=(DocumentCount(sku="tea", asked=5, found=5),)
)
CAME = Move(reason="receive", lines=(MoveLine(sku="tea", qty=5, target="floor"),), at=AT, document="d1")


def begun(remains: Remains, *ends: DocumentStep) -> StoreDictionary:
    """A new ledger that takes over from a mirror with five teas."""
    book = ledger()
    mirror = Mirror(
        from_sinc=1,
        from_seq=7,
        doubt=False,
        stocks=(SkuBalance(sku="tea", floor=5),),
        holds=(),
        documents=ends,
    )
    begin_log(book, StorePosition(store="s1", sinc=2, hinc=3), mirror, remains, AT)
    book.commit()
    return book


def test_a_new_ledger_remembers_documents_that_the_hub_knows_to_have_ended() -> None:
    book = begun(Remains(), BOOKED)
    assert events(book)[-1] == to_raw(BOOKED)
    assert receive(book, asked("receiving", rev=3)).documents == []
    assert book.stock("tea").floor == 5


def test_a_new_ledger_carries_a_booking_that_the_hub_never_saw() -> None:
    received = DocumentStep(document="d1", rev=2, to="received", at=AT)
    book = begun(Remains(facts=(received, CAME, BOOKED)))
    assert book.stock("tea").floor == 10
    assert (told(book), documents.is_ended(book, "d1")) == (["booked"], True)


def test_a_document_that_ended_before_moves_nothing_again() -> None:
    other = replace(CAME, document=None)
    book = begun(Remains(facts=(CAME, BOOKED, other)), BOOKED)
    assert book.stock("tea").floor == 10
    assert told(book) == ["booked"]


HEARD = Move(
    reason="count",
    lines=(MoveLine(sku="tea", qty=5, target="floor"), MoveLine(sku="soap", qty=2, source="damaged")),
    at=AT,
    actor="li",
    document="d1",
)


def test_a_document_whose_move_the_hub_heard_and_whose_end_it_did_not_has_ended() -> None:
    step = recover.ended_by_move(HEARD, 2)
    assert step == DocumentStep(
        document="d1",
        rev=2,
        to="booked",
        at=AT,
        lines=(
            DocumentCount(sku="tea", found=5),
            DocumentCount(sku="soap", bucket="damaged", found=-2),
        ),
        actor="li",
        why="moved",
    )
    book = begun(Remains(facts=(CAME,)), step)
    assert (book.stock("tea").floor, told(book), kept(book).state) == (5, ["booked"], "booked")
    assert events(book)[-1] == to_raw(step)
    receive(book, asked("adjust"))
    assert book.stock("tea").floor == 5


def test_the_old_ledger_knows_better_how_such_a_document_ended() -> None:
    book = begun(Remains(facts=(CAME, BOOKED)), recover.ended_by_move(HEARD, 2))
    assert book.stock("tea").floor == 5
    assert [raw for raw in events(book) if raw["kind"] == "document"] == [to_raw(BOOKED)]


def test_a_document_open_in_the_new_ledger_is_ended_by_what_is_carried() -> None:
    book = with_document(asked("receiving"))
    documents.carry_end(book, BOOKED)
    assert (kept(book).state, kept(book).rev) == ("booked", 2)
    assert not documents.is_ended(book, None)


def test_the_hub_asks_no_more_for_a_document_that_has_ended() -> None:
    hub = hub_book(tea=HubStock())
    tell(hub, asked("receiving"), "d1")
    for seq, (to, left) in enumerate((("received", 1), ("booked", 0), ("refused", 0)), start=1):
        step = replace(BOOKED, to=to, lines=(DocumentCount(sku="unheard-of"),))  # type: ignore[arg-type]
        up = Up(
            store="s1", sinc=2, hinc=3, first=seq, chain_before=hub.position().chain, head=seq, dver=1,
            events=(to_raw(step),),
        )  # fmt: skip
        assert apply_up(hub, up, parse_fact).events == 1
        assert len(hub.rows("request")) == left
    assert hub.rows("dead") == {}
