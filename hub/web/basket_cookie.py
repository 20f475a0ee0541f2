"""The basket as the browser keeps it: a store, and units by SKU. No personal data, nothing to trust.

The cookie is the reader's own and unsigned: whatever stands in it is checked here for form, and against
catalogue, prices and stock wherever it is used. A cookie that is not right is an empty basket.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from hub.web.state import kernel_of
from sync.values.bounds import Sku, StoreId
from sync.web.sessions import cookie_name

MOST_BASKET_LINES: Final = 40
MOST_UNITS_OF_A_LINE: Final = 100_000
COOKIE_MAX_CHARS: Final = 3_600
"""Browsers keep 4,096 bytes of a cookie with its name and attributes (RFC 6265, section 6.1)."""
KEPT_S: Final = 14 * 86_400
_PROGRAM: Final = "omo-basket"

_Units = Annotated[int, Field(ge=1, le=MOST_UNITS_OF_A_LINE, strict=True)]
_Lines = Annotated[tuple[tuple[Sku, _Units], ...], Field(max_length=MOST_BASKET_LINES)]
_KEPT: Final[TypeAdapter[tuple[str, tuple[tuple[str, int], ...]]]] = TypeAdapter(tuple[StoreId, _Lines])


@dataclass(frozen=True, slots=True)
class Basket:
    """What somebody means to order at one store: (SKU, units) in the order of adding, each SKU once."""

    store: str = ""
    lines: tuple[tuple[str, int], ...] = ()

    @property
    def units(self) -> int:
        """All units together."""
        return sum(units for _, units in self.lines)

    def units_of(self, sku: str) -> int:
        """The units of one SKU."""
        return dict(self.lines).get(sku, 0)


EMPTY: Final = Basket()


def packed(basket: Basket) -> str:
    """A basket as text of the base64url alphabet: for the cookie and for hidden fields."""
    return base64.urlsafe_b64encode(_KEPT.dump_json((basket.store, basket.lines))).decode().rstrip("=")


def unpacked(text: str) -> Basket:
    """The basket that `packed` wrote; an empty one for anything else."""
    if not text or len(text) > COOKIE_MAX_CHARS or not text.isascii():
        return EMPTY
    try:
        store, lines = _KEPT.validate_json(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValidationError, binascii.Error, ValueError):
        return EMPTY
    units: dict[str, int] = {}
    for sku, count in lines:
        units[sku] = min(units.get(sku, 0) + count, MOST_UNITS_OF_A_LINE)
    return Basket(store, tuple(units.items())) if units else EMPTY


def fits(basket: Basket) -> bool:
    """Whether a browser can keep it."""
    return len(basket.lines) <= MOST_BASKET_LINES and len(packed(basket)) <= COOKIE_MAX_CHARS


def basket_of(request: Request) -> Basket:
    """The basket of the request's browser."""
    return unpacked(request.cookies.get(_name(request), ""))


def keep_basket(request: Request, response: Response, basket: Basket) -> None:
    """Put the basket on a response; an empty one takes the cookie away."""
    assert fits(basket)
    response.set_cookie(
        _name(request),
        packed(basket) if basket.lines else "",
        max_age=KEPT_S if basket.lines else 0,
        path="/",
        secure=is_https(request),
        httponly=True,
        samesite="lax",
    )


def is_https(request: Request) -> bool:
    """Whether customers reach the shop over HTTPS."""
    return kernel_of(request).settings.public_url.startswith("https:")


def _name(request: Request) -> str:
    """The cookie's name: cookies are shared over ports, so the port is part of it on plain HTTP."""
    server = request.scope.get("server")
    return cookie_name(_PROGRAM, https=is_https(request), port=(server[1] if server else None) or 80)
