"""What a scan means, decided in one order. Pure. The digits of money and of members never leave it.

1. a pickup token, 2. a payment code while the customer is asked to pay, 3. a label of the shop's scales,
4. a member code, 5. any other payment code, 6. a receipt or the number of an order, 7. a code of GS1 or
a Digital Link, 8. a barcode number, 9. a code of the shop's own. The settings refuse forms of 3 and 4
that one code could have.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from devices.scanning.aim import strip_identifier
from pos_agent.till.gs1_code import read_gs1
from sync.rules.errors import Refused
from sync.rules.pickup_token import PREFIX as TOKEN_PREFIX
from sync.values.gtin import InvalidGtin, parse_gtin
from sync.values.member_form import MemberForm
from sync.values.money import half_up
from sync.values.scale_label import ScaleForm, read_label

Meaning = Literal["pickup", "payment", "label", "member", "receipt", "order", "gtin", "internal"]
MOST_CODE_CHARACTERS: Final = 700
_PAYMENT: Final = (
    re.compile(r"1[0-5]\d{16}"),  # WeChat Pay: 18 digits from 10-15
    re.compile(r"(?:2[5-9]|30)\d{14,22}"),  # Alipay: 16-24 digits from 25-30
    re.compile(r"62\d{17}"),  # UnionPay: 19 digits from 62
)
# What a Chinese input method makes of a wedge scanner's keys: full-width forms of ASCII.
_FULL_WIDTH: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SEPARATOR: Final = "\x1d"
# store-till-epoch-count, as `till.rules.receipt_number` writes it; a store's name is a StoreId
_RECEIPT: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}-[0-9A-Za-z]{1,8}-\d{1,12}-\d{6,12}")
# the day and eight digits: how the shop numbers orders, and what slips and bag labels carry
_ORDER: Final = re.compile(r"\d{6}-\d{8}")
GRAM: Final = "g"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeForms:
    """The chain's own forms of codes: its scales' labels, its member codes, whose GS1 amounts count."""

    labels: tuple[ScaleForm, ...] = ()
    members: tuple[MemberForm, ...] = ()
    amount_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Classified:
    """What a scan means, and its code in usual form. The digits of payment and member codes are not kept.

    Attributes:
        meaning: what it is.
        code: what is looked up.
        others: what else the goods may be listed under, in this order, after `code`.
        last_day: the last day on which the goods may be sold.
        weight_g: grams that the code states.
        amount_minor: what the code says the goods cost, minor units.
        has_foreign_amount: it states an amount, no weight, and no rule of the chain says that it counts.
        count: how many of the item a carton's label says it holds.
    """

    meaning: Meaning
    code: str
    others: tuple[str, ...] = ()
    last_day: date | None = None
    weight_g: int | None = None
    amount_minor: int | None = None
    has_foreign_amount: bool = False
    count: int = 1

    @property
    def is_measured(self) -> bool:
        """Whether the code states how much of the goods it stands on, or what that costs."""
        return self.weight_g is not None or self.amount_minor is not None or self.has_foreign_amount


NO_FORMS: Final = CodeForms()


def classify(text: str, forms: CodeForms = NO_FORMS, *, awaits_payment: bool = False) -> Classified:
    """What a scanned or typed code means.

    Args:
        text: the code, with or without AIM identifier.
        forms: the chain's scale labels and member codes.
        awaits_payment: the customer is asked to pay: only then a payment code comes before a label or a
            member code that looks like one.

    Raises:
        Refused: `unreadable_code`: empty, too long, or with control characters.
    """
    code, _symbology = strip_identifier(text.translate(_FULL_WIDTH).strip(" \t\r\n"))
    if not code or len(code) > MOST_CODE_CHARACTERS or not code.replace(_SEPARATOR, "").isprintable():
        raise Refused("unreadable_code")
    if code.startswith(TOKEN_PREFIX):
        return Classified("pickup", code)
    is_payment = is_payment_code(code)
    own = None if is_payment and awaits_payment else _own(code, forms)
    if own is not None:
        return own
    if is_payment:
        return Classified("payment", "")
    if _ORDER.fullmatch(code):
        return Classified("order", code)
    return Classified("receipt", code) if is_receipt_number(code) else _goods(code, forms.amount_prefixes)


def is_receipt_number(code: str) -> bool:
    """Whether a code has the form of a receipt's number; a shop's own code may have it too."""
    return _RECEIPT.fullmatch(code) is not None


def is_payment_code(code: str) -> bool:
    """Whether a code may be somebody's money: it is then never shown, kept or sent."""
    return any(pattern.fullmatch(code) for pattern in _PAYMENT)


def need_fresh(scan: Classified, today: date) -> None:
    """Refuse goods whose own code says that they may not be sold any more.

    Raises:
        Refused: `out_of_date`, with the day.
    """
    if scan.last_day is not None and scan.last_day < today:
        raise Refused("out_of_date", last_day=scan.last_day.isoformat())


def measured_units(scan: Classified, unit: str, price_minor: int | None, per: int) -> int:
    """The stock units a measured code stands for: grams of weighed goods, else one piece.

    Without a weight it is what the amount buys at the list price, half a gram up.

    Args:
        scan: a measured one.
        unit: the goods' stock unit.
        price_minor: list price, minor units per `per` stock units.
        per: see there.

    Raises:
        Refused: `empty_label`, it says nothing; `no_price`; `foreign_amount`, all it says is an amount that
            no rule of the chain lets count.
    """
    if scan.weight_g == 0 or scan.amount_minor == 0:
        raise Refused("empty_label")
    if unit != GRAM:
        return 1
    if scan.weight_g is not None:
        return scan.weight_g
    if scan.has_foreign_amount:
        raise Refused("foreign_amount")
    if not price_minor:
        raise Refused("no_price")
    assert scan.amount_minor is not None, "a measured code states weight or amount"
    return max(1, half_up(scan.amount_minor * per, price_minor))


def _own(code: str, forms: CodeForms) -> Classified | None:
    """What a code is by the chain's own forms."""
    label = _label(code, forms.labels)
    if label is None and any(form.fits(code) for form in forms.members):
        return Classified("member", "")
    return label


def _label(code: str, forms: Sequence[ScaleForm]) -> Classified | None:
    found = read_label(forms, code)
    if found is None:
        return None
    others = (found.base, code)
    return Classified("label", found.item, others, weight_g=found.weight_g, amount_minor=found.amount_minor)


def _goods(code: str, amount_prefixes: tuple[str, ...]) -> Classified:
    gs1 = read_gs1(code)
    if gs1 is not None:
        counts = gs1.item.startswith(amount_prefixes) if amount_prefixes else False
        states_amount = gs1.amount_minor is not None
        return Classified(
            "gtin",
            gs1.gtin,
            last_day=gs1.last_day,
            weight_g=gs1.weight_g,
            amount_minor=gs1.amount_minor if counts else None,
            has_foreign_amount=states_amount and not counts and gs1.weight_g is None,
            count=gs1.count,
        )
    try:
        return Classified("gtin", parse_gtin(code))
    except InvalidGtin:
        return Classified("internal", code[:64])
