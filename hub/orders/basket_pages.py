"""The basket: look at it, add, change, take out; one store at a time."""

from datetime import datetime, timedelta
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.catalogue.pictures import picture_address
from hub.catalogue.product_page import show_product, unknown_product
from hub.catalogue.shop_queries import offers_at, skus_by_name
from hub.catalogue.shop_values import SoldSku
from hub.directory import StoreFacts
from hub.orders.basket import BasketFull, BasketView, added, view_of, with_units
from hub.orders.rules import ready_by
from hub.web.basket_cookie import EMPTY, MOST_UNITS_OF_A_LINE, Basket, basket_of, keep_basket
from hub.web.shop_frame import shop_page, store_of, store_view
from hub.web.state import kernel_of
from sync.values.bounds import Sku
from sync.web.errors import InvalidInput
from sync.web.forms import read_form
from sync.web.permissions import PUBLIC
from sync.web.routes import route


class Adding(BaseModel):
    """The form of a product's page. `instead`: what to do with a basket of another store."""

    model_config = ConfigDict(extra="ignore")

    sku: Sku
    qty: int = Field(1, ge=1, le=MOST_UNITS_OF_A_LINE)
    instead: str = Field("", max_length=8)


class Changing(BaseModel):
    """The form of a basket line: the new number, and one more or less when a button was pressed."""

    model_config = ConfigDict(extra="ignore")

    sku: Sku
    qty: int = Field(ge=0, le=MOST_UNITS_OF_A_LINE)
    step: int = Field(0, ge=-1, le=1)


async def view_basket(request: Request, store: StoreFacts, basket: Basket) -> BasketView:
    """A basket priced and compared with a store's stock, now."""
    kernel, skus = kernel_of(request), [sku for sku, _ in basket.lines]
    sold = await skus_by_name(kernel.reader, skus)
    offers = await offers_at(kernel.reader, kernel.directory, store, skus)
    return view_of(basket, sold, offers, store.currency)


def promised(request: Request, store: StoreFacts) -> datetime:
    """When an order placed now would be ready, aware UTC."""
    lead = timedelta(minutes=int(store.settings.get("pickup", {}).get("lead_minutes", 30)))
    return ready_by(kernel_of(request).clock.now(), store.hours, store.zone, lead)


async def basket_page(request: Request) -> Response:
    """What is in the basket."""
    store = store_of(request)
    basket = basket_of(request)
    held_for = kernel_of(request).directory.get(basket.store)
    if held_for is not None and held_for.id != store.id:
        return RedirectResponse(f"/s/{held_for.id}/basket", 303)
    return await _show(request, store, basket)


async def _show(
    request: Request, store: StoreFacts, basket: Basket, *, fault: str = "", status: int = 200
) -> Response:
    """The page of a basket."""
    kernel = kernel_of(request)
    view = await view_basket(request, store, basket)
    context = {
        "basket": view,
        "most": kernel.settings.shop.most_units,
        "ready_by": promised(request, store),
        "fault": fault,
        "picture": lambda image: picture_address(kernel.settings.shop, image),
    }
    return shop_page(request, "orders/basket.html", context, store=store, status=status)


async def add(request: Request) -> Response:
    """Put units of a SKU into the basket; a basket of another store is asked about first."""
    store, kernel = store_of(request), kernel_of(request)
    try:
        asked = await read_form(request, Adding)
    except InvalidInput as wrong:
        sku = _sku_of_wrong_units(wrong)
        if sku is None:
            raise
        return await show_product(request, sku, fault="qty", status=422)
    sold = (await skus_by_name(kernel.reader, [asked.sku])).get(asked.sku)
    if sold is None:
        raise unknown_product()
    basket = basket_of(request)
    other = kernel.directory.get(basket.store)
    if other is not None and other.id != store.id:
        if asked.instead not in {"move", "empty"}:
            return _ask_which(request, store, other, sold, asked)
        basket = Basket(store.id, basket.lines) if asked.instead == "move" else EMPTY
    elif other is None:
        basket = EMPTY
    try:
        basket = added(basket, store.id, asked.sku, asked.qty, kernel.settings.shop.most_units)
    except BasketFull:
        return await _show(request, store, basket, fault="full", status=409)
    answer = RedirectResponse(f"/s/{store.id}/p/{quote(asked.sku, safe='')}?added=1", 303)
    keep_basket(request, answer, basket)
    return answer


def _sku_of_wrong_units(wrong: InvalidInput) -> str | None:
    """The SKU of a form in which the number of units alone is wrong: its page can mark it."""
    sku = wrong.given.get("sku")
    return sku if {fault.field for fault in wrong.faults} == {"qty"} and isinstance(sku, str) else None


def _ask_which(
    request: Request, store: StoreFacts, other: StoreFacts, sold: SoldSku, asked: Adding
) -> Response:
    """The basket belongs to another store: move it, or start a new one."""
    context = {"sold": sold, "asked": asked, "other": store_view(request, other)}
    return shop_page(request, "orders/other_store.html", context, store=store, status=409)


async def change(request: Request) -> Response:
    """Set the units of a line; none takes it out."""
    store = store_of(request)
    basket = basket_of(request)
    try:
        asked = await read_form(request, Changing)
    except InvalidInput as wrong:
        sku = _sku_of_wrong_units(wrong)
        if sku is None or basket.store != store.id or not basket.units_of(sku):
            raise
        return await _show(request, store, basket, fault=f"qty:{sku}", status=422)
    answer = RedirectResponse(f"/s/{store.id}/basket", 303)
    if basket.store != store.id or not basket.units_of(asked.sku):
        return answer
    most = kernel_of(request).settings.shop.most_units
    keep_basket(request, answer, with_units(basket, asked.sku, asked.qty + asked.step, most))
    return answer


async def to_basket(request: Request) -> Response:
    """Somebody opened the address of a form: show the basket."""
    return RedirectResponse(f"/s/{store_of(request).id}/basket", 303)


ROUTES = [
    route("/s/{store}/basket", basket_page, permission=PUBLIC),
    route("/s/{store}/basket/add", add, ["POST"], permission=PUBLIC),
    route("/s/{store}/basket/change", change, ["POST"], permission=PUBLIC),
    route("/s/{store}/basket/{form:path}", to_basket, permission=PUBLIC),
]
