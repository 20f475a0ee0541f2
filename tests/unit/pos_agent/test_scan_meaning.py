"""What a scan means: payment codes by context, scale labels, full-width digits."""

import pytest

from pos_agent.till.classify import Classified, classify, measured_units
from sync.rules.errors import Refused
from sync.values.gtin import check_digit
from sync.values.scale_label import ScaleForm

FORMS = (ScaleForm(form="21IIIIIWWWWWC"), ScaleForm(form="28IIIIIWWWWWAAAAAC"))
GTIN = "6901234567892"


def checked(digits: str) -> str:
    return digits + check_digit(digits)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (f"]E0{GTIN}", Classified("gtin", GTIN)),
        ("６９０１２３４５６７８９２", Classified("gtin", GTIN)),
        (f"　{GTIN}　", Classified("gtin", GTIN)),
    ],
)
def test_what_a_code_says(text: str, meant: Classified) -> None:
    assert classify(text, FORMS) == meant


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
