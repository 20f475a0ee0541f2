"""An order that was to be paid at the counter and was paid online since."""

from dataclasses import replace

from sync.messages.codec import parse_item
from sync.rules.baseline import Carried, CarriedLine
from sync.rules.canonical import to_raw
from sync.rules.facts import HoldStep
from sync.rules.holds import StoreHold
from sync.rules.items import HoldItem
from sync.rules.rights import StoreStock
from sync.rules.store import fulfil, prepaid
from sync.rules.store.begin_log import Mirror, Remains, begin_log
from sync.rules.store.receive_down import receive_down
from sync.rules.streams import Down
from sync.simulator.books import StoreDictionary
from tests.unit.sync.rules.ledgers import AT, hold_item, ledger


def told(book: StoreDictionary, item: HoldItem) -> list[str]:
    """Apply a DOWN with this item; returns the orders that it made prepaid."""
    position = book.position()
    down = Down(hinc=3, sinc=2, base=position.dver, ver=position.dver + 1, app=0, items=(to_raw(item),))
    received = receive_down(book, down, parse_item, AT)
    book.commit()
    return received.prepaid


def paid(item: HoldItem, minor: int = 600) -> HoldItem:
    """The item once the hub has taken `minor` online."""
    return replace(item, prepaid_minor=minor)


def hold_of(book: StoreDictionary) -> StoreHold:
    """Order o1."""
    hold = book.hold("o1")
    assert hold is not None
    return hold


def grants(book: StoreDictionary) -> list[int]:
    """What the log grants, in order."""
    return [raw["minor"] for raw in book.events_after(0, 99) if raw.get("to") == "prepaid"]


def store() -> StoreDictionary:
    """A ledger that has received o1: two teas, 6.00 at the counter."""
    book = ledger(tea=StoreStock(floor=5, granted=3))
    told(book, priced())
    return book


def priced(*, cancel: bool = False) -> HoldItem:
    """Order o1 with a price on its line."""
    item = hold_item(cancel=cancel)
    return replace(item, lines=(replace(item.lines[0], price_minor=600),))


def test_an_open_hold_grants_once_and_then_nothing_is_due() -> None:
    book = store()
    assert prepaid.due_minor(hold_of(book)) == 600
    assert told(book, paid(priced())) == ["o1"]
    assert told(book, paid(priced())) == []
    assert (hold_of(book).prepaid_minor, prepaid.due_minor(hold_of(book)), grants(book)) == (600, 0, [600])


def test_a_grant_is_not_taken_back_by_an_item_that_does_not_ask_for_it() -> None:
    book = store()
    told(book, paid(priced()))
    assert told(book, priced()) == []
    assert (hold_of(book).prepaid_minor, grants(book)) == (600, [600])


def test_a_hold_that_arrives_prepaid_is_granted_in_the_same_commit() -> None:
    book = ledger(tea=StoreStock(floor=5, granted=3))
    assert told(book, paid(priced())) == ["o1"]
    assert [raw["to"] for raw in book.events_after(0, 9)] == ["received", "prepaid"]


def test_money_that_comes_after_the_hand_over_is_not_granted() -> None:
    book = store()
    fulfil.hand_over(book, "o1", AT, "li", "qr")
    assert told(book, paid(priced())) == []
    assert (hold_of(book).prepaid_minor, grants(book)) == (0, [])


def test_a_cancel_wins_over_money_in_the_same_item() -> None:
    book = store()
    assert told(book, paid(priced(cancel=True))) == []
    assert (hold_of(book).stage, grants(book)) == ("closed", [])


def test_less_is_due_for_units_that_are_short_and_for_money_that_was_paid() -> None:
    book = store()
    fulfil.report_short(book, "o1", 1, 1, AT, "li")
    assert prepaid.due_minor(hold_of(book)) == 300
    told(book, paid(priced(), 200))
    assert prepaid.due_minor(hold_of(book)) == 100
    told(book, paid(priced()))
    assert (prepaid.due_minor(hold_of(book)), grants(book)) == (0, [200, 600])


def test_released_units_are_taken_off_as_short_ones_are() -> None:
    hold = hold_of(store())
    assert prepaid.due_minor(hold.with_line(replace(hold.line(1), released=1))) == 300


def test_an_order_paid_online_from_the_start_and_one_without_a_body_owe_nothing() -> None:
    hold = hold_of(store())
    assert prepaid.due_minor(replace(hold, body=replace(priced(), pay_at="online"))) == 0
    assert prepaid.due_minor(replace(hold, body=None)) == 0


def test_an_unknown_order_and_one_that_nobody_asks_about_grant_nothing() -> None:
    book = store()
    book.put_hold(replace(hold_of(book), body=None))
    book.commit()
    assert [prepaid.grant(book, order, AT) for order in ("o1", "o9")] == [False, False]
    assert book.journal == []


def unsure_store() -> StoreDictionary:
    """A new ledger after a loss that was told of o1 again, paid meanwhile."""
    book = ledger()
    line = CarriedLine(line=1, sku="tea", qty=2)
    hold = Carried(order="o1", stage="received", lines=(line,), at=AT)
    begin_log(book, book.position(), Mirror(from_sinc=1, from_seq=1, doubt=False, stocks=(), holds=(hold,)),
              Remains(), AT)  # fmt: skip
    book.commit()
    assert told(book, paid(priced())) == []
    return book


def test_a_hold_that_nobody_is_sure_of_is_granted_once_somebody_has_looked() -> None:
    book = unsure_store()
    assert (hold_of(book).unsure, hold_of(book).prepaid_minor) == (True, 0)
    fulfil.verify_hold(book, "o1", AT, "li", is_collected=False)
    assert (hold_of(book).unsure, hold_of(book).prepaid_minor, grants(book)) == (False, 600, [600])


def test_a_hold_that_was_collected_before_the_loss_is_not_granted() -> None:
    book = unsure_store()
    fulfil.verify_hold(book, "o1", AT, "li", is_collected=True)
    assert (hold_of(book).stage, hold_of(book).prepaid_minor, grants(book)) == ("closed", 0, [])


def test_a_grant_of_the_old_ledger_is_carried_into_the_new_one() -> None:
    book = ledger()
    line = CarriedLine(line=1, sku="tea", qty=2)
    hold = Carried(order="o1", stage="received", lines=(line,), at=AT)
    mirror = Mirror(from_sinc=2, from_seq=1, doubt=False, stocks=(), holds=(hold,))
    steps = tuple(HoldStep(order="o1", to="prepaid", at=AT, minor=minor) for minor in (600, 200))
    begin_log(book, book.position(), mirror, Remains(facts=steps, continues=True), AT)
    assert (hold_of(book).prepaid_minor, grants(book)) == (600, [600, 200])
