"""What the hub makes of an UP, and what it sends down."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sync.messages.codec import parse_fact
from sync.rules.baseline import Begin, Carried, CarriedLine, Whole
from sync.rules.canonical import GENESIS, Raw, to_raw
from sync.rules.central import make_down as make_down_rules
from sync.rules.central.apply_up import Applied, apply_fact, apply_up
from sync.rules.central.make_down import make_down
from sync.rules.central.promise import dispatch, hold_units, return_units
from sync.rules.errors import Unbookable
from sync.rules.facts import Fact, Grant, Held, HeldLine, HoldStep, Move, MoveLine, Payment
from sync.rules.holds import HubLine
from sync.rules.rights import HubStock
from sync.rules.streams import Up
from sync.simulator.books import HubDictionary
from tests.unit.sync.rules.ledgers import AT, hold_item, hub_book

SALE = Move(reason="sale", lines=(MoveLine(sku="tea", qty=2, source="floor"),), at=AT, ref="R1")
GRANT = Grant(sku="tea", granted=4, at=AT)
PAID = Payment(ref="R1", tender="cash", minor=600, currency="CNY", at=AT)


def step(to: str, n: int = 1, line: int | None = 1, **more: object) -> HoldStep:
    """A step of order o1's hold."""
    return HoldStep(order="o1", to=to, line=line, n=n, at=AT, **more)  # type: ignore[arg-type]


def send(book: HubDictionary, facts: Sequence[Fact | Raw], **changes: object) -> Applied:
    """Apply an UP with these events, next in line."""
    position = book.position()
    up = Up(
        store="s1",
        sinc=2,
        hinc=3,
        first=position.app + 1,
        chain_before=position.chain,
        head=position.app + len(facts),
        dver=position.ver,
        events=tuple(fact if isinstance(fact, dict) else to_raw(fact) for fact in facts),
    )
    return apply_up(book, replace(up, **changes), parse_fact)  # type: ignore[arg-type]


def _carried(*, sku: str = "tea", **counters: int) -> Carried:
    """Line 1 of order o1 as a log's beginning tells it."""
    return Carried(order="o1", stage="received", lines=(CarriedLine(line=1, sku=sku, **counters),), at=AT)


def promised_book() -> HubDictionary:
    """Two teas of order o1 are dispatched, three of four granted units are promised."""
    book = hub_book(tea=HubStock(floor=9, granted=4), soap=HubStock())
    hold_units(book, [HubLine(order="o1", line=1, sku="tea", qty=3)])
    dispatch(book, hold_item("o1", (1, "tea", 3)))
    book.commit()
    return book


def test_events_change_mirror_rights_and_position_in_order() -> None:
    book = hub_book(tea=HubStock(floor=9))
    assert send(book, [SALE, GRANT, PAID]) == Applied("apply", 3, frozenset({"tea"}))
    assert book.stock("tea") == HubStock(floor=7, granted=4)
    assert book.position().app == 3
    assert [fact for fact, _ in book.rows("fact").values()] == [SALE, GRANT, PAID]


def test_a_grant_never_lowers_the_counter() -> None:
    book = hub_book(tea=HubStock(floor=6, granted=6))
    send(book, [GRANT])
    assert book.stock("tea") == HubStock(floor=6, granted=6)


def test_a_hold_settles_in_steps_and_only_released_units_leave_the_promises() -> None:
    book = promised_book()
    taken = (MoveLine(sku="tea", qty=1, source="floor", target="staged"),)
    gone = (MoveLine(sku="tea", qty=1, source="staged"),)
    send(book, [step("picking", moves=taken), step("done", moves=gone), step("short"), step("released")])
    assert book.stock("tea") == HubStock(floor=8, granted=4, settled=2, promised=2)
    line = book.line("o1", 1)
    assert line is not None
    assert (line.done, line.short, line.released, line.open) == (1, 1, 1, 0)


def test_a_step_of_the_whole_order_changes_no_line() -> None:
    book = promised_book()
    before = book.stock("tea")
    assert send(book, [step("received", n=0, line=None), step("ready", n=0, line=None)]).events == 2
    assert book.stock("tea") == before


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (replace(SALE, lines=(MoveLine(sku="ghost", qty=1, source="floor"),)), "unknown_sku"),
        (Grant(sku="ghost", granted=1, at=AT), "unknown_sku"),
        (step("done", 4), "line_overrun"),
        (step("short", 0), "line_overrun"),
        ({"kind": "spell"}, "unknown_event"),
        ({"kind": "grant", "sku": "tea", "granted": -1, "at": AT}, "bad_event"),
    ],
)
def test_an_event_that_can_never_be_booked_is_a_dead_letter_and_the_store_is_told(
    event: Fact | Raw, code: str
) -> None:
    book = promised_book()
    before, ver = book.stock("tea"), book.position().ver
    assert send(book, [event, PAID]).events == 2
    assert book.stock("tea") == before
    assert [(seq, found) for (_, seq), (found, _) in book.rows("dead").items()] == [(1, code)]
    assert list(book.rows("fact")) == [(2, 2)]
    assert [request.raw for request in book.requests_after(ver, 9)] == [
        {"kind": "rejected", "seq": 1, "code": code}
    ]


