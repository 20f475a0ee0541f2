"""How a new ledger takes over: what is doubtful, and what of an old ledger is carried on."""

from dataclasses import replace
from typing import Any

import pytest

from sync.rules.baseline import Carried, CarriedLine, SkuBalance
from sync.rules.books import StorePosition
from sync.rules.facts import Fact, Grant, Held, HeldLine, HoldStep, Move, MoveLine, Returned
from sync.rules.rights import StoreStock
from sync.rules.store.begin_log import Mirror, Remains, begin_log, carry_fact
from sync.rules.store.ledger import book_move
from sync.rules.store.receive_down import accept_hold
from sync.simulator.books import StoreDictionary
from tests.unit.sync.rules.ledgers import AT, hold_item, ledger

START = StorePosition(store="s1", sinc=3, hinc=3)
OPEN = Carried(order="o1", stage="received", lines=(CarriedLine(line=1, sku="tea", qty=2),), at=AT)
CLOSED = Carried(order="o2", stage="closed", lines=(CarriedLine(line=1, sku="tea", qty=1, done=1),), at=AT)


def begun(remains: Remains, *, doubt: bool = False) -> StoreDictionary:
    """A new ledger of a store with five teas and soap, an open order and a closed one."""
    stocks = (SkuBalance(sku="tea", floor=5, granted=3, settled=1), SkuBalance(sku="soap", floor=1))
    mirror = Mirror(from_sinc=2, from_seq=9, doubt=doubt, stocks=stocks, holds=(OPEN, CLOSED))
    book = ledger()
    begin_log(book, START, mirror, remains, AT)
    return book


def doubts(book: StoreDictionary) -> tuple[list[str], list[str]]:
    """The SKUs that are frozen, and the orders nobody is sure of."""
    frozen = [sku for sku in ("soap", "tea") if book.stock(sku).frozen]
    holds = [book.hold(order) for order in ("o1", "o2")]
    return frozen, [hold.order for hold in holds if hold is not None and hold.unsure]


@pytest.mark.parametrize(
    ("remains", "doubt", "expected"),
    [
        (Remains(), False, (["soap", "tea"], ["o1"])),
        (Remains(continues=True), False, ([], [])),
        (Remains(continues=True), True, (["soap", "tea"], ["o1"])),
        (Remains(), True, (["soap", "tea"], ["o1"])),
        (Remains(continues=True, frozen=frozenset({"soap"})), False, (["soap"], [])),
        (Remains(continues=True, unsure=frozenset({"o1", "o2", "o9"})), False, ([], ["o1"])),
    ],
)
def test_only_a_history_without_a_gap_leaves_nothing_in_doubt(
    remains: Remains, doubt: bool, expected: tuple[list[str], list[str]]
) -> None:
    assert doubts(begun(remains, doubt=doubt)) == expected


def test_a_ledger_begins_with_what_was_told_and_says_so_on_its_log() -> None:
    book = begun(Remains(continues=True))
    assert book.stock("tea") == StoreStock(floor=5, granted=3, settled=1, open=2)
    kinds = [raw["kind"] for raw in book.events_after(0, 9)]
    assert kinds == ["begin", "balances", "carried", "carried", "whole"]
    assert book.position().seq == 5


def step(to: str, n: int = 0, line: int | None = None, **more: Any) -> HoldStep:
    """A step of order o1 under the old ledger."""
    return HoldStep(order="o1", to=to, line=line, n=n, at=AT, actor="li", **more)  # type: ignore[arg-type]


def book_of_hold(floor: int = 5, qty: int = 3) -> StoreDictionary:
    """A ledger that owes teas to order o1."""
    book = ledger(tea=StoreStock(floor=floor, granted=qty))
    accept_hold(book, hold_item("o1", (1, "tea", qty)), AT, by="")
    return book


def carried(book: StoreDictionary, *facts: Fact, continues: bool = False) -> list[tuple[str, str, int]]:
    """Carry facts over; returns kind, step or reason, and units of what was written for them."""
    before = book.position().seq
    for fact in facts:
        carry_fact(book, fact, continues=continues)
    told = []
    for raw in book.events_after(before, 99):
        lines = raw.get("lines", ())
        units = raw.get("n", 0) if raw["kind"] == "hold" else sum(line["qty"] for line in lines)
        told.append((raw["kind"], raw.get("to") or raw.get("reason", ""), units))
    return told


def only_hold(book: StoreDictionary) -> tuple[str, int, int, int, int]:
    """Order o1: its stage, and its line's done, short, released and staged units."""
    hold = book.hold("o1")
    assert hold is not None
    line = hold.line(1)
    return hold.stage, line.done, line.short, line.released, line.staged


def test_a_step_of_an_order_that_nobody_knows_is_carried_only_if_it_says_what_was_taken_on() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    assert carried(book, step("picking")) == []
    assert book.hold("o1") is None
    held = Held(
        number="N1",
        code_hash="0" * 32,
        pay_at="counter",
        due_minor=600,
        currency="CNY",
        expires_at=AT,
        lines=(HeldLine(line=1, sku="tea", qty=2),),
    )
    assert carried(book, step("received", held=held)) == [("hold", "received", 0)]
    assert book.stock("tea").open == 2


@pytest.mark.parametrize(("to", "stage"), [("picking", "picking"), ("ready", "ready")])
def test_an_open_order_goes_on_to_the_stage_that_it_had(to: str, stage: str) -> None:
    book = book_of_hold()
    assert carried(book, step(to)) == [("hold", to, 0)]
    assert only_hold(book) == (stage, 0, 0, 0, 0)


