"""What a clerk does with a hold, and what a till does with the shelf."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sync.rules.errors import Finished, RuleError
from sync.rules.facts import Move, MoveLine, Payment
from sync.rules.holds import LineCount, StoreHold
from sync.rules.rights import Allotment, StoreStock
from sync.rules.store import fulfil
from sync.rules.store.ledger import accept_stock, book_move, book_payment, serve_want, top_up
from sync.rules.store.receive_down import accept_hold
from sync.rules.store.report_up import make_up
from sync.simulator.books import StoreDictionary
from tests.unit.sync.rules.ledgers import AT, hold_item, ledger

PICKED = 3


def store_with_order(*lines: tuple[int, str, int], floor: int = 9, granted: int = 5) -> StoreDictionary:
    """A ledger that has received order o1."""
    book = ledger(tea=StoreStock(floor=floor, granted=granted))
    accept_hold(book, hold_item("o1", *(lines or ((1, "tea", 3),))), AT, by="")
    book.commit()
    return book


def refused(book: StoreDictionary, call: Callable[[], object]) -> str:
    """The code of a refusal that changed nothing."""
    with pytest.raises(RuleError) as error:
        call()
    assert book.journal == []
    return error.value.code


def steps(book: StoreDictionary) -> list[tuple[str, int]]:
    """The hold steps on the log: to what, how many."""
    return [(raw["to"], raw.get("n", 0)) for raw in book.events_after(0, 99) if raw["kind"] == "hold"]


def count(book: StoreDictionary, line: int = 1) -> LineCount:
    """A line of order o1."""
    hold = book.hold("o1")
    assert hold is not None
    return hold.line(line)


def test_an_order_is_received_picked_made_ready_and_handed_over() -> None:
    book = store_with_order()
    for _ in range(PICKED):
        fulfil.pick(book, "o1", 1, AT, "li")
    assert book.stock("tea") == StoreStock(floor=6, staged=3, granted=5, open=3)
    assert fulfil.make_ready(book, "o1", AT, "li").stage == "ready"
    hold = fulfil.hand_over(book, "o1", AT, "li", "qr")
    assert (hold.stage, hold.closed_at, hold.closed_by) == ("closed", AT, "li")
    assert book.stock("tea") == StoreStock(floor=6, granted=5, settled=3)
    assert steps(book) == [
        ("received", 0),
        ("picking", 0),
        *[("picking", 1)] * PICKED,
        ("ready", 0),
        ("done", 3),
    ]


def test_beginning_again_and_ready_again_write_nothing() -> None:
    book = store_with_order((1, "tea", 1))
    fulfil.start_picking(book, "o1", AT, "li")
    fulfil.pick(book, "o1", 1, AT, "li")
    fulfil.make_ready(book, "o1", AT, "li")
    book.commit()
    assert fulfil.start_picking(book, "o1", AT, "li").stage == "ready"
    assert fulfil.make_ready(book, "o1", AT, "li").stage == "ready"
    assert book.journal == []


def test_units_that_were_not_picked_are_handed_over_from_the_floor() -> None:
    book = store_with_order()
    fulfil.pick(book, "o1", 1, AT, "li")
    fulfil.hand_over(book, "o1", AT, "li", "code")
    assert book.stock("tea") == StoreStock(floor=6, granted=5, settled=3)


def test_a_closed_order_tells_when_and_where_and_is_handed_over_once() -> None:
    book = store_with_order()
    fulfil.hand_over(book, "o1", AT, "li", "qr")
    book.commit()
    with pytest.raises(Finished) as finished:
        fulfil.hand_over(book, "o1", AT, "wang", "qr")
    assert finished.value.facts == {"order": "o1", "stage": "closed", "at": AT, "where": "li"}
    assert book.journal == []


def test_a_line_handed_over_before_another_is_not_handed_over_again() -> None:
    book = store_with_order((1, "tea", 1), (2, "tea", 1))
    fulfil.report_short(book, "o1", 1, 1, AT, "li")
    hold = fulfil.hand_over(book, "o1", AT, "li", "qr")
    assert [(line.done, line.short) for line in hold.lines] == [(0, 1), (1, 0)]


def test_short_units_that_were_not_picked_leave_the_picked_ones_ready() -> None:
    book = store_with_order()
    fulfil.pick(book, "o1", 1, AT, "li")
    fulfil.report_short(book, "o1", 1, 1, AT, "li")
    assert (count(book).short, count(book).staged, count(book).open) == (1, 1, 2)
    assert book.stock("tea") == StoreStock(floor=7, staged=1, granted=5, settled=1, open=2)


def test_a_short_unit_that_lay_ready_leaves_the_staged_bucket() -> None:
    book = store_with_order((1, "tea", 2))
    for _ in range(2):
        fulfil.pick(book, "o1", 1, AT, "li")
    fulfil.report_short(book, "o1", 1, 1, AT, "li")
    assert (count(book).staged, book.stock("tea").staged, book.stock("tea").floor) == (1, 1, 7)


def test_a_short_unit_that_is_off_the_books_already_is_not_booked_out_twice() -> None:
    book = store_with_order((1, "tea", 2), floor=2, granted=2)
    for _ in range(2):
        fulfil.pick(book, "o1", 1, AT, "li")
    book_move(book, Move(reason="override", lines=(MoveLine(sku="tea", qty=1, source="floor"),), at=AT))
    fulfil.report_short(book, "o1", 1, 1, AT, "li")
    assert book.stock("tea") == StoreStock(floor=0, staged=1, granted=2, settled=1, open=1)


def test_released_units_stay_staged_until_they_are_put_back() -> None:
    book = store_with_order((1, "tea", 2))
    fulfil.pick(book, "o1", 1, AT, "li")
    assert refused_later(book, lambda: fulfil.put_back(book, "o1", 1, AT, "li")) == "still_owed"
    fulfil.release(book, "o1", AT, "", "expired")
    assert book.stock("tea") == StoreStock(floor=8, staged=1, granted=5)
    fulfil.put_back(book, "o1", 1, AT, "li")
    assert book.stock("tea") == StoreStock(floor=9, granted=5)
    assert refused_later(book, lambda: fulfil.put_back(book, "o1", 1, AT, "li")) == "nothing_staged"


def refused_later(book: StoreDictionary, call: Callable[[], object]) -> str:
    """As `refused`, after what was done so far is committed."""
    book.commit()
    return refused(book, call)


def test_what_was_short_before_a_release_stays_short() -> None:
    book = store_with_order((1, "tea", 1), (2, "tea", 2))
    fulfil.report_short(book, "o1", 1, 1, AT, "li")
    hold = fulfil.release(book, "o1", AT, "", "cancelled")
    assert [(line.short, line.released) for line in hold.lines] == [(1, 0), (0, 2)]


def test_refusals_of_the_pickup_counter_change_nothing() -> None:
    book = store_with_order((1, "tea", 1), (2, "tea", 1))
    assert refused(book, lambda: fulfil.open_hold(book, "ghost")) == "unknown_order"
    assert refused(book, lambda: fulfil.put_back(book, "ghost", 1, AT, "li")) == "unknown_order"
    assert refused(book, lambda: fulfil.pick(book, "o1", 9, AT, "li")) == "unknown_line"
    assert refused(book, lambda: fulfil.make_ready(book, "o1", AT, "li")) == "not_picked"
    assert refused(book, lambda: fulfil.report_short(book, "o1", 1, 2, AT, "li")) == "more_than_open"
    assert refused(book, lambda: fulfil.report_short(book, "o1", 1, 0, AT, "li")) == "more_than_open"
    fulfil.pick(book, "o1", 1, AT, "li")
    assert refused_later(book, lambda: fulfil.pick(book, "o1", 1, AT, "li")) == "already_picked"


def test_a_line_closed_before_picking_began_refuses_without_a_trace() -> None:
    book = store_with_order((1, "tea", 1), (2, "tea", 1))
    fulfil.report_short(book, "o1", 1, 1, AT, "li")
    assert refused_later(book, lambda: fulfil.pick(book, "o1", 1, AT, "li")) == "already_picked"


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        (LineCount(line=1, sku="tea", qty=2, done=1, short=1), "done"),
        (LineCount(line=1, sku="tea", qty=2, short=1, released=1), "short"),
        (LineCount(line=1, sku="tea", qty=2, released=2), "released"),
        (LineCount(line=1, sku="tea", qty=2, done=1), None),
    ],
)
def test_a_closed_hold_ended_in_one_way(line: LineCount, outcome: str | None) -> None:
    assert fulfil.outcome_of(StoreHold(order="o1", stage="closed", lines=(line,))) == outcome


@pytest.mark.parametrize("reason", ["sale", "transfer_out", "damage", "adjust", "bucket", "return"])
def test_outgoing_units_need_floor_stock_all_lines_together(reason: str) -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    lines = (
        MoveLine(sku="tea", qty=1, source="floor", target="damaged"),
        MoveLine(sku="tea", qty=2, source="floor"),
    )
    assert refused(book, lambda: book_move(book, Move(reason=reason, lines=lines, at=AT))) == "short"  # type: ignore[arg-type]
    assert book_move(book, Move(reason=reason, lines=lines[1:], at=AT)) == 1  # type: ignore[arg-type]
    assert book.stock("tea").free == 0


@pytest.mark.parametrize("reason", ["override", "count"])
def test_a_persons_decision_and_a_count_may_go_below(reason: str) -> None:
    book = ledger(tea=StoreStock(floor=1, granted=1))
    book_move(book, Move(reason=reason, lines=(MoveLine(sku="tea", qty=1, source="floor"),), at=AT))  # type: ignore[arg-type]
    assert book.stock("tea").free == -1


def test_a_movement_within_the_store_needs_no_floor_stock_and_one_to_nowhere_is_none() -> None:
    book = ledger(tea=StoreStock(floor=1, granted=1))
    staged = MoveLine(sku="tea", qty=1, source="floor", target="staged")
    book_move(book, Move(reason="bucket", lines=(staged,), at=AT))
    assert book.stock("tea") == StoreStock(staged=1, granted=1)
    book.commit()
    nowhere = Move(
        reason="bucket", lines=(MoveLine(sku="tea", qty=1, source="floor", target="floor"),), at=AT
    )
    assert refused(book, lambda: book_move(book, nowhere)) == "empty_move"


def test_what_comes_in_tops_up_the_online_share_in_the_same_commit() -> None:
    book = ledger(Allotment())
    book_move(book, Move(reason="receive", lines=(MoveLine(sku="tea", qty=5, target="floor"),), at=AT))
    assert book.stock("tea") == StoreStock(floor=5, granted=3)
    assert [raw["kind"] for raw in book.events_after(0, 9)] == ["move", "grant"]
    assert top_up(book, "tea", AT) == 0
    assert serve_want(book, "tea", 9, AT) == 2
    assert serve_want(book, "tea", 9, AT) == 0
    assert book.position().seq == 3


def test_an_up_carries_the_next_run_of_the_log() -> None:
    book = ledger()
    payment = Payment(ref="R1", tender="cash", minor=1, currency="CNY", at=AT)
    assert [book_payment(book, payment) for _ in range(3)] == [1, 2, 3]
    up = make_up(book, 1, {"tea": 2}, "w1")
    assert (up.store, up.sinc, up.hinc, up.first, up.head, up.dver) == ("s1", 2, 3, 2, 3, 0)
    assert (up.chain_before, len(up.events), up.wants, up.wants_id) == (book.chain_at(1), 2, {"tea": 2}, "w1")
    assert make_up(book, 3).events == ()


def unsure_store(**position: bool) -> StoreDictionary:
    """A ledger that was told order o1 and its goods after a loss."""
    book = store_with_order()
    hold = book.hold("o1")
    assert hold is not None
    book.put_hold(replace(hold, unsure=True))
    book.put_stock("tea", replace(book.stock("tea"), frozen=True))
    book.put_position(replace(book.position(), **position))  # type: ignore[arg-type]
    book.commit()
    return book


def test_an_order_told_after_a_loss_waits_until_somebody_has_looked() -> None:
    book = unsure_store()
    assert refused(book, lambda: fulfil.pick(book, "o1", 1, AT, "li")) == "verify_first"
    assert refused(book, lambda: fulfil.hand_over(book, "o1", AT, "li", "qr")) == "verify_first"
    fulfil.verify_hold(book, "o1", AT, "li", is_collected=False)
    book.commit()
    assert refused(book, lambda: fulfil.verify_hold(book, "o1", AT, "li", is_collected=True)) == "is_sure"
    assert fulfil.pick(book, "o1", 1, AT, "li").stage == "picking"


def test_goods_collected_before_the_loss_leave_the_books() -> None:
    book = unsure_store()
    hold = fulfil.verify_hold(book, "o1", AT, "li", is_collected=True)
    assert (hold.stage, hold.unsure, fulfil.outcome_of(hold)) == ("closed", False, "done")
    assert book.stock("tea") == StoreStock(floor=6, granted=5, settled=3, frozen=True)
    assert steps(book)[1:] == [("verified", 0), ("done", 3)]


def test_an_agent_that_was_replaced_decides_nothing() -> None:
    book = unsure_store(fenced=True)
    assert refused(book, lambda: fulfil.verify_hold(book, "o1", AT, "li", is_collected=False)) == "replaced"
    assert refused(book, lambda: accept_stock(book, ["tea"], AT, "lin")) == "replaced"
    sure = store_with_order()
    sure.put_position(replace(sure.position(), fenced=True))
    sure.commit()
    assert refused(sure, lambda: fulfil.release(sure, "o1", AT, "li", "no show")) == "replaced"


def test_frozen_goods_are_granted_again_once_accepted() -> None:
    book = unsure_store()
    assert serve_want(book, "tea", 2, AT) == 0
    assert accept_stock(book, ["tea", "tea", "milk"], AT, "lin") == 1
    book.commit()
    assert not book.stock("tea").frozen
    assert refused(book, lambda: accept_stock(book, ["tea"], AT, "lin")) == "is_sure"
    assert serve_want(book, "tea", 2, AT) == 2
