"""What a scan means: payment codes by context, GS1 codes, Digital Links, scale labels, full-width digits."""

from datetime import date

import pytest

from pos_agent.till.classify import Classified, classify, measured_units, need_fresh
from sync.rules.errors import Refused
from sync.values.gtin import check_digit
from sync.values.scale_label import ScaleForm

FORMS = (ScaleForm(form="21IIIIIWWWWWC"), ScaleForm(form="28IIIIIWWWWWAAAAAC"))
GTIN = "6901234567892"
GS = "\x1d"


def checked(digits: str) -> str:
    return digits + check_digit(digits)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (f"010{GTIN}", Classified("gtin", GTIN)),
        (f"]C1010{GTIN}17260430", Classified("gtin", GTIN, last_day=date(2026, 4, 30))),
        (f"]d2010{GTIN}10LOT7{GS}15260501", Classified("gtin", GTIN, last_day=date(2026, 5, 1))),
        (
            f"010{GTIN}1726043015260429",
            Classified("gtin", GTIN, last_day=date(2026, 4, 29)),
        ),
        (f"010{GTIN}3103000765", Classified("gtin", GTIN, weight_g=765)),
        (f"010{GTIN}3102000765", Classified("gtin", GTIN, weight_g=7650)),
        (f"010{GTIN}39221280{GS}21S1", Classified("gtin", GTIN, amount_minor=1280)),
        (
            f"]Q1https://id.gs1.org/01/0{GTIN}/10/L1?17=260430",
            Classified("gtin", GTIN, last_day=date(2026, 4, 30)),
        ),
        (f"]E0{GTIN}", Classified("gtin", GTIN)),
        ("６９０１２３４５６７８９２", Classified("gtin", GTIN)),
        (f"　{GTIN}　", Classified("gtin", GTIN)),
    ],
)
def test_what_a_code_says(text: str, meant: Classified) -> None:
    assert classify(text, FORMS) == meant


@pytest.mark.parametrize(
    "text",
    [
        "0106901234567893",  # the item's check digit is wrong
        f"010{GTIN}179913",  # cut off
        f"010{GTIN}17261345",  # no such month
        f"010{GTIN}3105000765",  # finer than a gram
        "https://shop.example/offers",
        "https://[broken",
        "https://id.gs1.org/00/106141412345678908",  # a pallet, no goods
    ],
)
def test_what_cannot_be_trusted_is_no_goods_of_a_guess(text: str) -> None:
    assert classify(text, FORMS) == Classified("internal", text[:64])


def test_a_lot_without_its_end_mark_swallows_the_date_but_not_the_goods() -> None:
    assert classify(f"010{GTIN}10LOT717200101") == Classified("gtin", GTIN)


def test_a_bare_in_store_number_is_no_gs1_message() -> None:
    """Read as one it would be a serial number (AI 21)."""
    code = checked("210012300765")
    assert classify(code) == Classified("gtin", code)
    base = checked("210012300000")
    assert classify(code, FORMS) == Classified("label", "00123", (base, code), weight_g=765)


def test_a_label_that_looks_like_a_payment_code_is_one_only_while_money_is_awaited() -> None:
    code = checked("28001230076501280")
    label = classify(code, FORMS)
    assert (label.meaning, label.weight_g, label.amount_minor) == ("label", 765, 1280)
    assert classify(code, FORMS, awaits_payment=True) == Classified("payment", "")
    assert classify(code) == Classified("payment", "")
    assert classify(checked("21001230076501280"[:12]), FORMS, awaits_payment=True).meaning == "label"


def test_goods_past_their_last_day_are_refused() -> None:
    scan = Classified("gtin", GTIN, last_day=date(2026, 4, 30))
    need_fresh(scan, date(2026, 4, 30))
    need_fresh(Classified("gtin", GTIN), date(2026, 5, 1))
    with pytest.raises(Refused, match="out_of_date") as told:
        need_fresh(scan, date(2026, 5, 1))
    assert told.value.facts == {"last_day": "2026-04-30"}


@pytest.mark.parametrize(
    ("scan", "unit", "price", "units"),
    [
        (Classified("label", "1", weight_g=765), "g", 1280, 765),
        (Classified("label", "1", weight_g=765, amount_minor=5), "g", None, 765),
        (Classified("label", "1", amount_minor=1280), "g", 1280, 500),
        (Classified("label", "1", amount_minor=1), "g", 1000, 1),
        (Classified("label", "1", amount_minor=3), "g", 1000, 2),  # 1.5 g: half up
        (Classified("label", "1", amount_minor=1), "g", 9999, 1),
        (Classified("label", "1", weight_g=765), "pcs", 1280, 1),
    ],
)
def test_units_of_a_label(scan: Classified, unit: str, price: int | None, units: int) -> None:
    assert measured_units(scan, unit, price, 500) == units


@pytest.mark.parametrize(
    ("scan", "price", "code"),
    [
        (Classified("label", "1", weight_g=0, amount_minor=5), 100, "empty_label"),
        (Classified("label", "1", amount_minor=0), 100, "empty_label"),
        (Classified("label", "1", amount_minor=5), None, "no_price"),
        (Classified("label", "1", amount_minor=5), 0, "no_price"),
    ],
)
def test_a_label_that_says_nothing(scan: Classified, price: int | None, code: str) -> None:
    with pytest.raises(Refused, match=code):
        measured_units(scan, "g", price, 500)
