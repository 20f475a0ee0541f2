"""Allotment policies: each names a rest, none can break a right, and learning follows what was seen."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.rules.allotment import (
    POLICIES,
    SHARE,
    Known,
    Policy,
    decide,
    even_split,
    fixed_safety_stock,
    fixed_share,
    learning,
    likely,
)
from sync.rules.demand import LENGTHS, Demand, Habits
from sync.rules.rights import Allotment, Rest, StoreStock, resting_grant, surplus, wanted_grant
from sync.rules.store.ledger import rebalance
from tests.unit.sync.rules.ledgers import AT, ledger

DAY = 1440
NOW = 100 * DAY + 720
FLAT = (1000,) * 24
OUTAGES = (0, 0, 500, 1000, 500, 0)


def rest_of(known: Known, stock: StoreStock) -> Rest:
    """Where learning rests; it knows enough to say."""
    rest = learning(known, stock)
    assert rest is not None
    return rest


def known(till: int = 0, online: int = 0, **changes: Any) -> Known:
    """Ten days of demand, in units over all of them, at any hour alike, and two outages in them."""
    values: dict[str, Any] = {
        "given": Allotment(),
        "minute": NOW,
        "demand": Demand(day=100, days=10_000, till=till * 1000, online=online * 1000),
        "habits": Habits(day=100, days=10_000, till=FLAT, online=FLAT, outages=OUTAGES),
    }
    return Known(**{**values, **changes})


def test_the_fixed_share_is_what_hq_set_whatever_sells() -> None:
    assert decide("fixed", known(till=900), StoreStock(floor=11, granted=3)) == Allotment()


def test_a_safety_stock_leaves_all_but_some_units_online() -> None:
    assert fixed_safety_stock(known(), StoreStock(floor=11), units=3) == Rest(8, 8)
    assert fixed_safety_stock(known(), StoreStock(floor=2), units=3) == Rest(0, 0)
    assert fixed_safety_stock(known(given=Allotment(reserve=5)), StoreStock(floor=11), units=3) == Rest(6, 6)


def test_an_even_split_gives_the_odd_unit_online() -> None:
    assert even_split(known(), StoreStock(floor=7)) == Rest(4, 4)


def test_with_equal_demand_learning_splits_in_the_middle() -> None:
    rest = rest_of(known(till=40, online=40), StoreStock(floor=8))
    assert rest.least <= 4 <= (rest.most or 0)
    assert (rest.least, rest.most) == (4, 4)


def test_who_sells_more_gets_more() -> None:
    shop = rest_of(known(till=5, online=60), StoreStock(floor=8))
    till = rest_of(known(till=60, online=5), StoreStock(floor=8))
    assert (till.least, till.most, shop.least, shop.most) == (1, 1, 7, 7)


def test_a_well_stocked_floor_is_left_alone() -> None:
    rest = rest_of(known(till=20, online=5), StoreStock(floor=200))
    assert rest.most is not None
    assert rest.least < 20
    assert rest.most > 150


def test_without_a_line_nothing_is_granted_and_nothing_asked() -> None:
    assert learning(known(online=90, has_line=False), StoreStock(floor=9)) == Rest(0, None)


@pytest.mark.parametrize(
    "missing",
    [
        {"demand": None},
        {"habits": None},
        {"demand": Demand(day=100, days=100, till=9000)},
    ],
)
def test_where_too_little_is_known_the_fixed_share_holds(missing: dict[str, Any]) -> None:
    assert decide("learning", known(**missing), StoreStock(floor=9)) == Allotment()
    assert decide("learning", known(has_line=False, **missing), StoreStock(floor=9)) == Allotment()


def test_a_line_that_never_dies_moves_less_than_one_that_does() -> None:
    calm = Habits(day=100, days=900_000, till=FLAT, online=FLAT)
    stock = StoreStock(floor=12)
    steady = rest_of(known(till=40, online=10, habits=calm), stock)
    weak = rest_of(known(till=40, online=10), stock)
    assert steady.least <= weak.least
    assert (steady.most or 0) >= (weak.most or 0)
    assert steady != weak


def test_the_hours_of_each_channel_count() -> None:
    day_only = tuple(3000 if 8 <= hour < 20 else 0 for hour in range(24))
    habits = Habits(day=100, days=10_000, till=day_only, online=FLAT, outages=OUTAGES)
    stock = StoreStock(floor=6)
    noon = rest_of(known(till=40, online=40, habits=habits), stock)
    night = rest_of(known(till=40, online=40, habits=habits, minute=100 * DAY + 21 * 60), stock)
    assert night.least > noon.least


def test_what_the_floor_keeps_is_kept() -> None:
    shop = known(online=90, given=Allotment(reserve=3))
    assert rest_of(shop, StoreStock(floor=8)).most == 5
    assert learning(known(online=90, given=Allotment(last_unit="keep")), StoreStock(floor=1)) == Rest(0, 0)


def test_nothing_to_share_rests_at_nothing() -> None:
    assert learning(known(till=9, online=9), StoreStock()) == Rest(0, 0)
    assert learning(known(till=9, online=9), StoreStock(floor=-4, granted=2)) == Rest(0, 0)


def test_a_decision_carries_what_was_set() -> None:
    given = Allotment(share_percent=20, reserve=1, last_unit="keep")
    made = decide("learning", known(till=40, online=40, given=given), StoreStock(floor=8))
    assert made == replace(given, rest=Rest(4, 4))
    assert set(POLICIES) == {"fixed", "learning"}


def test_at_least_one_unit_of_a_rare_seller() -> None:
    assert likely(0, 3) == (0, 0, 0)
    assert likely(1000, 3) == (555_555, 259_259, 111_111)  # (2 / 3) ** 2 = 4 / 9 want none, 8 / 27 want one


def test_rebalancing_grants_to_the_least_and_tells_what_is_above_the_most() -> None:
    low = ledger(Allotment(rest=Rest(4, 6)), tea=StoreStock(floor=9, granted=1))
    assert rebalance(low, "tea", AT) == 0
    assert (low.stock("tea").online, low.position().seq) == (4, 1)
    high = ledger(Allotment(rest=Rest(4, 6)), tea=StoreStock(floor=9, granted=8))
    assert rebalance(high, "tea", AT) == 2
    assert (high.stock("tea").online, high.position().seq) == (8, 0)


def test_without_a_rest_rebalancing_does_nothing() -> None:
    book = ledger(Allotment(), tea=StoreStock(floor=9))
    assert (rebalance(book, "tea", AT), book.position().seq) == (0, 0)


UNITS = st.integers(0, 400)
COUNTS = st.integers(0, 50_000)
HOURS = st.lists(st.integers(0, 9_000), min_size=24, max_size=24).map(tuple)
STOCKS = st.builds(
    StoreStock,
    floor=st.integers(-5, 400),
    staged=st.integers(0, 20),
    granted=UNITS,
    returned=st.integers(0, 20),
    settled=st.integers(0, 20),
    open=st.integers(0, 20),
)
ALLOTMENTS = st.builds(
    Allotment,
    share_percent=st.integers(0, 100),
    reserve=st.integers(0, 9),
    last_unit=st.sampled_from(("grant", "keep")),
)
KNOWN = st.builds(
    Known,
    given=ALLOTMENTS,
    minute=st.integers(100 * DAY, 110 * DAY),
    has_line=st.booleans(),
    demand=st.none() | st.builds(Demand, day=st.just(100), days=COUNTS, till=COUNTS, online=COUNTS),
    habits=st.none()
    | st.builds(
        Habits,
        day=st.just(100),
        days=COUNTS,
        till=HOURS,
        online=HOURS,
        outages=st.lists(COUNTS, min_size=len(LENGTHS), max_size=len(LENGTHS)).map(tuple),
    ),
)


@pytest.mark.parametrize("policy", [fixed_share, fixed_safety_stock, even_split, learning])
@given(known=KNOWN, stock=STOCKS, wanted=UNITS)
def test_no_policy_breaks_a_right(policy: Policy, known: Known, stock: StoreStock, wanted: int) -> None:
    rest = policy(known, stock)
    assert rest == policy(known, stock)
    if rest is not None:
        assert rest.least >= 0
        assert rest.most is None or rest.most >= rest.least
    made = replace(known.given, rest=rest)
    for units in (resting_grant(stock, made), wanted_grant(stock, made, wanted)):
        assert 0 <= units <= max(0, stock.free - known.given.kept)
    assert 0 <= surplus(stock, made) <= max(0, stock.online)
    granted = replace(stock, granted=stock.granted + resting_grant(stock, made))
    assert surplus(granted, made) <= surplus(stock, made)


@given(known=KNOWN, stock=STOCKS, more=st.integers(0, 30_000))
def test_more_demand_of_a_channel_never_gives_it_less(known: Known, stock: StoreStock, more: int) -> None:
    if known.demand is None or learning(known, stock) is None:
        return
    before = rest_of(known, stock)
    shop = rest_of(replace(known, demand=replace(known.demand, online=known.demand.online + more)), stock)
    till = rest_of(replace(known, demand=replace(known.demand, till=known.demand.till + more)), stock)
    assert till.least <= before.least <= shop.least
    if before.most is not None:
        assert (till.most or 0) <= before.most <= (shop.most or 0)


@given(mean=st.integers(0, 100_000), more=st.integers(0, 5_000), count=st.integers(0, 40))
def test_chances_fall_with_units_and_rise_with_the_mean(mean: int, more: int, count: int) -> None:
    chances = likely(mean, count)
    assert all(0 <= chance <= SHARE for chance in chances)
    assert list(chances) == sorted(chances, reverse=True)
    assert all(low <= high for low, high in zip(chances, likely(mean + more, count), strict=True))


@given(known=KNOWN, stock=STOCKS)
def test_a_rest_is_settled_by_one_rebalancing(known: Known, stock: StoreStock) -> None:
    """Granting to the least leaves nothing to grant, so a store with a line does not chatter."""
    made = decide("learning", known, stock)
    after = replace(stock, granted=stock.granted + resting_grant(stock, made))
    assert resting_grant(after, decide("learning", known, after)) == 0
