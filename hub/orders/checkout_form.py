"""The checkout's form: read leniently, so that nothing typed is lost, then checked field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from hub.orders.requests import ContactRequest
from hub.web.basket_cookie import COOKIE_MAX_CHARS, Basket, unpacked
from sync.runtime.ids import new_id
from sync.web.errors import N_, InvalidInput
from sync.web.forms import faults_of, read_form
from sync.web.translations import gettext

WAYS_TO_PAY: Final = ("counter", "sandbox")
KEY_PATTERN: Final = r"^[A-Za-z0-9-]{8,64}$"


class _Fields(BaseModel):
    """Every field as text."""

    model_config = ConfigDict(extra="ignore")

    key: str = Field(pattern=KEY_PATTERN)
    basket: str = Field(max_length=COOKIE_MAX_CHARS)
    seen: str = Field("", max_length=24)
    name: str = Field("", max_length=400)
    phone: str = Field("", max_length=200)
    pay: str = Field("counter", max_length=20)
    fix: str = Field("", max_length=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What was filled in.

    Attributes:
        key: Made with the form: a form that is sent twice places one order.
        basket: What the buyer saw when sending it.
        seen: The total that the buyer saw, as text.
        name: Who collects, as typed.
        phone: As typed.
        pay: One of WAYS_TO_PAY, or what was sent instead.
        fix: What to do about missing stock: `fit`, or `move:` and a store.
    """

    key: str = field(default_factory=new_id)
    basket: Basket
    seen: str = ""
    name: str = ""
    phone: str = ""
    pay: str = "counter"
    fix: str = ""


async def read_checkout(request: Request) -> Checkout:
    """The form as it was sent.

    Raises:
        Problem: 422, it is no form of ours: key or basket are missing, or a field is absurdly long.
    """
    given = await read_form(request, _Fields)
    return Checkout(
        key=given.key,
        basket=unpacked(given.basket),
        seen=given.seen,
        name=given.name,
        phone=given.phone,
        pay=given.pay,
        fix=given.fix,
    )


def contact_of(filled: Checkout, context: Mapping[str, str]) -> ContactRequest:
    """Who collects.

    Raises:
        InvalidInput: a field is not right.
    """
    try:
        return ContactRequest.model_validate({"name": filled.name, "phone": filled.phone}, context=context)
    except ValidationError as error:
        raise InvalidInput(faults_of(error), model=ContactRequest) from error


def fault_texts(wrong: InvalidInput) -> dict[str, str]:
    """What to write beside each wrong field, in the reader's language."""
    texts: dict[str, str] = {}
    for fault in wrong.faults:
        if fault.field == "phone":
            texts[fault.field] = gettext("Enter a phone number that can be called, such as 138 0013 8000")
        elif fault.code in {"string_too_short", "missing"}:
            texts[fault.field] = gettext("Enter the name of whoever collects")
        elif fault.code in {"string_too_long", "too_long"}:
            texts[fault.field] = gettext("Enter a shorter name: at most 60 characters")
        else:
            texts[fault.field] = gettext(fault.message, **fault.values)
    return texts


PAY_FAULT: Final = N_("Choose how you want to pay")
