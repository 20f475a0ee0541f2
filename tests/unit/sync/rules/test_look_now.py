"""Units to look for at the store: kept when the floor is whole, short as far as the books lack."""

from dataclasses import replace

import pytest

from sync.messages.codec import parse_item
from sync.rules.canonical import to_raw
from sync.rules.errors import Refused
from sync.rules.items import HoldItem, ReturnItem
from sync.rules.rights import StoreStock
from sync.rules.store import fulfil, look_now
from sync.rules.store.receive_down import Received, receive_down
from sync.rules.streams import Down
from sync.simulator.books import StoreDictionary
from tests.unit.sync.rules.ledgers import AT, hold_item, ledger


def asked(units: int, *, cancel: bool = False) -> HoldItem:
    """An order of three teas of which some are to be looked for."""
    item = hold_item("o1", (1, "tea", 3), cancel=cancel)
    return replace(item, lines=(replace(item.lines[0], victim=units),))


def receive(book: StoreDictionary, *items: HoldItem | ReturnItem) -> Received:
    """A DOWN with these items arrives."""
    dver = book.position().dver
    down = Down(
        hinc=3, sinc=2, base=dver, ver=dver + len(items), app=0, items=tuple(to_raw(item) for item in items)
    )
    return receive_down(book, down, parse_item, AT)


def book_of(floor: int, *items: HoldItem | ReturnItem) -> tuple[StoreDictionary, Received]:
    """A ledger with three granted teas and `floor` of them there, after these items."""
    book = ledger(tea=StoreStock(floor=floor, granted=3))
    receive(book, hold_item("o1", (1, "tea", 3)))
    return book, receive(book, *items)


def sought(book: StoreDictionary) -> int:
    """Units of the order's line to look for."""
    hold = book.hold("o1")
    assert hold is not None
    return look_now.sought(hold, hold.lines[0])


def steps(book: StoreDictionary) -> list[tuple[str, int, int]]:
    """The holds' steps after `received`: what, units, moves."""
    events = [event for event in book.events_after(0, 99) if event["kind"] == "hold"][1:]
    return [(event["to"], event.get("n", 0), len(event.get("moves", ()))) for event in events]


def test_a_deficit_that_is_visible_here_makes_the_order_one_to_look_for() -> None:
    book, received = book_of(1, asked(2))
    assert (received.look_now, sought(book), steps(book)) == (["o1"], 2, [])


def test_a_whole_floor_is_answered_at_once_and_asks_nobody() -> None:
    book, received = book_of(3, asked(2))
    assert (received.look_now, sought(book), steps(book)) == ([], 0, [("kept", 2, 0)])


def test_units_that_came_back_with_the_question_count() -> None:
    book, received = book_of(1, ReturnItem(sku="tea", returned=2), asked(2))
    assert (received.look_now, steps(book)) == ([], [("kept", 2, 0)])


def test_what_is_not_found_is_short_as_far_as_the_books_lack_and_moves_nothing() -> None:
    book, _ = book_of(2, asked(3))
    look_now.not_found(book, "o1", 1, AT)
    assert steps(book) == [("short", 1, 0), ("kept", 2, 0)]
    assert book.stock("tea") == StoreStock(floor=2, granted=3, settled=1, open=2)
    assert sought(book) == 0


def test_the_whole_line_may_be_short_and_the_order_is_closed() -> None:
    book, _ = book_of(0, asked(3))
    hold = look_now.not_found(book, "o1", 1, AT, "li")
    assert (hold.stage, steps(book)) == ("closed", [("short", 3, 0)])
    assert (book.stock("tea").free, sought(book)) == (0, 0)


def test_not_found_on_a_whole_floor_is_kept() -> None:
    book, _ = book_of(1, asked(2))
    book.put_stock("tea", replace(book.stock("tea"), floor=3))
    look_now.not_found(book, "o1", 1, AT)
    assert steps(book) == [("kept", 2, 0)]


def test_a_report_of_missing_units_answers_too() -> None:
    book, _ = book_of(1, asked(2))
    fulfil.report_short(book, "o1", 1, 1, AT, "li")
    assert sought(book) == 1


def test_picked_units_are_found_and_an_order_that_lies_ready_is_left_alone() -> None:
    book, _ = book_of(1, asked(2))
    for left in (2, 1, 0):
        fulfil.pick(book, "o1", 1, AT, "li")
        assert sought(book) == left
    fulfil.make_ready(book, "o1", AT, "li")
    assert receive(book, asked(3)).look_now == []
    assert look_now.answer(book, "o1", AT) == book.hold("o1")
    with pytest.raises(Refused, match="not_sought"):
        look_now.not_found(book, "o1", 1, AT)


def test_cancelling_goes_first_and_nobody_looks_for_what_nobody_owes() -> None:
    book, received = book_of(1, asked(2, cancel=True))
    assert (received.released, received.look_now, sought(book)) == (["o1"], [], 0)
    assert look_now.answer(book, "o1", AT) == book.hold("o1")
    assert look_now.answer(book, "unknown", AT) is None


def test_a_hold_that_nobody_is_sure_of_waits_for_somebody_to_look() -> None:
    book, _ = book_of(1, asked(2))
    hold = book.hold("o1")
    assert hold is not None
    book.put_hold(replace(hold, unsure=True))
    assert (sought(book), receive(book, asked(2)).look_now) == (0, [])


def test_a_hold_without_its_text_has_nothing_to_look_for() -> None:
    book, _ = book_of(1, asked(2))
    hold = book.hold("o1")
    assert hold is not None
    bare = replace(hold, body=None)
    assert (look_now.is_sought(bare), bare.with_victim(1, 4)) == (False, bare)


def test_one_line_to_look_for_puts_the_whole_order_among_those_to_look_for() -> None:
    book = ledger(tea=StoreStock(floor=1, granted=3), soap=StoreStock(floor=9, granted=1))
    item = hold_item("o1", (1, "tea", 3), (2, "soap", 1))
    asked_for = replace(item, lines=(replace(item.lines[0], victim=2), item.lines[1]))
    assert receive(book, asked_for).look_now == ["o1"]
    hold = book.hold("o1")
    assert hold is not None
    assert [look_now.sought(hold, count) for count in hold.lines] == [2, 0]
    assert look_now.is_sought(hold)


def test_what_was_not_found_is_told_as_the_ledger_has_it_afterwards() -> None:
    book, _ = book_of(2, asked(3))
    assert look_now.not_found(book, "o1", 1, AT) == book.hold("o1")
