"""The rules at their bounds: the last value that is allowed, the first that is not, and mixed lines."""

from dataclasses import replace

import pytest

from sync.messages.codec import parse_fact
from sync.rules.books import Request
from sync.rules.canonical import GENESIS, canonical
from sync.rules.central.apply_up import apply_up
from sync.rules.central.make_down import fitting
from sync.rules.central.promise import drop_provisional
from sync.rules.compact import MOST_NUMBER, MOST_TEXT_BYTES, Reader, number, text
from sync.rules.errors import Refused, Short, TokenRefused
from sync.rules.facts import Move, MoveLine
from sync.rules.holds import HubLine, LineCount, StoreHold
from sync.rules.items import MOST_LINES
from sync.rules.pickup_token import Claims, TokenLine, decode_claims, encode_claims, hold_from_claims
from sync.rules.rights import Allotment, HubStock, StoreStock, resting_grant
from sync.rules.store import fulfil
from sync.rules.store.ledger import apply_lines, book_move
from sync.rules.store.receive_down import accept_hold
from sync.rules.streams import Up
from tests.unit.sync.rules.ledgers import AT, hold_item, hub_book, ledger

LATEST_UNIX = 253_402_300_799
"""The last second of the year 9999."""
CLAIMS = Claims(
    key_id="0badcafe",
    order="0192f0c1-2345-7abc-8def-0123456789ab",
    number="A-1042",
    store="shanghai-1",
    hinc=3,
    sinc=2,
    expires=1_800_000_000,
    pay_at="counter",
    due_minor=0,
    currency="CNY",
    code_hash="00" * 16,
    lines=(TokenLine(line=1, sku="tea", qty=2),),
    line_count=1,
)


@pytest.mark.parametrize(
    ("value", "data"),
    [(0, "00"), (127, "7f"), (128, "8001"), (MOST_NUMBER, "ffffffffffffff0f")],
)
def test_a_number_takes_as_many_groups_as_it_needs(value: int, data: str) -> None:
    assert number(value).hex() == data
    assert Reader(number(value)).number() == value


@pytest.mark.parametrize("value", [-1, MOST_NUMBER + 1])
def test_a_number_out_of_range_is_not_written(value: int) -> None:
    assert MOST_NUMBER == 9_007_199_254_740_991
    with pytest.raises(ValueError, match="is not between"):
        number(value)


def test_a_text_may_have_as_many_bytes_as_its_length_can_say() -> None:
    assert Reader(text("x" * MOST_TEXT_BYTES)).text() == "x" * MOST_TEXT_BYTES
    with pytest.raises(ValueError, match="256 bytes of text are more than 255"):
        text("x" * (MOST_TEXT_BYTES + 1))


def test_a_token_may_name_as_many_lines_as_an_order_has() -> None:
    lines = tuple(TokenLine(line=n, sku="t", qty=1) for n in range(1, MOST_LINES + 1))
    full = replace(CLAIMS, lines=lines, line_count=MOST_LINES)
    assert decode_claims(encode_claims(full)) == full
    with pytest.raises(ValueError, match="101 lines are not between"):
        encode_claims(replace(full, lines=(*lines, TokenLine(line=101, sku="t", qty=1))))


def test_a_token_may_expire_in_the_last_second_that_a_date_can_name() -> None:
    last = replace(CLAIMS, expires=LATEST_UNIX)
    assert decode_claims(encode_claims(last)).expires == LATEST_UNIX
    assert hold_from_claims(last).expires_at == "9999-12-31T23:59:59.000Z"
    with pytest.raises(ValueError, match="beyond the year 9999"):
        encode_claims(replace(CLAIMS, expires=LATEST_UNIX + 1))


@pytest.mark.parametrize(
    ("milliseconds", "placed_at"),
    [(LATEST_UNIX * 1000, "9999-12-31T23:59:59.000Z"), (LATEST_UNIX * 1000 + 1, "2027-01-15T08:00:00.000Z")],
)
def test_an_order_tells_when_it_was_made_up_to_the_last_second(milliseconds: int, placed_at: str) -> None:
    digits = f"{milliseconds:012x}"
    order = f"{digits[:8]}-{digits[8:]}-7abc-8def-0123456789ab"
    assert hold_from_claims(replace(CLAIMS, order=order)).placed_at == placed_at


@pytest.mark.parametrize(("place", "value"), [(0, 2), (1, 4)])
def test_claims_of_another_version_or_with_unknown_flags_are_damaged(place: int, value: int) -> None:
    data = bytearray(encode_claims(CLAIMS))
    data[place] = value
    with pytest.raises(TokenRefused) as refused:
        decode_claims(bytes(data))
    assert refused.value.facts["problem"] == f"version {data[0]} with flags {data[1]} is not known"


def test_a_down_is_filled_to_the_last_byte_of_its_budget() -> None:
    requests = [
        Request(ver=n, kind="return", key=sku, raw={"kind": "return", "sku": sku, "returned": n})
        for n, sku in enumerate(("tea", "soap", "comb"), 1)
    ]
    weights = [len(canonical(request.raw)) + 1 for request in requests]
    assert fitting(requests, sum(weights)) == requests
    assert fitting(requests, sum(weights) - 1) == requests[:2]
    assert fitting(requests, 0) == requests[:1]