@pytest.mark.parametrize("to", ["accepted", "verified"])
def test_other_steps_of_a_whole_order_leave_its_stage(to: str) -> None:
    book = book_of_hold()
    assert carried(book, step(to)) == []
    assert only_hold(book) == ("received", 0, 0, 0, 0)


def test_a_closed_order_stays_closed() -> None:
    book = book_of_hold()
    carried(book, step("released", 3, 1), continues=True)
    assert carried(book, step("ready")) == []
    assert only_hold(book) == ("closed", 0, 0, 3, 0)


@pytest.mark.parametrize(
    ("to", "after"), [("done", (2, 0, 0)), ("short", (0, 2, 0)), ("released", (0, 0, 2))]
)
def test_units_are_settled_as_they_were(to: str, after: tuple[int, int, int]) -> None:
    book = book_of_hold()
    assert carried(book, step(to, 2, 1), continues=True) == [("hold", to, 2)]
    assert only_hold(book)[1:4] == after


@pytest.mark.parametrize("to", ["short", "released"])
def test_what_a_history_with_a_gap_gave_up_stays_owed_until_somebody_has_looked(to: str) -> None:
    book = book_of_hold()
    assert carried(book, step(to, 2, 1)) == []
    assert only_hold(book) == ("received", 0, 0, 0, 0)
    assert book.stock("tea") == StoreStock(floor=5, granted=3, open=3)


def test_goods_handed_over_beyond_what_is_owed_are_an_override() -> None:
    book = book_of_hold(qty=2)
    assert carried(book, step("done", 5, 1)) == [("hold", "done", 2), ("move", "override", 3)]
    assert book.stock("tea") == StoreStock(floor=0, granted=2, settled=2)


def test_what_was_short_or_released_beyond_what_is_owed_moves_no_goods() -> None:
    book = book_of_hold(qty=2)
    assert carried(book, step("short", 5, 1), continues=True) == [("hold", "short", 2)]
    assert book.stock("tea").floor == 3
    book = book_of_hold(qty=2)
    assert carried(book, step("released", 5, 1), continues=True) == [("hold", "released", 2)]
    assert book.stock("tea").floor == 5


def test_units_are_picked_again_up_to_what_is_owed() -> None:
    book = book_of_hold(qty=2)
    picked = step("picking", 1, 1, moves=(MoveLine(sku="tea", qty=1, source="floor", target="staged"),))
    assert len(carried(book, picked, picked, picked)) == 2
    assert only_hold(book)[4] == 2
    assert (book.stock("tea").floor, book.stock("tea").staged) == (3, 2)


def test_units_of_a_closed_line_are_put_back_and_those_still_owed_are_not() -> None:
    book = book_of_hold(qty=2)
    picked, back = step("picking", 1, 1), step("put_back", 1, 1)
    assert carried(book, picked, back) == [("hold", "picking", 1)]
    told = carried(book, step("released", 2, 1), back, back, continues=True)
    assert told == [("hold", "released", 2), ("hold", "put_back", 1)]
    assert (book.stock("tea").floor, book.stock("tea").staged) == (5, 0)


@pytest.mark.parametrize(("continues", "granted", "returned"), [(True, 8, 2), (False, 3, 0)])
def test_rights_are_carried_only_by_a_history_without_a_gap(
    continues: bool, granted: int, returned: int
) -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    for fact in (Grant(sku="tea", granted=8, at=AT), Returned(sku="tea", returned=2, at=AT)):
        carry_fact(book, fact, continues=continues)
    after = book.stock("tea")
    assert (after.granted, after.returned) == (granted, returned)
    assert replace(after, granted=0, returned=0) == StoreStock(floor=5)


@pytest.mark.parametrize(("reason", "is_frozen"), [("count", False), ("sale", True), ("receive", True)])
def test_goods_in_doubt_are_sure_again_once_they_were_counted(reason: str, is_frozen: bool) -> None:
    book = begun(Remains())
    line = MoveLine(sku="tea", qty=1, source="floor" if reason == "sale" else None, target=None)
    line = line if reason == "sale" else replace(line, target="floor")
    book_move(book, Move(reason=reason, lines=(line,), at=AT))  # type: ignore[arg-type]
    assert (book.stock("tea").frozen, book.stock("soap").frozen) == (is_frozen, True)


def test_a_short_pick_takes_off_the_books_what_it_took_off_then() -> None:
    for moves, floor in (((), 5), ((MoveLine(sku="tea", qty=1, source="floor"),), 4)):
        book = book_of_hold(qty=3)
        carry_fact(book, step("short", 1, 1, moves=moves), continues=True)
        assert (book.stock("tea").floor, only_hold(book)[2]) == (floor, 1)


def test_a_hold_that_only_the_old_ledger_knew_stands_on_units_granted_anew_as_far_as_there_are_any() -> None:
    lines = (
        HeldLine(line=1, sku="tea", qty=2),
        HeldLine(line=2, sku="tea", qty=1),
        HeldLine(line=3, sku="soap", qty=4),
    )
    held = Held(
        number="N1",
        code_hash="0" * 32,
        pay_at="counter",
        due_minor=600,
        currency="CNY",
        expires_at=AT,
        lines=lines,
    )
    book = ledger(tea=StoreStock(floor=5), soap=StoreStock(floor=3))
    carry_fact(book, step("received", held=held), continues=False)
    assert [(raw["sku"], raw["granted"]) for raw in book.events_after(0, 2)] == [("tea", 3), ("soap", 3)]
    assert (book.stock("tea").online, book.stock("soap").online, book.stock("soap").free) == (0, -1, 0)
