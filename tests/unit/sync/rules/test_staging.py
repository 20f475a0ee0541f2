"""What the hub follows of a store's picking: which units lie picked, whether an order lies ready."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sync.messages.codec import parse_fact
from sync.rules.canonical import to_raw
from sync.rules.central.apply_up import Applied, apply_up
from sync.rules.central.promise import dispatch, hold_units
from sync.rules.facts import Fact, HoldStep, MoveLine
from sync.rules.holds import HubLine
from sync.rules.rights import HubStock
from sync.rules.streams import Up
from sync.simulator.books import HubDictionary
from tests.unit.sync.rules.ledgers import AT, hold_item, hub_book

TO_STAGED = MoveLine(sku="tea", qty=1, source="floor", target="staged")
TO_FLOOR = MoveLine(sku="tea", qty=1, source="staged", target="floor")


def book_of_two_lines() -> HubDictionary:
    """Order o1 is dispatched: three teas on line 1, one soap on line 2."""
    book = hub_book(tea=HubStock(floor=9, granted=4), soap=HubStock(floor=9, granted=4))
    hold_units(
        book,
        [HubLine(order="o1", line=1, sku="tea", qty=3), HubLine(order="o1", line=2, sku="soap", qty=1)],
    )
    dispatch(book, hold_item("o1", (1, "tea", 3), (2, "soap", 1)))
    book.commit()
    return book


def send(book: HubDictionary, *facts: Fact) -> Applied:
    """Apply an UP with these facts, next in line."""
    position = book.position()
    up = Up(
        store="s1",
        sinc=2,
        hinc=3,
        first=position.app + 1,
        chain_before=position.chain,
        head=position.app + len(facts),
        dver=position.ver,
        events=tuple(to_raw(fact) for fact in facts),
    )
    return apply_up(book, up, parse_fact)


def step(to: str, line: int | None = None, n: int = 0, moves: Sequence[MoveLine] = ()) -> HoldStep:
    """A step of order o1."""
    return HoldStep(order="o1", to=to, line=line, n=n, at=AT, moves=tuple(moves))  # type: ignore[arg-type]


def lying(book: HubDictionary) -> list[tuple[int, bool]]:
    """Of each line: units that lie picked, and whether the order lies ready."""
    return [(line.staged, line.ready) for line in book.lines("o1")]


def test_units_that_are_picked_and_put_back_are_counted_on_their_own_line() -> None:
    book = book_of_two_lines()
    send(book, step("picking", 1, 1, [TO_STAGED]))
    assert lying(book) == [(1, False), (0, False)]
    send(book, step("picking", 1, 2, [replace(TO_STAGED, qty=2)]))
    assert lying(book) == [(3, False), (0, False)]
    send(book, step("put_back", 1, 1, [TO_FLOOR]))
    assert lying(book) == [(2, False), (0, False)]


def test_more_put_back_than_was_known_leaves_nothing_and_no_less() -> None:
    book = book_of_two_lines()
    send(book, step("put_back", 1, 2, [replace(TO_FLOOR, qty=2)]))
    assert lying(book) == [(0, False), (0, False)]


def test_an_order_lies_ready_as_a_whole_until_it_is_picked_again() -> None:
    book = book_of_two_lines()
    send(book, step("ready"))
    assert lying(book) == [(0, True), (0, True)]
    send(book, step("picking"))
    assert lying(book) == [(0, False), (0, False)]


@pytest.mark.parametrize("to", ["received", "accepted", "packed", "verified"])
def test_other_steps_of_the_whole_order_leave_it_lying_ready(to: str) -> None:
    book = book_of_two_lines()
    send(book, step("ready"), step(to))
    assert lying(book) == [(0, True), (0, True)]


def test_a_step_of_one_line_does_not_say_that_the_order_lies_ready() -> None:
    book = book_of_two_lines()
    send(book, step("ready", 1, 1))
    assert lying(book) == [(0, False), (0, False)]
    send(book, step("ready"), step("picking", 1, 1, [TO_STAGED]))
    assert lying(book) == [(1, True), (0, True)]


def test_goods_that_move_with_a_step_of_the_whole_order_belong_to_no_line() -> None:
    book = book_of_two_lines()
    send(book, step("picking", None, 1, [TO_STAGED]))
    assert lying(book) == [(0, False), (0, False)]
    assert book.stock("tea") == HubStock(floor=8, staged=1, granted=4, promised=3)


def test_goods_that_move_for_an_unknown_line_change_the_mirror_alone() -> None:
    book = book_of_two_lines()
    send(book, step("picking", 7, 1, [TO_STAGED]))
    assert lying(book) == [(0, False), (0, False)]
    assert book.stock("tea") == HubStock(floor=8, staged=1, granted=4, promised=3)


@pytest.mark.parametrize(
    ("fact", "skus"),
    [
        (step("short", 1, 1), {"tea"}),
        (step("released", 2, 1), {"soap"}),
        (step("kept", 1, 1), {"tea"}),
        (step("ready"), {"soap", "tea"}),
        (step("accepted"), set()),
        (step("verified"), set()),
    ],
)
def test_promises_that_change_without_goods_touch_their_own_skus(fact: HoldStep, skus: set[str]) -> None:
    assert send(book_of_two_lines(), fact).skus == frozenset(skus)
