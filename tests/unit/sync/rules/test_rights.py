"""Rights: F at the store, ATP at the hub, and what may be granted, returned and promised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.rules.errors import Short
from sync.rules.facts import MoveLine
from sync.rules.rights import (
    Allotment,
    HubStock,
    StoreStock,
    booked_out_when_short,
    give_back,
    moved,
    promise,
    resting_grant,
    wanted_grant,
)

UNITS = st.integers(0, 50)


def test_floor_stock_and_availability_are_what_the_protocol_says() -> None:
    store = StoreStock(floor=7, staged=2, damaged=4, granted=6, returned=1, settled=2, open=1)
    assert (store.on_hand, store.free, store.online) == (9, 6, 2)
    hub = HubStock(floor=7, staged=2, granted=6, settled=2, returned=1, promised=4)
    assert (hub.available, hub.free) == (1, 6)


@pytest.mark.parametrize(
    ("line", "floor", "staged", "damaged"),
    [
        (MoveLine(sku="tea", qty=2, source="floor"), 3, 1, 0),
        (MoveLine(sku="tea", qty=2, target="floor"), 7, 1, 0),
        (MoveLine(sku="tea", qty=1, source="floor", target="staged"), 4, 2, 0),
        (MoveLine(sku="tea", qty=1, source="staged", target="damaged"), 5, 0, 1),
    ],
)
def test_a_movement_changes_two_buckets_alike_on_both_sides(
    line: MoveLine, floor: int, staged: int, damaged: int
) -> None:
    assert moved(StoreStock(5, 1), line) == StoreStock(floor, staged, damaged)
    assert moved(HubStock(5, 1), line) == HubStock(floor, staged, damaged)


@pytest.mark.parametrize(
    ("stock", "policy", "units"),
    [
        (StoreStock(floor=10), Allotment(), 5),
        (StoreStock(floor=11), Allotment(), 6),
        (StoreStock(floor=10, granted=5), Allotment(), 0),
        (StoreStock(floor=10, granted=8), Allotment(), 0),
        (StoreStock(floor=10), Allotment(share_percent=100, reserve=3), 7),
        (StoreStock(floor=10), Allotment(share_percent=100, last_unit="keep"), 9),
        (StoreStock(floor=10), Allotment(share_percent=0), 0),
        (StoreStock(floor=0, granted=2), Allotment(share_percent=100), 0),
    ],
)
def test_the_online_channel_rests_at_its_share(stock: StoreStock, policy: Allotment, units: int) -> None:
    assert resting_grant(stock, policy) == units


@pytest.mark.parametrize(
    ("qty", "policy", "units"),
    [
        (2, Allotment(), 2),
        (9, Allotment(), 4),
        (9, Allotment(reserve=3), 1),
        (9, Allotment(last_unit="keep"), 3),
        (9, Allotment(reserve=5), 0),
    ],
)
def test_a_want_is_granted_down_to_what_the_floor_keeps(qty: int, policy: Allotment, units: int) -> None:
    assert wanted_grant(StoreStock(floor=4), policy, qty) == units


def test_a_promise_beyond_what_is_available_is_refused_with_what_is_left() -> None:
    stock = HubStock(granted=5, returned=1, promised=2)
    assert promise(stock, "tea", 2).promised == 4
    with pytest.raises(Short) as short:
        promise(stock, "tea", 3)
    assert short.value.facts == {"sku": "tea", "wanted": 3, "left": 2}
    with pytest.raises(Short) as none_left:
        promise(HubStock(granted=1, returned=2), "tea", 1)
    assert none_left.value.facts["left"] == 0


@given(UNITS, UNITS, UNITS, st.integers(-5, 50))
def test_giving_back_never_takes_what_is_promised(
    granted: int, returned: int, promised: int, qty: int
) -> None:
    stock = HubStock(granted=granted, returned=returned, promised=promised)
    after = give_back(stock, qty)
    assert after.returned >= stock.returned
    assert after.available >= min(stock.available, 0)
    assert after.returned - stock.returned == max(0, min(qty, stock.available))


STOCKS = st.builds(StoreStock, floor=UNITS, staged=UNITS, granted=UNITS, open=UNITS)
POLICIES = st.builds(Allotment, share_percent=st.integers(0, 100), reserve=st.integers(0, 5))


@given(STOCKS, POLICIES, st.integers(1, 60))
def test_no_grant_takes_floor_stock_below_what_is_kept(
    stock: StoreStock, policy: Allotment, qty: int
) -> None:
    for units in (resting_grant(stock, policy), wanted_grant(stock, policy, qty)):
        assert units >= 0
        assert units == 0 or stock.free - units >= policy.kept


@pytest.mark.parametrize(("free", "qty", "units"), [(0, 2, 2), (3, 2, 2), (-1, 2, 1), (-2, 2, 0), (-5, 2, 0)])
def test_a_unit_missing_from_the_books_is_not_booked_out_twice(free: int, qty: int, units: int) -> None:
    stock = StoreStock(floor=10 + free, granted=10)
    assert stock.free == free
    assert booked_out_when_short(stock, qty) == units


@pytest.mark.parametrize(
    ("stock", "deficit"),
    [
        (HubStock(floor=3, staged=1, granted=9, taken=2, settled=1), 2),
        (HubStock(floor=3, staged=1, granted=9, taken=2, settled=3), 0),
        (HubStock(floor=-2, granted=1), 3),
        (HubStock(floor=9, granted=4), 0),
    ],
)
def test_a_deficit_is_what_floor_stock_lacks_after_what_the_store_took_back(
    stock: HubStock, deficit: int
) -> None:
    assert stock.deficit == deficit
