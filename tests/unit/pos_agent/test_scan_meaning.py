"""What a scan means: payment codes by context, GS1 codes, Digital Links, scale labels, full-width digits."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from pos_agent.settings import MemberCodeSection, ScaleLabelSection
from pos_agent.till.classify import Classified, CodeForms, classify, measured_units, need_fresh
from sync.rules.errors import Refused
from sync.values.gtin import check_digit
from sync.values.member_form import InvalidMemberForm, MemberForm
from sync.values.scale_label import ScaleForm
from tests.unit.pos_agent.agent_stage import agent_settings

FORMS = CodeForms(
    labels=(ScaleForm(form="21IIIIIWWWWWC"), ScaleForm(form="28IIIIIWWWWWAAAAAC")),
    amount_prefixes=("9999", "0690"),
)
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


@pytest.mark.parametrize("prefixes", [(), ("0691", "6901234567892")])
def test_an_amount_in_a_gs1_code_counts_by_a_rule_of_the_chain_alone(prefixes: tuple[str, ...]) -> None:
    forms = CodeForms(amount_prefixes=prefixes)
    alone = classify(f"010{GTIN}39221280", forms)
    assert alone == Classified("gtin", GTIN, has_foreign_amount=True)
    assert measured_units(alone, "pcs", 1280, 1) == 1  # at the list price
    with pytest.raises(Refused, match="foreign_amount"):
        measured_units(alone, "g", 1280, 500)
    weighed = classify(f"010{GTIN}310300076539221280", forms)
    assert weighed == Classified("gtin", GTIN, weight_g=765)
    assert classify(f"010{GTIN}310300076539221280", FORMS).amount_minor == 1280


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


MEMBERS = (
    MemberForm(prefix="M", length=10),
    MemberForm(prefix="29", length=13, check="gs1"),
    MemberForm(prefix="2812", length=16, check="luhn"),
)
ALL_FORMS = CodeForms(labels=FORMS.labels, members=MEMBERS)
PAYMENT, MEMBER = Classified("payment", ""), Classified("member", "")
RECEIPT = "s1-1-1-000001"


@pytest.mark.parametrize(
    ("text", "idle", "paying"),
    [
        ("M123456789", MEMBER, MEMBER),
        ("M12345678", Classified("internal", "M12345678"), Classified("internal", "M12345678")),
        (checked("290012345678"), MEMBER, MEMBER),  # in-store EAN-13 of its own prefix, no label
        ("2900123456780", Classified("internal", "2900123456780"), Classified("internal", "2900123456780")),
        ("2812000000000004", MEMBER, PAYMENT),  # 16 digits from 28: Alipay while money is awaited
        ("2812000000000005", PAYMENT, PAYMENT),  # Luhn is wrong
        ("130123456789012345", PAYMENT, PAYMENT),
        (checked("29001230076501280"), PAYMENT, PAYMENT),  # 18 digits, no label has this prefix
        (RECEIPT, Classified("receipt", RECEIPT), Classified("receipt", RECEIPT)),
        ("north-gate-2-1777608000-000042", *(Classified("receipt", "north-gate-2-1777608000-000042"),) * 2),
        ("S1-1-1-000001", *(Classified("internal", "S1-1-1-000001"),) * 2),  # stores have small letters
        ("AB-1-000001", *(Classified("internal", "AB-1-000001"),) * 2),
        ("1690123456789" + "9", *(Classified("gtin", "16901234567899"),) * 2),  # a case is not its each
        ("0690123456789" + "2", *(Classified("gtin", GTIN),) * 2),
    ],
)
def test_one_order_decides_where_forms_overlap(text: str, idle: Classified, paying: Classified) -> None:
    assert (classify(text, ALL_FORMS), classify(text, ALL_FORMS, awaits_payment=True)) == (idle, paying)


@pytest.mark.parametrize(
    ("prefix", "length", "why"),
    [
        ("69", 13, "begin with 2"),
        ("4", 8, "begin with 2"),
        ("M", 3, "at least 3 digits"),
        ("M", 33, "32 characters at most"),
        ("会员", 10, "1 to 8 letters or digits"),
    ],
)
def test_a_form_of_member_codes_that_has_no_sense(prefix: str, length: int, why: str) -> None:
    with pytest.raises(InvalidMemberForm, match=why):
        MemberForm(prefix=prefix, length=length)


def test_member_codes_and_labels_are_told_apart_by_the_settings(tmp_path: Path) -> None:
    label = ScaleLabelSection(form="29IIIIIWWWWWC")
    with pytest.raises(ValidationError, match="member codes 29 and scale labels 29IIIIIWWWWWC"):
        agent_settings(
            tmp_path, scale_label=(label,), member_code=(MemberCodeSection(prefix="29", length=13),)
        )
    scanners = [{"id": name, "uri": "stdin:"} for name in ("a", "b")]
    with pytest.raises(ValidationError, match="two scanners read standard input"):
        agent_settings(tmp_path, scanner=scanners)