class ShopNextDoor(HubDictionary):
    """Order o9 is another store's."""

    def is_foreign(self, order: str) -> bool:
        """Whether the order is known as another store's."""
        return order == "o9"


@pytest.mark.parametrize(
    ("hold", "code"),
    [
        (
            Carried(order="o9", stage="ready", lines=(CarriedLine(line=1, sku="tea", qty=3),), at=AT),
            "foreign_order",
        ),
        (_carried(qty=3, done=2, short=1, released=1), "line_overrun"),
        (_carried(qty=4), "line_overrun"),
        (_carried(qty=3, sku="soap"), "line_overrun"),
    ],
)
def test_a_carried_hold_that_cannot_be_does_not_stop_the_beginning(hold: Carried, code: str) -> None:
    book = promised_book()
    neighbour = ShopNextDoor(book.position(), ())
    neighbour.tables.update(book.tables)
    neighbour.put_position(replace(book.position(), state="rebuilding"))
    before = neighbour.line("o1", 1)
    send(neighbour, [Begin(from_sinc=1, from_seq=0, at=AT), hold, Whole(at=AT)])
    assert [found for found, _ in neighbour.rows("dead").values()] == [code]
    assert neighbour.position().state == "whole"
    assert neighbour.line("o1", 1) == before
    assert list(neighbour.lines("o9")) == []


def test_a_step_of_another_stores_order_is_a_dead_letter() -> None:
    book = ShopNextDoor(promised_book().position(), ())
    book.tables.update(promised_book().tables)
    held = Held(
        number="N",
        code_hash="0" * 32,
        pay_at="counter",
        due_minor=1,
        currency="CNY",
        expires_at=AT,
        lines=(HeldLine(line=1, sku="tea", qty=2),),
    )
    before = book.stock("tea")
    send(book, [HoldStep(order="o9", to="received", held=held, at=AT)])
    assert [found for found, _ in book.rows("dead").values()] == ["foreign_order"]
    assert (book.stock("tea"), list(book.lines("o9"))) == (before, [])


def test_two_histories_of_a_line_never_settle_more_than_it_has() -> None:
    book = promised_book()
    send(book, [step("short", 3)])
    book.put_position(replace(book.position(), state="rebuilding"))
    send(book, [Begin(from_sinc=1, from_seq=0, at=AT), _carried(qty=3, done=2, released=1), Whole(at=AT)])
    line = book.line("o1", 1)
    assert line is not None
    assert (line.done, line.short, line.released) == (2, 0, 1)
    stock = book.stock("tea")
    assert stock is not None
    assert stock.promised == 2


def test_a_step_of_a_hold_that_the_hub_never_made_is_a_matter_for_a_person() -> None:
    book = hub_book(tea=HubStock(floor=9))
    send(book, [step("done")])
    assert list(book.rows("exception").values()) == [
        ("unknown_hold", {"order": "o1", "line": 1, "to": "done", "n": 1})
    ]
    assert book.position().app == 1


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"sinc": 1}, "foreign"),
        ({"hinc": 2}, "foreign"),
        ({"first": 5}, "gap"),
        ({"chain_before": "f" * 16}, "split"),
    ],
)
def test_what_is_not_next_changes_no_balance(changes: dict[str, object], verdict: str) -> None:
    book = promised_book()
    before = book.stock("tea")
    assert send(book, [SALE], **changes) == Applied(verdict)  # type: ignore[arg-type]
    assert book.stock("tea") == before
    assert book.position().app == 0


def test_a_split_history_is_a_matter_for_a_person_and_heard_no_further() -> None:
    book = promised_book()
    send(book, [SALE], chain_before="f" * 16)
    assert list(book.rows("exception").values()) == [("chain_split", {"seq": 0, "first": 1})]
    assert book.position().heard == 0


def test_what_a_store_said_it_has_counts_even_without_news() -> None:
    book = promised_book()
    send(book, [], dver=1)
    assert book.position().heard == 1


def test_floor_requests_are_served_once_and_only_from_what_is_not_promised() -> None:
    book = promised_book()
    wanted: dict[str, object] = {"wants": {"tea": 5, "ghost": 1}, "wants_id": "w1"}
    assert send(book, [], **wanted).skus == frozenset({"tea"})
    assert send(book, [], **wanted).skus == frozenset()
    assert book.stock("tea") == HubStock(floor=9, granted=4, returned=1, promised=3)
    assert send(book, [], wants={"tea": 1}).skus == frozenset()


