"""The price engine: list prices, exact to the fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.rules.errors import Refused
from sync.rules.price import BasketLine, PriceEntry, price

WATER = PriceEntry(sku="water", price_minor=250, currency="CNY", version=4)
CHERRIES = PriceEntry(sku="cherries", price_minor=3990, currency="CNY", per=500, version=7)
BOOK = {"water": WATER, "cherries": CHERRIES}


def test_a_basket_is_priced_line_by_line_and_every_cent_explained() -> None:
    priced = price([BasketLine(sku="water", qty=3), BasketLine(sku="cherries", qty=333)], BOOK)

    assert [line.amount_minor for line in priced.lines] == [750, 2657]
    assert (priced.total_minor, priced.currency, priced.versions) == (3407, "CNY", (4, 7))
    assert [sum(entry.amount_minor for entry in line.explanation) for line in priced.lines] == [750, 2657]
    assert [(line.price_minor, line.per) for line in priced.lines] == [(250, 1), (3990, 500)]


@pytest.mark.parametrize(("grams", "fen"), [(1, 8), (125, 998), (126, 1005), (500, 3990)])
def test_weighed_goods_round_half_up(grams: int, fen: int) -> None:
    assert price([BasketLine(sku="cherries", qty=grams)], BOOK).total_minor == fen


@pytest.mark.parametrize(
    ("basket", "code"),
    [
        ([], "empty_basket"),
        ([BasketLine(sku="water", qty=0)], "bad_quantity"),
        ([BasketLine(sku="ghost", qty=1)], "unknown_sku"),
        ([BasketLine(sku="water", qty=1), BasketLine(sku="ghost", qty=1)], "unknown_sku"),
        ([BasketLine(sku="unpriced", qty=1)], "no_price"),
        ([BasketLine(sku="water", qty=1), BasketLine(sku="perfume", qty=1)], "mixed_currency"),
    ],
)
def test_what_has_no_price_is_refused_with_its_reason(basket: list[BasketLine], code: str) -> None:
    book = BOOK | {
        "unpriced": PriceEntry(sku="unpriced", price_minor=None, currency="CNY"),
        "perfume": PriceEntry(sku="perfume", price_minor=9, currency="EUR"),
    }

    with pytest.raises(Refused) as refused:
        price(basket, book)

    assert refused.value.code == code


@given(st.lists(st.tuples(st.sampled_from(["water", "cherries"]), st.integers(1, 10**6)), min_size=1))
def test_the_total_is_the_sum_of_what_is_explained(basket: list[tuple[str, int]]) -> None:
    priced = price([BasketLine(sku=sku, qty=qty) for sku, qty in basket], BOOK)

    explained = sum(entry.amount_minor for line in priced.lines for entry in line.explanation)
    assert priced.total_minor == explained == sum(line.amount_minor for line in priced.lines)
    assert all(
        abs(2 * line.amount_minor * line.per - 2 * line.price_minor * line.qty) <= line.per
        for line in priced.lines
    )
