"""Pure decisions of the shop: opening hours, words for stock, baskets and their cookie, search patterns."""

import base64
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from hub.catalogue.offer import SOLD_OUT, offer_of, together
from hub.catalogue.search_rules import cleaned, page_number, patterns
from hub.catalogue.shop_values import SoldSku
from hub.orders.basket import BasketFull, added, fitted_to, other_stores, view_of, with_units
from hub.pickup.qr_drawing import qr_svg
from hub.settings import ShopSection
from hub.stock.queries import Shelf
from hub.web.basket_cookie import EMPTY, MOST_BASKET_LINES, Basket, fits, packed, unpacked
from hub.web.opening import opening_at
from hub.web.shop_frame import shop_name
from sync.web.translation_check import check_translations

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = {"fri": ("09:00", "22:00"), "sat": ("18:00", "02:00"), "mon": ("00:00", "24:00")}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "is_open", "closes", "opens", "days"),
    [
        ("2026-05-01T14:17", True, "2026-05-01T22:00", None, 0),
        ("2026-05-01T09:00", True, "2026-05-01T22:00", None, 0),
        ("2026-05-01T22:00", False, None, "2026-05-02T18:00", 1),
        ("2026-05-01T08:59", False, None, "2026-05-01T09:00", 0),
        ("2026-05-03T01:30", True, "2026-05-03T02:00", None, 0),
        ("2026-05-03T02:00", False, None, "2026-05-04T00:00", 1),
        ("2026-05-04T23:59", True, "2026-05-05T00:00", None, 0),
        ("2026-05-05T00:00", False, None, "2026-05-08T09:00", 3),
    ],
)
def test_a_store_is_open_by_its_own_clock(
    now: str, is_open: bool, closes: str | None, opens: str | None, days: int
) -> None:
    found = opening_at(at(now), HOURS, SHANGHAI)
    assert found.is_open is is_open
    assert (found.closes and found.closes.astimezone(UTC)) == (closes and at(closes))
    assert (found.opens and found.opens.astimezone(UTC)) == (opens and at(opens))
    assert found.days_ahead == days


def test_a_store_without_hours_is_always_open() -> None:
    assert opening_at(at("2026-05-01T03:00"), {}, SHANGHAI).always


@pytest.mark.parametrize(
    ("available", "floor", "in_reach", "reserve", "level", "units", "is_confirmed"),
    [
        (6, 0, False, 0, "plenty", 6, True),
        (5, 9, False, 0, "few", 5, True),
        (5, 9, True, 0, "plenty", 14, False),
        (0, 9, True, 0, "plenty", 9, False),
        (0, 9, True, 7, "few", 2, False),
        (0, 9, True, 9, "store_only", 0, True),
        (0, 9, False, 0, "store_only", 0, True),
        (0, 0, True, 0, "none", 0, True),
        (2, -4, True, 0, "few", 2, True),
        (-1, -4, True, 0, "none", 0, True),
    ],
)
def test_what_the_shop_says_of_stock(  # noqa: PLR0917  # a table
    available: int, floor: int, in_reach: bool, reserve: int, level: str, units: int, is_confirmed: bool
) -> None:
    offer = offer_of(Shelf("s", "a", available, floor), in_reach=in_reach, reserve=reserve)
    assert (offer.level, offer.units, offer.is_confirmed) == (level, units, is_confirmed)


def test_variants_together_offer_their_sum() -> None:
    one = offer_of(Shelf("s", "a", 3, 0), in_reach=False)
    two = offer_of(Shelf("s", "b", 3, 5), in_reach=True)
    assert (together([one, two]).level, together([one, two]).units) == ("plenty", 11)
    assert not together([one, two]).is_confirmed
    assert together([SOLD_OUT]) == SOLD_OUT


@pytest.mark.parametrize(
    ("typed", "shown", "wanted"),
    [
        ("  防晒  ＳＰＦ５０ ", "防晒 SPF50", ["%防晒%", "%spf50%"]),
        ("100%_\\", "100%_\\", ["%100\\%\\_\\\\%"]),
        ("\x00\u202e", "", []),
        ("a" * 500, "a" * 80, ["%" + "a" * 80 + "%"]),
        ("a b c d e f g h", "a b c d e f g h", ["%a%", "%b%", "%c%", "%d%", "%e%", "%f%"]),
    ],
)
def test_search_words_become_safe_patterns(typed: str, shown: str, wanted: list[str]) -> None:
    assert cleaned(typed) == shown
    assert patterns(cleaned(typed)) == wanted


