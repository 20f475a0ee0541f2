"""The digest: equal balances hash alike, a changed row changes exactly its bucket, and rows fit a message."""

from dataclasses import replace

import pytest

from sync.messages.codec import MOST_WIRE_BYTES, decode, encode
from sync.messages.errors import Undecodable
from sync.rules.baseline import SkuBalance
from sync.rules.books import HubPosition, StorePosition
from sync.rules.digest import (
    BUCKETS,
    EMPTY,
    HEX,
    MOST_ROWS,
    Compare,
    Difference,
    Digest,
    Row,
    Rows,
    bucket_of,
    cut_rows,
    differences,
    differing,
    fingerprint,
    is_calm,
    row_value,
    rows_in,
    stands_at,
)
from sync.values.bounds import MOST_COUNTER

TEA: Row = ("tea", 5, 1, 0, 3, 1, 2)
SOAP: Row = ("soap", 9, 0, 2, 4, 0, 0)
NOTHING: Row = ("comb", 0, 0, 0, 0, 0, 0)
HUB = HubPosition(store="s1", sinc=2, hinc=3, app=7, chain="a" * 16)
SAID = Digest(store="s1", sinc=2, hinc=3, seq=7, chain="a" * 16, buckets=EMPTY * BUCKETS)


def test_a_skus_bucket_is_the_same_for_ever() -> None:
    assert [bucket_of(sku) for sku in ("tea", "soap", "comb", "茶")] == [85, 123, 34, 105]


def test_the_hashes_are_the_same_for_ever() -> None:
    told = fingerprint([SOAP, TEA])
    assert len(told) == BUCKETS * HEX
    assert differing(told, EMPTY * BUCKETS) == (85, 123)
    assert (told[123 * HEX : 124 * HEX], told[85 * HEX : 86 * HEX]) == (
        "9f1d6273a616c837",
        "a5ac98c67696c80f",
    )


def test_rows_of_zeros_count_as_not_there() -> None:
    assert fingerprint([NOTHING, SOAP, TEA]) == fingerprint([SOAP, TEA])
    assert fingerprint([NOTHING]) == fingerprint([]) == EMPTY * BUCKETS


@pytest.mark.parametrize("rows", [[TEA, SOAP], [TEA, TEA], [("", 1, 0, 0, 0, 0, 0)]])
def test_rows_out_of_order_are_refused(rows: list[Row]) -> None:
    with pytest.raises(ValueError, match="in order of SKU, each once"):
        fingerprint(rows)


@pytest.mark.parametrize("place", range(1, 7))
def test_every_number_of_a_row_counts(place: int) -> None:
    changed = list(TEA)
    changed[place] = 8
    assert differing(fingerprint([TEA]), fingerprint([tuple(changed)])) == (85,)  # type: ignore[list-item]


def test_numbers_that_read_alike_in_a_row_are_told_apart() -> None:
    one, other = ("tea", 1, 11, 0, 0, 0, 0), ("tea", 11, 1, 0, 0, 0, 0)
    assert differing(fingerprint([one]), fingerprint([other])) == (85,)


def test_a_store_is_calm_once_the_hub_has_heard_all() -> None:
    position = StorePosition(store="s1", sinc=2, hinc=3, seq=7, heard=7)
    assert is_calm(position)
    assert not is_calm(replace(position, heard=6))
    assert not is_calm(replace(position, fenced=True))


def test_a_digest_is_compared_at_its_own_event_only() -> None:
    assert stands_at(HUB, SAID)
    for other in (
        replace(SAID, sinc=1),
        replace(SAID, hinc=4),
        replace(SAID, seq=8),
        replace(SAID, chain="b" * 16),
    ):
        assert not stands_at(HUB, other)
    assert not stands_at(replace(HUB, state="replaying"), SAID)
    assert not stands_at(replace(HUB, stopped=True), SAID)


def test_rows_of_some_buckets() -> None:
    assert list(rows_in([NOTHING, SOAP, TEA], [85, 34])) == [row_value(TEA)]
    assert list(rows_in([SOAP], [])) == []


def test_rows_are_cut_by_weight_and_by_number() -> None:
    rows = [SkuBalance(sku=f"sku-{number:05}", floor=1) for number in range(MOST_ROWS + 1)]
    assert cut_rows([]) == [[]]
    assert [len(page) for page in cut_rows(rows, 10**9)] == [MOST_ROWS, 1]
    weight = len('{"floor":1,"sku":"sku-00000"}') + 1
    assert [len(page) for page in cut_rows(rows[:5], 2 * weight)] == [2, 2, 1]
    assert [len(page) for page in cut_rows(rows[:2], 1)] == [1, 1]


def test_the_heaviest_rows_and_the_digest_fit_a_message() -> None:
    heavy = [
        replace(
            row_value(TEA), sku=f"{number:04}" + "\U0001f375" * 60, floor=-MOST_COUNTER, granted=MOST_COUNTER
        )
        for number in range(500)
    ]
    pages = cut_rows(heavy)
    assert sum(map(len, pages)) == 500
    for number, page in enumerate(pages, 1):
        rows = Rows(
            store="s1",
            sinc=MOST_COUNTER,
            hinc=MOST_COUNTER,
            seq=MOST_COUNTER,
            chain="f" * 16,
            page=number,
            pages=len(pages),
            buckets=tuple(range(BUCKETS)),
            rows=tuple(page),
        )
        assert len(encode(rows)) <= MOST_WIRE_BYTES
        assert decode(encode(rows)) == rows
    many = fingerprint([(f"sku-{number:05}", number, 0, 0, 0, 0, 0) for number in range(1, 5_000)])
    assert 2_000 < len(encode(replace(SAID, buckets=many))) < 5_000


def test_what_differs_is_told_from_both_sides() -> None:
    tea, soap = row_value(TEA), row_value(SOAP)
    less = replace(tea, floor=4)
    assert differences([soap, tea], [soap, tea]) == []
    assert differences([tea], [less, soap]) == [Difference("soap", None, soap), Difference("tea", tea, less)]
    assert differences([tea], []) == [Difference("tea", tea, None)]


def test_a_question_without_buckets_asks_for_the_digest() -> None:
    asked = Compare(hinc=3, sinc=2)
    assert decode(encode(asked)) == asked
    assert asked.buckets == ()


def test_a_page_is_full_one_byte_before_the_next_row_would_pass_its_budget() -> None:
    rows = [SkuBalance(sku=f"sku-{number:05}", floor=1) for number in range(4)]
    weight = len('{"floor":1,"sku":"sku-00000"}') + 1
    assert [len(page) for page in cut_rows(rows, 2 * weight - 1)] == [1, 1, 1, 1]


@pytest.mark.parametrize("bucket", [-1, 256, 257])
def test_a_question_about_a_bucket_that_there_is_not_is_refused(bucket: int) -> None:
    asked = encode(Compare(hinc=1, sinc=1, buckets=(255,)))
    assert decode(asked) == Compare(hinc=1, sinc=1, buckets=(255,))
    with pytest.raises(Undecodable, match="buckets"):
        decode(asked.replace(b"255", str(bucket).encode()))
