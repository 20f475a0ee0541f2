"""The hub's position and mirror when one of the two sides lost something."""

from dataclasses import replace

import pytest

from sync.messages.codec import parse_fact
from sync.rules.baseline import Balances, Begin, Carried, CarriedLine, SkuBalance, Whole
from sync.rules.books import HubPosition
from sync.rules.canonical import to_raw
from sync.rules.central import recover
from sync.rules.central.apply_up import Applied, apply_up
from sync.rules.central.promise import dispatch, hold_units
from sync.rules.facts import Fact, Grant, Held, HeldLine, HoldStep
from sync.rules.holds import HubLine
from sync.rules.rights import HubStock
from sync.rules.streams import Up
from sync.simulator.books import HubDictionary
from tests.unit.sync.rules.ledgers import AT, hold_item, hub_book

HERE = HubPosition(store="s1", sinc=2, hinc=3, app=7, heard=5, stable=4)
BEGIN = Begin(from_sinc=1, from_seq=7, at=AT)


def send(book: HubDictionary, *facts: Fact, hinc: int = 3, dver: int = 0) -> Applied:
    """Apply an UP with these facts, next in line."""
    position = book.position()
    up = Up(
        store="s1",
        sinc=2,
        hinc=hinc,
        first=position.app + 1,
        chain_before=position.chain,
        head=position.app + len(facts),
        dver=dver,
        events=tuple(to_raw(fact) for fact in facts),
    )
    return apply_up(book, up, parse_fact)


def rebuilding(**stocks: HubStock) -> HubDictionary:
    """The books about a store whose new log has not begun yet."""
    book = hub_book(**stocks)
    book.put_position(replace(book.position(), state="rebuilding"))
    return book


def only_line(book: HubDictionary) -> HubLine:
    """Line 1 of order o1."""
    line = book.line("o1", 1)
    assert line is not None
    return line


@pytest.mark.parametrize(
    ("before", "doubt"),
    [
        (HERE, False),
        (replace(HERE, stopped=True), True),
        (replace(HERE, state="rebuilding", doubt=True), True),
        (replace(HERE, state="rebuilding"), False),
        (replace(HERE, doubt=True), False),
    ],
)
def test_a_log_takes_over_in_doubt_after_two_histories_until_it_was_whole_again(
    before: HubPosition, doubt: bool
) -> None:
    after = recover.enrolled(before, 3)
    assert (after.sinc, after.app, after.heard, after.stable) == (3, 0, 0, 0)
    assert (after.state, after.stopped, after.doubt) == ("rebuilding", False, doubt)


def test_the_first_agent_of_a_store_starts_a_log_of_its_own() -> None:
    first = HubPosition(store="s1", sinc=0, hinc=3)
    assert recover.enrolled(first, 1) == replace(first, sinc=1)


def test_a_log_that_says_it_takes_over_is_believed_at_its_first_event_alone() -> None:
    book = hub_book(tea=HubStock(floor=9))
    send(book, BEGIN)
    assert book.position().state == "rebuilding"

    late = hub_book(tea=HubStock(floor=9))
    send(late, Grant(sku="tea", granted=1, at=AT), BEGIN)
    assert late.position().state == "whole"
    assert [code for code, _ in late.rows("dead").values()] == ["misplaced"]


def test_a_beginning_keeps_where_the_mirror_stands() -> None:
    book = rebuilding(tea=HubStock(floor=9))
    book.put_position(replace(book.position(), mirror_sinc=1, mirror_seq=7))
    send(book, BEGIN)
    assert book.position().mirror == (1, 7)


@pytest.mark.parametrize(("state", "after"), [("whole", "replaying"), ("rebuilding", "rebuilding")])
def test_a_hub_that_is_behind_its_store_stops_promising(state: str, after: str) -> None:
    book = hub_book(tea=HubStock(floor=9))
    book.put_position(replace(book.position(), state=state))  # type: ignore[arg-type]
    assert send(book, dver=9).verdict == "ahead"
    assert book.position().state == after


