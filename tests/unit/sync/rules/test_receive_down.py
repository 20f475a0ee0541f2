"""What a store's agent does with a DOWN."""

from dataclasses import replace

import pytest

from sync.messages.codec import parse_item
from sync.rules.canonical import Raw, to_raw
from sync.rules.errors import Refused, Unbookable
from sync.rules.items import Item, RejectedItem, ReturnItem, WantItem
from sync.rules.rights import Allotment, StoreStock
from sync.rules.store import fulfil
from sync.rules.store.receive_down import Received, accept_hold, receive_down
from sync.rules.streams import Down
from sync.simulator.books import StoreDictionary
from tests.unit.sync.rules.ledgers import AT, hold_item, ledger


def receive(book: StoreDictionary, *items: Item | Raw, **changes: object) -> Received:
    """Apply a DOWN with these items, next in line; commit."""
    position = book.position()
    down = Down(
        hinc=3,
        sinc=2,
        base=position.dver,
        ver=position.dver + len(items),
        app=0,
        items=tuple(item if isinstance(item, dict) else to_raw(item) for item in items),
    )
    received = receive_down(book, replace(down, **changes), parse_item, AT)  # type: ignore[arg-type]
    book.commit()
    return received


def test_a_new_hold_is_booked_reported_and_answered() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    assert receive(book, hold_item()) == Received("apply", ["o1"], [], answer=True)
    assert book.stock("tea") == StoreStock(floor=5, granted=3, open=2)
    assert (book.position().dver, book.position().seq) == (1, 1)


def test_a_hold_that_comes_again_is_only_brought_up_to_date() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    receive(book, hold_item())
    newer = replace(hold_item(), contact="王*")
    assert receive(book, newer).new_orders == []
    hold = book.hold("o1")
    assert hold is not None
    assert (hold.body, book.stock("tea").open, book.position().seq) == (newer, 2, 1)


def test_a_finished_hold_that_comes_again_stays_finished() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    receive(book, hold_item())
    fulfil.hand_over(book, "o1", AT, "li", "qr")
    before = book.hold("o1")
    assert receive(book, hold_item(), hold_item(cancel=True)) == Received("apply", answer=True)
    assert book.hold("o1") == before


def test_a_cancel_releases_what_is_still_owed() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    receive(book, hold_item())
    assert receive(book, hold_item(cancel=True)).released == ["o1"]
    assert book.stock("tea") == StoreStock(floor=5, granted=3)


def test_a_cancelled_order_that_was_never_received_is_released_and_not_new() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    assert receive(book, hold_item(cancel=True)) == Received("apply", [], ["o1"], answer=True)
    assert [raw["to"] for raw in book.events_after(0, 9)] == ["received", "released"]


def test_returns_are_cumulative_and_wants_are_served_once() -> None:
    book = ledger(Allotment(), tea=StoreStock(floor=9, granted=3))
    receive(book, ReturnItem(sku="tea", returned=2), WantItem(id="q", sku="tea", qty=1, ver=2))
    assert book.stock("tea") == StoreStock(floor=9, granted=4, returned=2)
    receive(
        book,
        ReturnItem(sku="tea", returned=1),
        WantItem(id="q", sku="tea", qty=1, ver=2),
        base=0,
        ver=3,
    )
    assert book.stock("tea") == StoreStock(floor=9, granted=4, returned=2)
    receive(book, WantItem(id="q", sku="tea", qty=1))
    assert book.stock("tea").granted == 5


def test_a_rejected_event_is_marked() -> None:
    book = ledger()
    receive(book, RejectedItem(seq=4, code="unknown_sku"))
    assert book.rows("rejected") == {4: "unknown_sku"}


def test_an_old_down_acknowledges_and_applies_nothing() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    receive(book, hold_item(), hold_item("o2"))
    again = receive(book, ReturnItem(sku="tea", returned=1), base=0, ver=1, app=1)
    assert again == Received("acknowledge", answer=False)
    assert (book.position().heard, book.position().dver) == (1, 2)
    assert book.stock("tea").returned == 0


@pytest.mark.parametrize(("changes", "verdict"), [({"hinc": 2}, "old_hub"), ({"sinc": 1}, "old_store")])
def test_other_incarnations_change_nothing(changes: dict[str, object], verdict: str) -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    before = dict(book.tables["stock"]), book.position()
    assert receive(book, hold_item(), app=9, **changes) == Received(verdict)  # type: ignore[arg-type]
    assert (dict(book.tables["stock"]), book.position()) == before


def test_an_agent_that_was_replaced_knows_it() -> None:
    book = ledger()
    assert receive(book, hold_item(), sinc=3) == Received("fenced")
    assert book.position().fenced
    assert book.hold("o1") is None


def test_a_ledger_that_was_rolled_back_knows_it_and_takes_nothing_as_heard() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    receive(book, hold_item())
    before = book.position()
    assert receive(book, hold_item("o2"), base=1, ver=2, app=before.seq + 1) == Received("rolled_back")
    assert book.position() == replace(before, fenced=True)
    assert book.hold("o2") is None


def test_a_newer_hub_is_adopted_and_its_items_count_from_nothing() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    receive(book, hold_item())
    assert receive(book, hold_item("o2"), hinc=4, base=0, ver=1, app=1).new_orders == ["o2"]
    position = book.position()
    assert (position.hinc, position.dver, position.heard) == (4, 1, 1)


def test_a_newer_hub_that_knows_only_an_earlier_life_of_the_store_is_adopted_alone() -> None:
    book = ledger()
    assert receive(book, hold_item(), hinc=4, sinc=1, base=0, ver=1) == Received("new_hub", answer=True)
    position = book.position()
    assert (position.hinc, position.sinc, position.dver) == (4, 2, 0)
    assert book.hold("o1") is None


def test_an_item_that_cannot_be_read_leaves_the_store_where_it_was() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    with pytest.raises(Unbookable) as unbookable:
        receive(book, hold_item(), {"kind": "spell"})
    assert unbookable.value.code == "unknown_item"
    assert book.journal == []
    assert book.position().dver == 0


def test_a_hold_is_accepted_once() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    accept_hold(book, hold_item(), AT, by="qr")
    book.commit()
    with pytest.raises(Refused) as refused:
        accept_hold(book, hold_item(), AT, by="qr")
    assert refused.value.code == "known_order"
    assert book.journal == []


def test_what_was_returned_is_written_once() -> None:
    book = ledger(tea=StoreStock(floor=9, granted=3))
    receive(book, ReturnItem(sku="tea", returned=2))
    receive(book, ReturnItem(sku="tea", returned=2))
    assert [raw["kind"] for raw in book.events_after(0, 9)] == ["returned"]


def test_every_backup_has_heard_what_the_hub_says_and_never_more_than_it_applied() -> None:
    book = ledger(tea=StoreStock(floor=9, granted=3))
    receive(book, hold_item(), hold_item("o2"), hold_item("o3"))
    for app, stable, expected in ((2, 1, 1), (2, 3, 2), (3, 1, 2), (3, 3, 3)):
        receive(book, app=app, stable=stable)
        assert book.position().stable == expected


@pytest.mark.parametrize(("sinc", "is_unsure"), [(0, False), (1, True), (2, False)])
def test_an_order_of_an_earlier_incarnation_may_have_been_collected_there(sinc: int, is_unsure: bool) -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    receive(book, replace(hold_item(), sinc=sinc))
    hold = book.hold("o1")
    assert hold is not None
    assert hold.unsure is is_unsure
