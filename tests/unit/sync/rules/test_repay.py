"""A visible deficit is repaid in order: free units, provisional holds, then the newest unpicked line."""

from dataclasses import replace

import pytest

from sync.rules.central.promise import dispatch, hold_units
from sync.rules.central.repay import NOTHING, Repaid, hear_answer, nameable, repay
from sync.rules.facts import HoldStep
from sync.rules.holds import HubLine
from sync.rules.rights import HubStock
from sync.simulator.books import HubDictionary
from tests.unit.sync.rules.ledgers import AT, hold_item, hub_book


def book_of(granted: int, *orders: tuple[str, int, bool], soap: int = 0) -> HubDictionary:
    """Ten teas, `granted` of them online, with orders as (id, units, dispatched)."""
    book = hub_book(tea=HubStock(floor=10, granted=granted), soap=HubStock(floor=soap, granted=soap))
    for order, qty, is_dispatched in orders:
        hold_units(book, [HubLine(order=order, line=1, sku="tea", qty=qty)])
        if is_dispatched:
            dispatch(book, hold_item(order, (1, "tea", qty)))
    book.commit()
    return book


def sell(book: HubDictionary, units: int) -> None:
    """The till sells beyond the floor."""
    stock = book.stock("tea") or HubStock()
    book.put_stock("tea", replace(stock, floor=stock.floor - units))


def change(book: HubDictionary, order: str, **changes: object) -> None:
    """The store told something about an order's line."""
    line = book.line(order, 1)
    assert line is not None
    book.put_line(replace(line, **changes))  # type: ignore[arg-type]


def victims(book: HubDictionary) -> dict[str, int]:
    """Units to look for by order."""
    return {line.order: line.victim for line in book.lines_of("tea") if line.victim}


def told(book: HubDictionary, order: str) -> tuple[int, int]:
    """The version at which an order was told last, and the units to look for in it."""
    request = book.item(order)
    assert request is not None
    return request.ver, request.raw["lines"][0].get("victim", 0)


def test_free_units_go_first_and_hurt_nobody() -> None:
    book = book_of(8, ("o1", 2, True), ("o2", 2, False))
    sell(book, 6)
    assert repay(book, {"tea"}) == Repaid()
    stock = book.stock("tea")
    assert stock == HubStock(floor=4, granted=8, returned=4, promised=4)
    assert (stock.free, stock.deficit, victims(book)) == (0, 4, {})


def test_then_the_newest_provisional_holds_are_dropped_as_far_as_needed() -> None:
    book = book_of(6, ("o1", 2, False), ("o2", 2, True), ("o3", 1, False), ("o4", 1, False))
    sell(book, 6)
    assert repay(book, {"tea"}) == Repaid(("o4", "o3"), frozenset({"tea"}))
    assert [line.order for line in book.lines_of("tea")] == ["o2", "o1"]
    assert (book.stock("tea") or HubStock()).lack == 0


def test_a_dropped_order_frees_its_other_goods_and_counts_once() -> None:
    book = book_of(6, soap=3)
    order = [HubLine(order="o1", line=n, sku=sku, qty=3) for n, sku in ((1, "tea"), (2, "soap"), (3, "tea"))]
    hold_units(book, order)
    sell(book, 10)
    assert repay(book, {"tea", "soap"}) == Repaid(("o1",), frozenset({"tea", "soap"}))
    assert (book.stock("soap") or HubStock()).available == 3


def test_then_the_newest_lines_are_named_and_their_holds_told_again() -> None:
    book = book_of(7, ("o1", 3, True), ("o2", 2, True), ("o3", 2, True))
    sell(book, 6)
    assert repay(book, {"tea"}) == Repaid()
    assert victims(book) == {"o3": 2, "o2": 1}
    assert (told(book, "o1"), told(book, "o3"), told(book, "o2")) == ((1, 0), (4, 2), (5, 1))
    assert book.position().ver == 5