def test_holds_of_a_beginning_are_what_it_says_and_promised_once() -> None:
    book = rebuilding(tea=HubStock(floor=9))
    lines = (CarriedLine(line=1, sku="tea", qty=4, done=1, staged=2),)
    balances = Balances(lines=(SkuBalance(sku="tea", floor=5, staged=2, granted=6, settled=1),), at=AT)
    send(book, BEGIN, balances, Carried(order="o1", stage="ready", lines=lines, at=AT), Whole(at=AT))
    line = only_line(book)
    assert (line.done, line.staged, line.ready, line.dispatched) == (1, 2, True, True)
    assert book.stock("tea") == HubStock(floor=5, staged=2, granted=6, settled=1, promised=4)


def test_a_hold_that_is_being_picked_does_not_lie_ready() -> None:
    book = rebuilding(tea=HubStock(floor=9))
    lines = (CarriedLine(line=1, sku="tea", qty=4, staged=2),)
    send(book, BEGIN, Carried(order="o1", stage="picking", lines=lines, at=AT), Whole(at=AT))
    assert not only_line(book).ready


def test_counters_of_both_sides_are_joined_while_the_line_can_take_them() -> None:
    book = rebuilding(tea=HubStock(floor=9, promised=2))
    book.put_line(HubLine(order="o1", line=1, sku="tea", qty=2, done=1, dispatched=True))
    lines = (CarriedLine(line=1, sku="tea", qty=2, released=1),)
    send(book, BEGIN, Carried(order="o1", stage="closed", lines=lines, at=AT), Whole(at=AT))
    line = only_line(book)
    assert (line.done, line.short, line.released) == (1, 0, 1)


def received() -> HoldStep:
    """The store took on two teas of order o1."""
    held = Held(
        number="N1",
        code_hash="0" * 32,
        pay_at="counter",
        due_minor=600,
        currency="CNY",
        expires_at=AT,
        lines=(HeldLine(line=1, sku="tea", qty=2),),
    )
    return HoldStep(order="o1", to="received", held=held, at=AT)


def test_a_hold_that_the_store_has_is_the_stores_though_the_hub_forgot_that_it_sent_it() -> None:
    book = hub_book(tea=HubStock(floor=9, granted=4))
    hold_units(book, [HubLine(order="o1", line=1, sku="tea", qty=2)])
    send(book, received())
    assert only_line(book).dispatched
    assert book.stock("tea") == HubStock(floor=9, granted=4, promised=2)
    assert book.rows("exception") == {}


def test_a_hold_that_is_known_as_the_stores_is_not_written_again() -> None:
    book = hub_book(tea=HubStock(floor=9, granted=4))
    hold_units(book, [HubLine(order="o1", line=1, sku="tea", qty=2)])
    dispatch(book, hold_item("o1", (1, "tea", 2)))
    book.commit()
    send(book, received())
    assert "lines" not in {change.table for change in book.journal}


LINE = HubLine(order="o1", line=1, sku="tea", qty=2, dispatched=True)
OTHER = replace(LINE, line=2)


@pytest.mark.parametrize(
    ("lines", "stage"),
    [
        ([LINE, OTHER], "received"),
        ([LINE, replace(OTHER, staged=1)], "picking"),
        ([replace(LINE, staged=1), OTHER], "picking"),
        ([replace(LINE, staged=2, ready=True), replace(OTHER, staged=2, ready=True)], "ready"),
        ([replace(LINE, done=2), OTHER], "received"),
        ([replace(LINE, done=2), replace(OTHER, released=2)], "closed"),
    ],
)
def test_a_hold_is_told_to_a_new_log_at_the_stage_that_the_hub_heard(
    lines: list[HubLine], stage: str
) -> None:
    told = recover.carried(lines, AT)
    assert (told.order, told.stage, len(told.lines)) == ("o1", stage, 2)


@pytest.mark.parametrize(("known", "told", "kept"), [(2, 5, 5), (5, 2, 5), (3, 3, 3)])
def test_units_returned_only_rise_when_a_log_begins(known: int, told: int, kept: int) -> None:
    book = rebuilding(tea=HubStock(granted=9, returned=known))

    recover.take_baseline(book, (SkuBalance(sku="tea", floor=9, granted=9, returned=told),), ())

    assert book.stock("tea") == HubStock(floor=9, granted=9, returned=kept, taken=told)
