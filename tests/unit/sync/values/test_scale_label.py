"""Labels of a shop's scales: forms as data, 13 and 18 digits, check digits, no code of two forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.values.gtin import check_digit
from sync.values.scale_label import (
    InvalidForm,
    Labelled,
    ScaleForm,
    meeting_forms,
    price_check_digit,
    read_label,
)

WEIGHT = ScaleForm(form="21IIIIIWWWWWC")
AMOUNT = ScaleForm(form="22IIIIIAAAAAC")
BOTH = ScaleForm(form="25IIIIIWWWWWAAAAAC")


def checked(digits: str) -> str:
    return digits + check_digit(digits)


@given(st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 99_999))
def test_a_label_says_what_the_scale_printed(item: int, grams: int, fen: int) -> None:
    found = read_label((WEIGHT, AMOUNT, BOTH), checked(f"25{item:05d}{grams:05d}{fen:05d}"))
    base = checked(f"25{item:05d}{0:010d}")
    assert found == Labelled(item=f"{item:05d}", base=base, weight_g=grams, amount_minor=fen)


def test_weight_alone_amount_alone_and_their_steps() -> None:
    coarse = ScaleForm(form="23IIIIWWWWWXC", gram_step=10)
    jiao = ScaleForm(form="2400IIIIAAAAC", minor_step=10)
    forms = (WEIGHT, AMOUNT, coarse, jiao)
    assert meeting_forms(forms) is None
    codes = ("210012300765", "220012301280", "230123007659", "240001230128")
    found = [read_label(forms, checked(code)) for code in codes]
    assert [(one.item, one.weight_g, one.amount_minor) for one in found if one] == [
        ("00123", 765, None),
        ("00123", None, 1280),
        ("0123", 7650, None),
        ("0123", None, 1280),
    ]


@pytest.mark.parametrize(
    "code",
    ["2100123007650", "310012300765", "21001230076", "21001230076a", "２100123007658", "690123456789", ""],
)
def test_another_code_is_no_label(code: str) -> None:
    assert WEIGHT.read(code) is None


def test_without_a_check_digit_any_last_digit_is_read() -> None:
    form = ScaleForm(form="29IIIIIWWWWWAAAAAX")
    found = form.read("290012300765012807")
    assert found == Labelled(item="00123", base="290012300000000000", weight_g=765, amount_minor=1280)


def test_price_check_digits_are_those_of_the_specification() -> None:
    assert price_check_digit("2875") == "9"
    assert price_check_digit("14685") == "6"
    form = ScaleForm(form="26IIIIVAAAAXC")
    right = checked("260123928750")
    assert form.read(right) == Labelled(
        item="0123", base=checked("260123000000"), weight_g=None, amount_minor=2875
    )
    assert form.read(checked("260123828750")) is None


@given(st.text("0123456789", min_size=5, max_size=5), st.integers(0, 4), st.integers(1, 9))
def test_a_wrong_digit_of_the_amount_changes_its_check_digit(amount: str, at: int, by: int) -> None:
    wrong = amount[:at] + str((int(amount[at]) + by) % 10) + amount[at + 1 :]
    assert price_check_digit(wrong) != price_check_digit(amount)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("21IIIIIWWWWWC", "22IIIIIWWWWWC", False),
        ("21IIIIIWWWWWC", "21IIIIIAAAAAC", True),
        ("2100IIIWWWWWC", "21IIIIIWWWWWC", True),
        ("2101IIIWWWWWC", "2100IIIWWWWWC", False),
        ("21IIIIIWWWWWC", "21IIIIIWWWWWAAAAAC", False),
    ],
)
def test_two_forms_meet_where_one_code_could_be_both(one: str, other: str, meet: bool) -> None:
    forms = (ScaleForm(form=one), ScaleForm(form=other))
    assert meeting_forms(forms) == ((one, other) if meet else None)
    assert meeting_forms(forms[::-1]) == ((other, one) if meet else None)


@pytest.mark.parametrize(
    ("form", "trouble"),
    [
        ("21IIIIIWWWWC", "13 or 18"),
        ("21IIIIIWWWWCW", "write prefix"),
        ("IIIIIIIWWWWWC", "write prefix"),
        ("69IIIIIWWWWWC", "begin with 2"),
        ("21IIIIIXXXXXC", "neither weight"),
        ("21IIIWWWWWWWWWWWWC", "one piece"),
        ("21IIIIWWWWXXXWWWWC", "one piece"),
        ("21IIIIVAAAAAAC"[:13] + "C", "13 or 18"),
        ("21IIIVAAAAAAC", "covers 4 or 5"),
    ],
)
def test_a_form_without_sense_is_refused(form: str, trouble: str) -> None:
    with pytest.raises(InvalidForm, match=trouble):
        ScaleForm(form=form)
