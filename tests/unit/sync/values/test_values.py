"""Small values: clock, GTIN, money, parts, pickup codes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.values.clock import from_instant, to_instant
from sync.values.gtin import InvalidGtin, parse_gtin
from sync.values.money import Money, half_up, share_out
from sync.values.parts import PARTS, part_of
from sync.values.pickup_code import ALPHABET, code_hash, from_random, normalise


def test_an_instant_is_written_in_utc_and_read_back() -> None:
    moment = datetime(2026, 5, 1, 18, 0, 0, 123_456, timezone(timedelta(hours=8)))
    assert to_instant(moment) == "2026-05-01T10:00:00.123Z"
    assert from_instant("2026-05-01T10:00:00.123Z") == datetime(2026, 5, 1, 10, 0, 0, 123_000, UTC)
    assert from_instant("2026-05-01T18:00:00+08:00") == datetime(2026, 5, 1, 10, tzinfo=UTC)


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_instant(datetime(2026, 5, 1))  # noqa: DTZ001  # what is refused
    with pytest.raises(ValueError, match="time zone"):
        from_instant("2026-05-01T10:00:00")


@pytest.mark.parametrize(
    ("scanned", "gtin"),
    [
        ("6901234567892", "6901234567892"),
        (" 96385074 ", "96385074"),
        ("036000291452", "0036000291452"),
        ("06901234567892", "6901234567892"),
        ("16901234567899", "16901234567899"),
    ],
)
def test_a_barcode_number_is_read_in_its_usual_form(scanned: str, gtin: str) -> None:
    assert parse_gtin(scanned) == gtin


@pytest.mark.parametrize("scanned", ["", "6901234567891", "690123456789X", "٦٩٠١٢٣٤٥٦٧٨٩٢", "123456789"])
def test_other_digits_are_no_barcode_number(scanned: str) -> None:
    with pytest.raises(InvalidGtin):
        parse_gtin(scanned)


def test_money_is_reckoned_in_one_currency() -> None:
    assert Money(250, "CNY") + Money(50, "CNY") == Money(300, "CNY")
    assert Money(250, "CNY") - Money(300, "CNY") == Money(-50, "CNY")
    assert Money(250, "CNY") * 3 == Money(750, "CNY")
    assert Money(1, "CNY") < Money(2, "CNY")
    assert not Money(2, "CNY") < Money(2, "CNY")
    with pytest.raises(ValueError, match="CNY and EUR"):
        Money(1, "CNY") + Money(1, "EUR")


@pytest.mark.parametrize(
    ("numerator", "denominator", "whole"),
    [(1, 2, 1), (-1, 2, -1), (1, 3, 0), (2, 3, 1), (3, 2, 2), (5, 2, 3), (-5, 2, -3), (0, 7, 0), (7, 1, 7)],
)
def test_a_half_is_rounded_away_from_zero(numerator: int, denominator: int, whole: int) -> None:
    assert half_up(numerator, denominator) == whole


def test_a_share_of_nothing_has_no_meaning() -> None:
    with pytest.raises(ValueError, match="0 parts"):
        half_up(1, 0)


def test_an_amount_is_shared_out_to_the_last_fen() -> None:
    assert share_out(100, [1, 1, 1]) == [34, 33, 33]
    assert share_out(5, [0, 0]) == [5, 0]
    for weights in ([], [1, -1]):
        with pytest.raises(ValueError, match="zero or more"):
            share_out(1, weights)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 1000), min_size=1, max_size=9))
def test_shares_sum_to_the_whole(total: int, weights: list[int]) -> None:
    shares = share_out(total, weights)
    assert sum(shares) == total
    whole = sum(weights)
    assert not whole or all(
        abs(share * whole - total * weight) < whole for share, weight in zip(shares, weights, strict=True)
    )


def test_a_stores_part_is_fixed_for_ever() -> None:
    assert [part_of(f"store-{n}") for n in range(1, 5)] == PINNED_PARTS
    assert all(0 <= part_of(str(n)) < PARTS for n in range(500))


PINNED_PARTS = [56, 13, 7, 60]


def test_a_pickup_code_has_no_look_alikes() -> None:
    assert from_random(0) == "222222"
    assert from_random(32**6 - 1) == "ZZZZZZ"
    assert len({from_random(n) for n in range(2000)}) == 2000
    assert not set("01IO") & set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET)) == 32


@pytest.mark.parametrize(
    ("typed", "code"),
    [("abc 234", "ABC234"), ("ＡＢＣ－２３４", "ABC234"), ("AB-C2-34", "ABC234"), ("ABCD2345", "ABCD2345")],
)
def test_what_a_clerk_types_is_read_kindly(typed: str, code: str) -> None:
    assert normalise(typed) == code


@pytest.mark.parametrize("typed", ["", "ABC23", "ABCD23456", "ABC0O1", "ABC23é"])
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert normalise(typed) is None


def test_a_codes_hash_differs_by_store_and_is_fixed() -> None:
    assert code_hash("s1", "ABC234") != code_hash("s2", "ABC234")
    assert len(code_hash("s1", "ABC234")) == 32