@pytest.mark.parametrize(
    ("text", "page"), [(None, 1), ("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("9" * 30, 1)]
)
def test_any_page_number_is_one(text: str | None, page: int) -> None:
    assert page_number(text) == page


def test_a_basket_survives_its_cookie() -> None:
    basket = Basket("renmin", (("BE1001", 2), ("苹果 1/2", 500)))
    assert unpacked(packed(basket)) == basket


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "ü",
        "A",
        "e30",
        base64.urlsafe_b64encode(b"[" * 2000).decode(),
        base64.urlsafe_b64encode(b'["renmin",[["a",0]]]').decode(),
        base64.urlsafe_b64encode(b'["renmin",[["a",1.5]]]').decode(),
        base64.urlsafe_b64encode(b'["../x",[["a",1]]]').decode(),
        base64.urlsafe_b64encode(b'["renmin",[["\\u0000",1]]]').decode(),
        base64.urlsafe_b64encode(b'["renmin",[]]').decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        "A" * 5000,
    ],
)
def test_any_other_cookie_is_an_empty_basket(text: str) -> None:
    assert unpacked(text) == EMPTY


def test_a_basket_has_limits() -> None:
    basket = Basket("renmin", tuple((f"SKU{n}", 1) for n in range(MOST_BASKET_LINES)))
    assert fits(basket)
    with pytest.raises(BasketFull):
        added(basket, "renmin", "more", 1, 99)
    assert added(basket, "renmin", "SKU3", 500, 99).units_of("SKU3") == 99
    assert with_units(Basket("renmin", (("a", 1),)), "a", 0, 99) == EMPTY


def sold(sku: str, minor: int, currency: str = "CNY", per: int = 1) -> SoldSku:
    return SoldSku(
        sku=sku,
        handle=sku,
        gtin="",
        names={"zh-CN": sku, "en": sku},
        options=(),
        price_minor=minor,
        price_per=per,
        currency=currency,
        compare_at_minor=None,
        unit="pcs",
        image="",
        version=1,
    )


def test_a_basket_is_priced_line_by_line() -> None:
    basket = Basket("renmin", (("a", 2), ("apple", 654), ("gone", 1), ("dollars", 1)))
    catalogue = {
        "a": sold("a", 1290),
        "apple": sold("apple", 1280, per=500),
        "dollars": sold("dollars", 5, "USD"),
    }
    offers = {"a": offer_of(Shelf("s", "a", 1, 0), in_reach=False)}
    view = view_of(basket, catalogue, offers, "CNY")
    assert [line.amount_minor for line in view.lines] == [2580, 1674, 0, 0]
    assert view.total_minor == 4254
    assert [line.sold is None for line in view.lines] == [False, False, True, True]
    assert view.lines[0].is_short
    assert view.has_unsold
    assert not view.is_orderable


def test_a_basket_fits_itself_to_what_is_there() -> None:
    basket = Basket("renmin", (("a", 5), ("b", 1)))
    offers = {"a": offer_of(Shelf("s", "a", 2, 0), in_reach=False)}
    assert fitted_to(basket, offers) == Basket("renmin", (("a", 2),))
    assert fitted_to(basket, {}) == EMPTY
    plenty = {sku: offer_of(Shelf("s", sku, 9, 0), in_reach=False) for sku in ("a", "b")}
    found = other_stores(
        basket, {"renmin": plenty, "x": offers, "y": plenty, "z": {"b": plenty["b"]}}, "renmin"
    )
    assert [(one.store, one.covered, one.has_all) for one in found] == [("y", 2, True), ("z", 1, False)]


def test_the_qr_code_stands_on_white_with_four_modules_around() -> None:
    drawing = qr_svg("OMO1:ABC", 'a "code" <b>')
    assert drawing.startswith('<svg viewBox="0 0 29 29" role="img" aria-label="a &#34;code&#34; &lt;b&gt;"')
    assert '<path fill="#fff" d="M0 0h29v29h-29z"/><path fill="#000" d="M4 4h7v1h-7z' in drawing


def test_the_chain_is_named_in_the_readers_language() -> None:
    shop = ShopSection(name_zh="邻光", name_en="Linguang")
    assert (shop_name(shop, "zh-CN", "x"), shop_name(shop, "en", "x")) == ("邻光", "Linguang")
    assert shop_name(ShopSection(name_zh="邻光"), "en", "x") == "邻光"
    assert shop_name(ShopSection(), "en", "x") == "x"


@pytest.mark.parametrize("package", ["hub.web", "hub.catalogue", "hub.orders", "hub.payments"])
def test_texts_are_complete_in_both_languages(package: str) -> None:
    assert check_translations(package) == []
