"""What a buyer may say when ordering, checked before anything else looks at it."""

import hashlib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from hub.stock.book import dump
from hub.web.basket_cookie import MOST_UNITS_OF_A_LINE
from sync.rules.items import MOST_LINES
from sync.values.bounds import Sku, StoreId
from sync.web.forms import Line


class LineRequest(BaseModel):
    """Units of one SKU."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: Sku
    qty: int = Field(ge=1, le=MOST_UNITS_OF_A_LINE, strict=True)


class ContactRequest(BaseModel):
    """Who collects. The phone number is kept in international form (E.164).

    Validate with the context `{"phone_region": "CN"}`: where numbers without + are from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Line, Field(max_length=60)]
    phone: str = Field(min_length=3, max_length=32)

    @field_validator("phone")
    @classmethod
    def _a_number(cls, text: str, info: ValidationInfo) -> str:
        """The number as E.164, if it can be one."""
        return international(text, (info.context or {}).get("phone_region"))


class OrderRequest(BaseModel):
    """The body of a new order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: StoreId
    lines: tuple[LineRequest, ...] = Field(min_length=1, max_length=MOST_LINES)
    contact: ContactRequest
    pay: Literal["counter", "sandbox"]
    locale: Literal["zh-CN", "en"] = "zh-CN"

    def fingerprint(self) -> str:
        """SHA-256 of the request as it was understood: tells a repeat from another order."""
        return hashlib.sha256(dump(self.model_dump(mode="json")).encode()).hexdigest()


def international(text: str, region: str | None) -> str:
    """A phone number in E.164 form; without a region it must start with +.

    Raises:
        PydanticCustomError: `phone`, it is no number of any network: a digit too few or too many is told
            here, before anybody waits for a call.
    """
    import phonenumbers  # noqa: PLC0415  # a fifth of a second that the first order pays, not the start

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise PydanticCustomError("phone", "This is not a phone number that can be called")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Amount(BaseModel):
    """Money in minor units of a currency."""

    minor: int
    currency: str


class Answer(BaseModel):
    """What a buyer is told of a new order."""

    id: str
    number: str
    state: str
    total: Amount
    pickup_code: str
    qr: str
    url: str
    pay_url: str | None = None
