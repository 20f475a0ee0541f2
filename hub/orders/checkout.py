"""The checkout: who collects, how it is paid, and the order itself, placed once however often it is sent."""

from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.catalogue.pictures import picture_address
from hub.catalogue.shop_queries import offers_at, offers_everywhere
from hub.directory import StoreFacts
from hub.orders.answers import find_answer, loaded
from hub.orders.basket import OtherStore, fitted_to, other_stores
from hub.orders.basket_pages import promised, view_basket
from hub.orders.checkout_form import PAY_FAULT, WAYS_TO_PAY, Checkout, contact_of, fault_texts, read_checkout
from hub.orders.requests import ContactRequest, LineRequest, OrderRequest
from hub.orders.take_order import OrderDesk
from hub.web.basket_cookie import EMPTY, Basket, basket_of, keep_basket, packed
from hub.web.shop_frame import shop_page, store_of
from hub.web.state import base_url_of, kernel_of, phone_context
from sync.runtime.ids import new_id
from sync.web.errors import InvalidInput, Problem
from sync.web.permissions import PUBLIC
from sync.web.routes import route
from sync.web.translations import current, gettext

KEY_PREFIX: Final = "form-"


async def checkout_page(request: Request) -> Response:
    """The form for the basket's store."""
    store, basket = store_of(request), basket_of(request)
    if basket.store != store.id:
        return RedirectResponse(f"/s/{store.id}/basket", 303)
    return await _show(request, store, Checkout(basket=basket))


async def _show(  # what a form shows again
    request: Request,
    store: StoreFacts,
    filled: Checkout,
    *,
    faults: dict[str, str] | None = None,
    said: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """The page: the form as it was filled in, what is wrong with it, and what is in the basket."""
    kernel = kernel_of(request)
    view = await view_basket(request, store, filled.basket)
    others: list[tuple[StoreFacts, OtherStore]] = []
    if any(line.is_short for line in view.lines):
        offers = await offers_everywhere(
            kernel.reader, kernel.directory, [sku for sku, _ in filled.basket.lines]
        )
        by_id = {place.id: place for place in kernel.directory.all()}
        others = [(by_id[one.store], one) for one in other_stores(filled.basket, offers, store.id)]
    context = {
        "basket": view,
        "filled": filled,
        "packed": packed(filled.basket),
        "faults": faults or {},
        "said": said,
        "others": others,
        "ready_by": promised(request, store),
        "hold_minutes": kernel.settings.shop.hold_unpaid_minutes,
        "picture": lambda image: picture_address(kernel.settings.shop, image),
    }
    page = shop_page(
        request,
        "orders/checkout.html",
        context,
        store=store,
        status=status,
        headers={"x-robots-tag": "noindex"},
    )
    if basket_of(request) != filled.basket and filled.fix:
        keep_basket(request, page, filled.basket)
    return page


async def place(request: Request) -> Response:
    """Place the order, or show the form again with what is wrong; the basket is kept until it is placed."""
    store, filled = store_of(request), await read_checkout(request)
    if not filled.basket.lines or filled.basket.store != store.id:
        return RedirectResponse(f"/s/{store.id}/basket", 303)
    if filled.fix:
        return await _fix(request, store, filled)
    try:
        contact = contact_of(filled, phone_context(request))
    except InvalidInput as wrong:
        return await _show(request, store, filled, faults=fault_texts(wrong), status=422)
    if filled.pay not in WAYS_TO_PAY:
        return await _show(request, store, filled, faults={"pay": gettext(PAY_FAULT)}, status=422)
    if await _total_changed(request, store, filled):
        return await _show(request, store, filled, said={"code": "price.changed"}, status=409)
    try:
        answer = await _take(request, filled, contact)
    except Problem as problem:
        return await _refused(request, store, filled, problem)
    return _placed(request, filled.basket, answer)


async def _take(request: Request, filled: Checkout, contact: ContactRequest) -> dict[str, Any]:
    """Place it; the same form again gets the same answer."""
    desk: OrderDesk = request.app.state.order_desk
    order = OrderRequest(
        store=filled.basket.store,
        lines=tuple(LineRequest(sku=sku, qty=qty) for sku, qty in filled.basket.lines),
        contact=contact,
        pay="sandbox" if filled.pay == "sandbox" else "counter",
        locale="zh-CN" if current().tag == "zh-CN" else "en",
    )
    told = await desk.take(order, KEY_PREFIX + filled.key, base_url_of(request))
    return loaded(told)


def _placed(request: Request, basket: Basket, answer: dict[str, Any]) -> Response:
    """To the payment or to the order's page; the basket has done its work."""
    target = urlsplit(answer["pay_url"] or answer["url"]).path
    response = RedirectResponse(target, 303)
    if basket_of(request) == basket:
        keep_basket(request, response, EMPTY)
    return response


async def _total_changed(request: Request, store: StoreFacts, filled: Checkout) -> bool:
    """Whether a new order would cost something else than what its buyer saw."""
    view = await view_basket(request, store, filled.basket)
    return str(view.total_minor) != filled.seen and await _answer_to(request, filled.key) is None


async def _answer_to(request: Request, key: str) -> dict[str, Any] | None:
    """What was answered to a form's key before."""
    return await find_answer(kernel_of(request).reader, KEY_PREFIX + key)


async def _refused(request: Request, store: StoreFacts, filled: Checkout, problem: Problem) -> Response:
    """The form again, with what happened and what to do."""
    said: dict[str, Any] = {
        "code": problem.code,
        "title": gettext(problem.title, **problem.values),
        "detail": gettext(problem.detail, **problem.values),
    }
    if problem.code == "idempotency.reused":
        earlier = await _answer_to(request, filled.key)
        said["earlier"] = urlsplit(earlier["url"]).path if earlier else ""
        filled = Checkout(
            key=new_id(), basket=filled.basket, name=filled.name, phone=filled.phone, pay=filled.pay
        )
    return await _show(request, store, filled, said=said, status=problem.status)


async def _fix(request: Request, store: StoreFacts, filled: Checkout) -> Response:
    """One tap about missing stock: take what is here, or go to another store; what was typed stays."""
    kernel = kernel_of(request)
    basket, target = filled.basket, store
    if filled.fix.startswith("move:"):
        target = kernel.directory.get(filled.fix.removeprefix("move:")) or store
        basket = Basket(target.id, basket.lines)
    elif filled.fix == "fit":
        skus = [sku for sku, _ in basket.lines]
        basket = fitted_to(basket, await offers_at(kernel.reader, kernel.directory, store, skus))
    if not basket.lines:
        answer = RedirectResponse(f"/s/{store.id}/basket", 303)
        keep_basket(request, answer, EMPTY)
        return answer
    changed = Checkout(
        basket=basket, name=filled.name, phone=filled.phone, pay=filled.pay, key=filled.key, fix=filled.fix
    )
    return await _show(request, target, changed)


ROUTES = [
    route("/s/{store}/checkout", checkout_page, permission=PUBLIC),
    route("/s/{store}/checkout", place, ["POST"], permission=PUBLIC, name="place_order"),
]