def test_an_order_of_which_one_line_is_dispatched_is_not_the_hubs_to_drop() -> None:
    book = hub_book(tea=HubStock(granted=4, promised=3))
    book.put_line(HubLine(order="o1", line=1, sku="tea", qty=1))
    book.put_line(HubLine(order="o1", line=2, sku="tea", qty=2, dispatched=True))
    book.commit()
    assert drop_provisional(book, "o1") is False
    assert book.journal == []


def test_a_floor_request_without_an_id_is_not_served() -> None:
    book = hub_book(tea=HubStock(granted=4))
    up = Up(store="s1", sinc=2, hinc=3, first=1, chain_before=GENESIS, head=0, dver=0, wants={"tea": 1})
    assert apply_up(book, up, parse_fact).skus == frozenset()
    assert book.stock("tea") == HubStock(granted=4)
    assert apply_up(book, replace(up, wants_id="w1"), parse_fact).skus == {"tea"}


@pytest.mark.parametrize(
    ("stock", "share", "units"),
    [
        (StoreStock(floor=10, granted=2), 50, 3),
        (StoreStock(floor=10, granted=5), 50, 0),
        (StoreStock(floor=10, granted=4, open=3), 50, 3),
        (StoreStock(floor=9, granted=1), 100, 8),
    ],
)
def test_the_share_is_of_floor_and_unpromised_units_together(
    stock: StoreStock, share: int, units: int
) -> None:
    assert resting_grant(stock, Allotment(share_percent=share)) == units


def test_a_movement_that_raises_no_floor_stock_tops_nothing_up() -> None:
    book = ledger(Allotment(share_percent=50), tea=StoreStock(floor=8))
    inside = MoveLine(sku="tea", qty=2, source="floor", target="staged")
    assert apply_lines(book, [inside]) == []
    book.rollback()
    book_move(book, Move(reason="bucket", lines=(inside,), at=AT))
    assert book.stock("tea") == StoreStock(floor=6, staged=2)
    book_move(book, Move(reason="receive", lines=(MoveLine(sku="tea", qty=2, target="floor"),), at=AT))
    assert book.stock("tea").granted == 5


@pytest.mark.parametrize(("granted", "left"), [(3, 2), (7, 0)])
def test_a_sale_beyond_the_floor_tells_what_is_left(granted: int, left: int) -> None:
    book = ledger(tea=StoreStock(floor=5, granted=granted))
    lines = (MoveLine(sku="tea", qty=3, source="floor"),)
    with pytest.raises(Short) as refused:
        book_move(book, Move(reason="sale", lines=lines, at=AT))
    assert refused.value.facts == {"sku": "tea", "wanted": 3, "left": left}
    assert book.journal == []


def test_an_order_that_is_not_ready_tells_how_many_units_of_which_line_are_missing() -> None:
    book = ledger(tea=StoreStock(floor=9, granted=5))
    accept_hold(book, hold_item("o1", (1, "tea", 1), (2, "tea", 3)), AT, by="")
    fulfil.pick(book, "o1", 1, AT, "li")
    fulfil.pick(book, "o1", 2, AT, "li")
    with pytest.raises(Refused) as refused:
        fulfil.make_ready(book, "o1", AT, "li")
    assert (refused.value.code, refused.value.facts) == (
        "not_picked",
        {"order": "o1", "line": 2, "missing": 2},
    )


def test_staged_units_that_are_short_take_the_place_of_those_the_floor_lacks_already() -> None:
    book = ledger(tea=StoreStock(floor=3, granted=3))
    accept_hold(book, hold_item("o1", (1, "tea", 3)), AT, by="")
    for _ in range(3):
        fulfil.pick(book, "o1", 1, AT, "li")
    gone = MoveLine(sku="tea", qty=1, source="floor")
    book_move(book, Move(reason="override", lines=(gone,), at=AT))
    assert book.stock("tea") == StoreStock(floor=-1, staged=3, granted=3, open=3)
    hold = fulfil.report_short(book, "o1", 1, 2, AT, "li")
    assert book.stock("tea") == StoreStock(floor=0, staged=1, granted=3, settled=2, open=1)
    assert hold.line(1) == LineCount(line=1, sku="tea", qty=3, short=2, staged=1)


@pytest.mark.parametrize(
    ("counts", "outcome"),
    [
        ((1, 1, 0), "done"),
        ((0, 1, 1), "short"),
        ((0, 0, 2), "released"),
        ((0, 2, 0), "short"),
        ((2, 0, 0), "done"),
    ],
)
def test_an_order_of_several_lines_ended_as_its_best_line_did(
    counts: tuple[int, int, int], outcome: str
) -> None:
    done, short, released = counts
    lines = [
        *(LineCount(line=n, sku="tea", qty=1, done=1) for n in range(done)),
        *(LineCount(line=n + done, sku="tea", qty=1, short=1) for n in range(short)),
        *(LineCount(line=n + done + short, sku="tea", qty=1, released=1) for n in range(released)),
    ]
    assert fulfil.outcome_of(StoreHold(order="o1", stage="closed", lines=tuple(lines))) == outcome
