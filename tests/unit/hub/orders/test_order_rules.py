"""When goods are ready, which stage follows, what is given back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.orders.rules import Wanted, closing_stage, masked, merged, next_stage, ready_by, refund_due

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
DAILY = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("09:00", "22:00"))
HALF_HOUR = timedelta(minutes=30)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A local time (2026-05-01 is a Friday) as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-05-01T12:00", "2026-05-01T12:30"),
        ("2026-05-01T07:00", "2026-05-01T09:30"),
        ("2026-05-01T21:30", "2026-05-01T22:00"),
        ("2026-05-01T21:50", "2026-05-02T09:20"),
        ("2026-05-01T22:00", "2026-05-02T09:30"),
        ("2026-05-01T23:59", "2026-05-02T09:30"),
    ],
)
def test_goods_are_ready_after_the_lead_of_opening_time(now: str, expected: str) -> None:
    assert ready_by(at(now), DAILY, SHANGHAI, HALF_HOUR) == at(expected)


def test_closed_days_do_not_count() -> None:
    weekdays = {day: DAILY[day] for day in ("mon", "tue", "wed", "thu", "fri")}
    assert ready_by(at("2026-05-01T21:45"), weekdays, SHANGHAI, HALF_HOUR) == at("2026-05-04T09:15")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-05-01T20:00", "2026-05-01T20:30"),
        ("2026-05-02T01:00", "2026-05-02T01:30"),
        ("2026-05-02T01:45", "2026-05-02T18:15"),
        ("2026-05-02T02:00", "2026-05-02T18:30"),
    ],
)
def test_hours_past_midnight_belong_to_the_evening_they_began(now: str, expected: str) -> None:
    hours = dict.fromkeys(DAILY, ("18:00", "02:00"))
    assert ready_by(at(now), hours, SHANGHAI, HALF_HOUR) == at(expected)


def test_a_store_open_until_24_works_through_midnight() -> None:
    hours = dict.fromkeys(DAILY, ("00:00", "24:00"))
    assert ready_by(at("2026-05-01T23:45"), hours, SHANGHAI, HALF_HOUR) == at("2026-05-02T00:15")
    once = {"fri": ("09:00", "24:00")}
    assert ready_by(at("2026-05-01T23:30"), once, SHANGHAI, HALF_HOUR) == at("2026-05-02T00:00")
    assert ready_by(at("2026-05-01T23:31"), once, SHANGHAI, HALF_HOUR) == at("2026-05-08T09:01")


def test_the_clock_change_moves_no_promise() -> None:
    # on 2026-03-29 Berlin goes from 02:00 to 03:00
    hours = dict.fromkeys(DAILY, ("00:00", "24:00"))
    assert ready_by(at("2026-03-29T01:50", BERLIN), hours, BERLIN, HALF_HOUR) == at(
        "2026-03-29T03:20", BERLIN
    )
    assert ready_by(at("2026-03-28T23:00", BERLIN), DAILY, BERLIN, HALF_HOUR) == at(
        "2026-03-29T09:30", BERLIN
    )
    # on 2026-10-25 it goes back from 03:00 to 02:00: 01:50 to 02:20 is half an hour, not an hour and a half
    before = at("2026-10-25T01:50", BERLIN)
    assert ready_by(before, hours, BERLIN, HALF_HOUR) == before + HALF_HOUR


def test_a_lead_longer_than_a_day_is_spread_over_the_opening_hours() -> None:
    assert ready_by(at("2026-05-01T09:00"), DAILY, SHANGHAI, timedelta(hours=27)) == at("2026-05-03T10:00")


def test_a_store_without_hours_is_always_open_and_one_never_open_promises_the_lead() -> None:
    now = at("2026-05-01T03:00")
    assert ready_by(now, {}, SHANGHAI, HALF_HOUR) == now + HALF_HOUR
    assert ready_by(now, {"fri": ("09:00", "09:01")}, SHANGHAI, timedelta(days=7)) == now + timedelta(days=7)


def test_the_answer_is_in_utc_whatever_the_question() -> None:
    local = datetime(2026, 5, 1, 12, tzinfo=SHANGHAI)
    answer = ready_by(local, DAILY, SHANGHAI, HALF_HOUR)
    assert (answer, answer.tzinfo) == (local + HALF_HOUR, UTC)


def test_lines_of_one_product_become_one_in_the_order_of_mention() -> None:
    lines = [Wanted("b", 1), Wanted("a", 2), Wanted("b", 3)]
    assert merged(lines) == [Wanted("b", 4), Wanted("a", 2)]


@pytest.mark.parametrize(("name", "seen"), [("王小明", "王**"), ("A", "A**"), ("", "")])
def test_a_store_sees_the_first_character_of_a_name(name: str, seen: str) -> None:
    assert masked(name) == seen


STAGES = ("unpaid", "pending_store", "accepted", "picking", "ready")


@pytest.mark.parametrize("stage", [*STAGES, "collected", "short", "cancelled", "expired"])
@pytest.mark.parametrize("step", ["received", "accepted", "picking", "ready", "put_back", "rejected", "done"])
def test_an_order_only_goes_forward(stage: str, step: str) -> None:
    reached = {"received": "accepted"}.get(step, step)
    goes = stage in STAGES and reached in STAGES and STAGES.index(reached) > STAGES.index(stage)
    assert next_stage(stage, step) == (reached if goes else None)


@pytest.mark.parametrize(
    ("done", "released", "why", "stage"),
    [
        (1, 0, "", "collected"),
        (1, 1, "cancelled", "collected"),
        (0, 0, "", "short"),
        (0, 2, "expired", "expired"),
        (0, 2, "cancelled", "cancelled"),
    ],
)
def test_how_a_settled_order_ended(done: int, released: int, why: str, stage: str) -> None:
    assert closing_stage(done=done, released=released, why=why) == stage


@pytest.mark.parametrize(
    ("amounts", "minor"),
    [
        ([], 0),
        ([(1000, 3, 3)], 1000),
        ([(1000, 3, 1)], 333),
        ([(1000, 3, 2)], 667),
        ([(5, 2, 1), (7, 1, 0)], 3),
    ],
)
def test_units_not_handed_over_give_back_their_share(amounts: list[tuple[int, int, int]], minor: int) -> None:
    assert refund_due(amounts) == minor