def test_what_was_named_is_not_named_again_and_a_deeper_deficit_adds_to_it() -> None:
    book = book_of(5, ("o1", 2, True), ("o2", 3, True))
    sell(book, 6)
    repay(book, {"tea"})
    assert repay(book, {"tea"}) == NOTHING
    assert (victims(book), book.position().ver) == ({"o2": 1}, 3)
    sell(book, 3)
    repay(book, {"tea"})
    assert victims(book) == {"o2": 3, "o1": 1}


def test_ready_and_picked_units_and_orders_that_were_never_told_are_no_victims() -> None:
    book = book_of(6, ("o1", 1, True), ("o2", 2, True), ("o3", 3, True))
    change(book, "o3", staged=3, ready=True)
    change(book, "o2", staged=1)
    book.write("request", ("order", "o1"), None)
    sell(book, 9)
    assert repay(book, {"tea"}) == Repaid(left={"tea": 4})
    assert victims(book) == {"o2": 1}


def test_a_named_unit_that_is_picked_or_lies_ready_is_found_and_another_is_asked_for() -> None:
    book = book_of(4, ("o1", 2, True), ("o2", 2, True))
    sell(book, 8)
    repay(book, {"tea"})
    change(book, "o2", staged=2, ready=True)
    repay(book, {"tea"})
    assert victims(book) == {"o2": 2, "o1": 2}
    assert [line.sought for line in book.lines_of("tea")] == [0, 2]


def test_nothing_is_repaid_while_the_store_is_not_whole_nor_where_nothing_lacks() -> None:
    book = book_of(4, ("o1", 2, True))
    assert repay(book, {"tea", "nothing"}) == NOTHING
    sell(book, 9)
    book.put_position(replace(book.position(), state="replaying"))
    assert repay(book, {"tea"}) == NOTHING
    assert (book.stock("tea") or HubStock()).returned == 0


def answer(to: str, n: int, line: int | None = 1, order: str = "o1") -> HoldStep:
    """The store's answer."""
    return HoldStep(order=order, to=to, line=line, n=n, at=AT)  # type: ignore[arg-type]


def test_an_answer_takes_its_units_off_the_question_even_in_a_repetition() -> None:
    book = book_of(3, ("o1", 3, True))
    sell(book, 10)
    repay(book, {"tea"})
    assert (victims(book), told(book, "o1")) == ({"o1": 3}, (2, 3))
    for ignored in (
        answer("short", 1, None),
        answer("done", 1),
        answer("kept", 1, 9),
        answer("kept", 1, 1, "x"),
    ):
        hear_answer(book, ignored)
    assert victims(book) == {"o1": 3}
    change(book, "o1", short=1)
    hear_answer(book, answer("short", 1))
    assert (victims(book), told(book, "o1")) == ({"o1": 2}, (2, 2))
    hear_answer(book, answer("kept", 2))
    assert (victims(book), told(book, "o1")) == ({}, (2, 0))
    hear_answer(book, answer("kept", 2))
    assert victims(book) == {}


def test_an_answer_about_an_order_that_need_not_hear_more_is_heard() -> None:
    book = book_of(3, ("o1", 3, True))
    sell(book, 10)
    repay(book, {"tea"})
    book.write("request", ("order", "o1"), None)
    hear_answer(book, answer("short", 9))
    assert (victims(book), book.item("o1")) == ({}, None)


@pytest.mark.parametrize(
    ("changes", "units"),
    [
        ({"dispatched": True}, 3),
        ({"dispatched": True, "staged": 1, "victim": 1}, 1),
        ({"dispatched": True, "ready": True}, 0),
        ({"ready": False}, 0),
    ],
)
def test_only_unpicked_units_of_a_line_that_the_store_owns_can_be_named(
    changes: dict[str, object], units: int
) -> None:
    line = replace(HubLine(order="o1", line=1, sku="tea", qty=3), **changes)  # type: ignore[arg-type]
    assert nameable(line) == units