def test_a_fact_applied_apart_does_what_it_does_in_an_up() -> None:
    book = hub_book(soap=HubStock())
    apply_fact(book, Move(reason="receive", lines=(MoveLine(sku="soap", qty=2, target="floor"),), at=AT))
    apply_fact(book, PAID)
    assert book.stock("soap") == HubStock(floor=2)


def test_a_settling_step_beyond_its_line_settles_nothing() -> None:
    book = promised_book()
    apply_fact(book, step("done", 9))
    line = book.line("o1", 1)
    assert line is not None
    assert line.open == 3


def test_the_parser_may_refuse_and_nothing_else_breaks() -> None:
    book = hub_book(tea=HubStock())

    def refuse(_: Raw) -> Fact:
        raise Unbookable("bad_event")

    up = Up(store="s1", sinc=2, hinc=3, first=1, chain_before=GENESIS, head=1, dver=0, events=({"a": 1},))
    assert apply_up(book, up, refuse).events == 1
    assert list(book.rows("dead").values()) == [("bad_event", {"a": 1})]


def test_a_down_holds_all_that_changed_since_what_was_heard() -> None:
    book = promised_book()
    return_units(book, "tea", 1)
    down = make_down(book)
    assert (down.base, down.ver, down.app, down.hinc, down.sinc, down.merged) == (0, 2, 0, 3, 2, True)
    assert [item["kind"] for item in down.items] == ["order", "return"]
    send(book, [], dver=2)
    assert make_down(book).items == ()
    assert (make_down(book).base, make_down(book).ver) == (2, 2)


def test_a_store_that_is_not_whole_hears_no_items() -> None:
    book = promised_book()
    return_units(book, "tea", 1)
    book.put_position(replace(book.position(), state="replaying"))
    down = make_down(book)
    assert (down.base, down.ver, down.merged, down.items) == (0, 0, False, ())


def test_a_long_down_is_cut_at_a_version(monkeypatch: pytest.MonkeyPatch) -> None:
    book = promised_book()
    return_units(book, "tea", 1)
    with monkeypatch.context() as patch:
        patch.setattr(make_down_rules, "MOST_REQUESTS", 1)
        down = make_down(book)
        assert (down.ver, len(down.items)) == (1, 1)
    with monkeypatch.context() as patch:
        patch.setattr(make_down_rules, "BUDGET_BYTES", 10)
        down = make_down(book)
        assert (down.ver, len(down.items)) == (1, 1)


def test_events_under_numbers_that_are_taken_are_a_split_history_and_no_repeat() -> None:
    book = hub_book(tea=HubStock(floor=9))
    send(book, [SALE, GRANT, PAID])
    before = book.position(), book.stock("tea")
    again = {"first": 1, "chain_before": GENESIS, "head": 2}
    other = replace(SALE, ref="R9")
    assert send(book, [SALE, GRANT], **again).verdict == "known"
    assert send(book, [], **again).verdict == "known"
    assert send(book, [SALE, other], **again) == Applied("split")
    assert (book.position(), book.stock("tea")) == (replace(before[0], stopped=True), before[1])
    assert (make_down(book).stopped, make_down(book).merged, make_down(book).items) == (True, False, ())
    assert send(book, [SALE, GRANT, PAID, other]) == Applied("stopped")
    assert list(book.rows("exception").values()) == [("chain_split", {"seq": 3, "first": 1})]


def test_an_old_repeat_is_known_where_its_chain_is_not_kept_any_more() -> None:
    book = hub_book(tea=HubStock(floor=9))
    send(book, [SALE, GRANT, PAID])
    del book.tables["chain"][2, 2]
    verdict = send(book, [SALE, replace(SALE, ref="R9")], first=1, chain_before=GENESIS, head=2).verdict
    assert verdict == "known"


def test_a_repeated_floor_request_is_served_once_though_more_could_be_returned() -> None:
    book = hub_book(tea=HubStock(floor=9, granted=8))
    wanted: dict[str, object] = {"wants": {"tea": 2, "ghost": 1}, "wants_id": "w1"}
    send(book, [], **wanted)
    send(book, [], **wanted)
    assert book.stock("tea") == HubStock(floor=9, granted=8, returned=2)
    assert book.floor_request("ghost") == ""


def test_requests_that_travel_again_in_turn_are_served_once_each() -> None:
    book = hub_book(tea=HubStock(floor=9, granted=8))
    for request in ("w1", "w2", "w1", "w2", "w1"):
        send(book, [], wants={"tea": 1}, wants_id=request)
    assert book.stock("tea") == HubStock(floor=9, granted=8, returned=2)
