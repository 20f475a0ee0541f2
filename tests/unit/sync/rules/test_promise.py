"""What the hub decides about orders."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sync.rules.central.promise import (
    ask_prepaid,
    dispatch,
    drop_provisional,
    hold_again,
    hold_units,
    return_units,
    want_units,
)
from sync.rules.errors import Refused, RuleError, Short
from sync.rules.holds import HubLine
from sync.rules.items import RejectedItem, ReturnItem, WantItem, key_of
from sync.rules.rights import HubStock
from sync.simulator.books import HubDictionary
from tests.unit.sync.rules.ledgers import hold_item, hub_book

TEAS = [HubLine(order="o1", line=1, sku="tea", qty=2), HubLine(order="o1", line=2, sku="tea", qty=1)]


def refused_without_a_trace(book: HubDictionary, call: Callable[[], object]) -> RuleError:
    """The refusal of a call that wrote nothing."""
    with pytest.raises(RuleError) as refused:
        call()
    assert book.journal == []
    return refused.value


def test_two_lines_of_one_sku_are_promised_together() -> None:
    book = hub_book(tea=HubStock(granted=3))
    hold_units(book, TEAS)
    assert book.stock("tea") == HubStock(granted=3, promised=3)
    assert list(book.lines("o1")) == TEAS
    assert book.line("o1", 2) == TEAS[1]
    assert book.line("o1", 3) is None


def test_an_order_is_promised_whole_or_not_at_all() -> None:
    book = hub_book(tea=HubStock(granted=2))
    error = refused_without_a_trace(book, lambda: hold_units(book, TEAS))
    assert (error.code, error.facts) == ("short", {"sku": "tea", "wanted": 1, "left": 0})


def test_a_sku_that_the_catalogue_does_not_know_is_short() -> None:
    book = hub_book()
    error = refused_without_a_trace(book, lambda: hold_units(book, TEAS))
    assert isinstance(error, Short)
    assert error.facts == {"sku": "tea", "wanted": 2, "left": 0}


@pytest.mark.parametrize("changes", [{"state": "replaying"}, {"state": "rebuilding"}, {"stopped": True}])
def test_nothing_is_promised_or_returned_for_a_store_that_is_not_whole(changes: dict[str, Any]) -> None:
    book = hub_book(tea=HubStock(granted=9))
    book.tables["position"][0] = replace(book.position(), **changes)
    assert refused_without_a_trace(book, lambda: hold_units(book, TEAS)).code == "not_merged"
    assert return_units(book, "tea", 1) == 0
    assert book.stock("tea") == HubStock(granted=9)


def test_a_dispatched_hold_is_told_and_no_longer_the_hubs_to_drop() -> None:
    book = hub_book(tea=HubStock(granted=3))
    hold_units(book, TEAS)
    assert dispatch(book, hold_item()) == 1
    assert [line.dispatched for line in book.lines("o1")] == [True, True]
    assert [(request.ver, request.kind, request.key) for request in book.requests_after(0, 9)] == [
        (1, "order", "o1")
    ]
    book.commit()
    assert drop_provisional(book, "o1") is False
    assert book.journal == []


def test_a_provisional_hold_is_dropped_with_its_promise() -> None:
    book = hub_book(tea=HubStock(granted=3))
    hold_units(book, TEAS)
    assert drop_provisional(book, "o1") is True
    assert book.stock("tea") == HubStock(granted=3)
    assert book.lines("o1") == ()
    assert drop_provisional(book, "o1") is False
    book.commit()
    assert refused_without_a_trace(book, lambda: dispatch(book, hold_item())).code == "no_hold"


def test_returned_units_are_told_as_a_cumulative_counter_in_one_item() -> None:
    book = hub_book(tea=HubStock(granted=5, promised=1))
    assert return_units(book, "tea", 3) == 3
    assert return_units(book, "tea", 3) == 1
    assert return_units(book, "tea", 3) == 0
    assert return_units(book, "ghost", 3) == 0
    requests = book.requests_after(0, 9)
    assert [(request.ver, request.raw) for request in requests] == [
        (2, {"kind": "return", "sku": "tea", "returned": 4})
    ]


def test_a_want_carries_the_version_at_which_it_was_asked() -> None:
    book = hub_book(tea=HubStock())
    assert want_units(book, WantItem(id="q1", sku="tea", qty=2)) == 1
    assert want_units(book, WantItem(id="q2", sku="tea", qty=3)) == 2
    assert [request.raw for request in book.requests_after(0, 9)] == [
        {"kind": "want", "id": "q2", "sku": "tea", "qty": 3, "ver": 2}
    ]


def test_an_items_key_is_what_a_newer_one_replaces() -> None:
    assert key_of(hold_item("o9")) == "o9"
    assert key_of(ReturnItem(sku="tea", returned=1)) == "tea"
    assert key_of(WantItem(id="q", sku="tea", qty=1)) == "tea"
    assert key_of(RejectedItem(seq=7, code="x")) == "7"


def test_an_error_says_its_code_and_its_facts() -> None:
    assert str(Refused("no_hold", order="o1")) == "no_hold (order='o1')"
    assert (str(Short()), Short().code) == ("short", "short")


def test_units_of_a_dropped_hold_are_promised_again_and_told() -> None:
    book = hub_book(tea=HubStock(granted=3))
    assert hold_again(book, TEAS, hold_item("o1", (1, "tea", 2), (2, "tea", 1)))
    assert book.stock("tea") == HubStock(granted=3, promised=3)
    assert [line.dispatched for line in book.lines("o1")] == [True, True]
    assert book.item("o1") is not None


@pytest.mark.parametrize(("granted", "state"), [(2, "whole"), (3, "replaying")])
def test_a_dropped_hold_whose_units_are_gone_or_unsure_is_not_promised_again(
    granted: int, state: Any
) -> None:
    book = hub_book(tea=HubStock(granted=granted))
    book.put_position(replace(book.position(), state=state))
    book.commit()
    assert not hold_again(book, TEAS, hold_item("o1", (1, "tea", 2), (2, "tea", 1)))
    assert (book.journal, book.item("o1")) == ([], None)


def test_a_hold_is_told_again_with_what_was_paid_and_all_else_as_it_was() -> None:
    book = hub_book(tea=HubStock(granted=3))
    hold_units(book, TEAS)
    dispatch(book, hold_item("o1", (1, "tea", 2), (2, "tea", 1), cancel=True))
    told = book.item("o1")
    assert told is not None
    assert ask_prepaid(book, told, 600) == 2 == book.position().ver
    again = book.item("o1")
    assert again is not None
    assert (again.ver, again.raw) == (2, told.raw | {"prepaid_minor": 600})
