"""What a store remembers of its customers and its line: it forgets evenly and never breaks."""

from dataclasses import replace

import pytest

from sync.rules.canonical import to_raw
from sync.rules.demand import LENGTHS, Demand, Habits, habits_from, minute_of, sold_by

DAY = 1440
NOON = 100 * DAY + 720


def test_an_instant_is_minutes_since_1970() -> None:
    assert minute_of("1970-01-01T00:00:00.000Z") == 0
    assert minute_of("1970-01-02T01:02:59.999Z") == DAY + 62


def test_units_count_in_their_channel() -> None:
    seen = Demand(day=100).with_units("till", 3, NOON).with_units("online", 2, NOON)
    assert (seen.till, seen.online) == (3000, 2000)


def test_each_day_leaves_nine_tenths_of_units_and_time_alike() -> None:
    seen = Demand(day=100).with_units("till", 10, NOON)
    after = seen.on(NOON + 2 * DAY)
    assert (after.day, after.till, after.days) == (102, 8100, 1710)
    assert after == seen.on(NOON + DAY).on(NOON + 2 * DAY)


def test_a_steady_seller_keeps_its_rate_for_ever() -> None:
    seen = Demand(day=0)
    for day in range(300):
        seen = seen.with_units("till", 4, day * DAY + 720)
    rate = seen.on(300 * DAY).till / seen.watched(300 * DAY)
    assert 3.99 < rate < 4.01


def test_a_year_later_nothing_is_left() -> None:
    after = Demand(day=0).with_units("online", 500, 0).on(400 * DAY)
    assert (after.online, after.till) == (0, 0)


def test_a_clock_that_went_back_fades_nothing() -> None:
    seen = Demand(day=100).with_units("till", 1, NOON)
    assert seen.on(NOON - 5 * DAY) == seen
    habits = Habits(day=100)
    assert habits.on(NOON - 5 * DAY) == habits


def test_an_hour_of_the_day_counts_for_itself() -> None:
    habits = Habits(day=100).with_units("till", 2, NOON).with_units("online", 1, NOON + 60)
    assert (habits.till[12], habits.online[13]) == (2000, 1000)
    assert (sum(habits.till), sum(habits.online)) == (2000, 1000)


@pytest.mark.parametrize(
    ("minutes", "place"), [(0, 0), (6, 0), (7, 1), (80, 2), (81, 3), (480, 4), (5000, 5)]
)
def test_an_outage_counts_by_its_length_once_it_is_over(minutes: int, place: int) -> None:
    dead = Habits(day=100).cut(NOON)
    assert dead.outages == (0,) * len(LENGTHS)
    back = dead.restored(NOON + minutes)
    assert back.outages[place] == sum(back.outages) == 1000
    assert back.cut_at is None


def test_telling_twice_counts_once() -> None:
    dead = Habits(day=100).cut(NOON)
    assert dead.cut(NOON + 5) == dead
    back = dead.restored(NOON + 10)
    assert back.restored(NOON + 20) == back


def test_a_clock_that_went_back_during_an_outage_counts_a_short_one() -> None:
    back = Habits(day=100).cut(NOON).restored(NOON - 500)
    assert back.outages[0] == 1000


def test_habits_fade_and_their_line_stays() -> None:
    habits = Habits(day=100).with_units("online", 1, NOON).cut(NOON).restored(NOON + 60).cut(NOON + 90)
    after = habits.on(NOON + DAY)
    assert (after.online[12], after.outages[2], after.cut_at) == (900, 900, NOON + 90)
    assert after.watched(101 * DAY) == 900


def test_habits_survive_being_written_down() -> None:
    habits = Habits(day=100, days=3).with_units("till", 5, NOON).cut(NOON).restored(NOON + 9).cut(NOON + 20)
    assert habits_from(to_raw(habits)) == habits
    assert habits_from(to_raw(replace(habits, cut_at=None))) == replace(habits, cut_at=None)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"day": -1},
        {"day": True},
        {"day": 1, "till": [0] * 23},
        {"day": 1, "online": ["x"] * 24},
        {"day": 1, "outages": 7},
        {"day": 1, "cut_at": -1},
    ],
)
def test_habits_that_make_no_sense_are_none(raw: object) -> None:
    assert habits_from(raw) is None


def test_a_sale_and_an_override_are_demand_and_nothing_else_is() -> None:
    lines = [{"sku": "tea", "qty": 2, "source": "floor"}, {"sku": "tea", "qty": 1, "target": "floor"}]
    assert sold_by({"kind": "move", "reason": "sale", "lines": lines}) == [("tea", 2)]
    assert sold_by({"kind": "move", "reason": "override", "lines": lines}) == [("tea", 2)]
    assert sold_by({"kind": "move", "reason": "damage", "lines": lines}) == []
    assert sold_by({"kind": "grant", "sku": "tea", "granted": 4}) == []
