"""The order's page for whoever holds its address: state, code, times, cancelling. No other way in."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.catalogue.pictures import picture_address
from hub.orders.ask_payment import AskPayment
from hub.orders.change_order import Cancel
from hub.orders.queries import OrderView, order_by_token, qr_of
from hub.pickup.qr_drawing import qr_svg
from hub.web.shop_frame import shop_page
from hub.web.state import kernel_of
from sync.rules.errors import Refused
from sync.web.errors import N_, Problem
from sync.web.permissions import PUBLIC
from sync.web.routes import route
from sync.web.translations import gettext, show_times_in

SECRET_PAGE: Final = {"x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer"}
SECRET_FORM: Final = {"x-robots-tag": "noindex, nofollow", "referrer-policy": "same-origin"}
"""A page without referrer sends no usable Origin with its forms; this one tells our own site only."""
_REACHED: Final = {"unpaid": 0, "pending_store": 1, "accepted": 2, "picking": 2, "ready": 3, "collected": 4}


class Step(NamedTuple):
    """One of the four steps of an order."""

    word: str
    at: datetime | None
    is_done: bool


def steps_of(order: OrderView) -> list[Step]:
    """Paid or placed, the store has it, ready, collected; none for an order that ended otherwise."""
    reached = _REACHED.get(order.stage)
    if reached is None:
        return []
    is_online = order.pay == "sandbox"
    return [
        Step(
            gettext("Paid") if is_online else gettext("Ordered"),
            order.paid_at if is_online else order.placed_at,
            reached >= 1,
        ),
        Step(gettext("Store has it"), order.accepted_at, reached >= 2),
        Step(gettext("Ready"), order.ready_at, reached >= 3),
        Step(gettext("Collected"), order.closed_at, reached >= 4),
    ]


async def order_of(request: Request) -> OrderView:
    """The order that the address names; times are shown in its store's zone.

    Raises:
        Problem: 404, the address opens nothing.
    """
    kernel = kernel_of(request)
    order = await order_by_token(kernel.reader, str(request.path_params["token"]))
    if order is None:
        raise Problem(
            404,
            "order.unknown",
            N_("There is no order at this address"),
            N_("Open the address from your order again; it may have been cut when it was copied."),
        )
    store = kernel.directory.get(order.store)
    if store is not None:
        show_times_in(store.tz)
    return order


def not_whole() -> Problem:
    """Why an order cannot be paid online just now: nobody shall pay what was paid in hours that were lost."""
    return Problem(
        503,
        "store.not_whole",
        N_("We are asking the store how this order stands"),
        N_("It may be paid already. Try again in some minutes. Nothing was charged."),
        headers={"Retry-After": "60"},
    )


def _context(request: Request, order: OrderView) -> dict[str, Any]:
    kernel = kernel_of(request)
    return {"order": order, "picture": lambda image: picture_address(kernel.settings.shop, image)}


async def order_page(request: Request) -> Response:
    """The order now."""
    kernel, order = kernel_of(request), await order_of(request)
    token = qr_of(kernel, order)
    context = {
        **_context(request, order),
        "steps": [(word, at, done) for word, at, done in steps_of(order)],
        "qr": qr_svg(token, gettext("Pickup code as a QR code")) if token else "",
        "in_reach": kernel.directory.is_in_reach(order.store),
    }
    store = kernel.directory.get(order.store)
    return shop_page(request, "orders/order.html", context, store=store, headers=SECRET_PAGE)


async def order_events(request: Request) -> Response:
    """Tells an open page that the order has changed."""
    order = await order_of(request)
    return kernel_of(request).events.response(request, [f"order:{order.token}"])


async def cancel_page(request: Request) -> Response:
    """Ask once more before cancelling."""
    kernel, order = kernel_of(request), await order_of(request)
    if not order.can_cancel:
        return RedirectResponse(f"/o/{order.token}", 303, headers=SECRET_PAGE)
    context, store = _context(request, order), kernel.directory.get(order.store)
    return shop_page(request, "orders/cancel.html", context, store=store, headers=SECRET_FORM)


async def pay_page(request: Request) -> Response:
    """What is to pay, and what happens if it is paid at the counter as well."""
    kernel, order = kernel_of(request), await order_of(request)
    if not order.can_pay_online:
        return RedirectResponse(f"/o/{order.token}", 303, headers=SECRET_PAGE)
    context, store = _context(request, order), kernel.directory.get(order.store)
    return shop_page(request, "orders/pay_online.html", context, store=store, headers=SECRET_FORM)


async def pay_online(request: Request) -> Response:
    """Ask for the money of a counter order online; one that cannot be paid so shows how it stands.

    Raises:
        Problem: 503, its store has not told all that happened; nothing changed.
    """
    kernel, order = kernel_of(request), await order_of(request)
    try:
        payment = await kernel.writer.run(AskPayment(kernel, order.token))
    except Refused as refused:
        if refused.code == "not_merged":
            raise not_whole() from refused
        return RedirectResponse(f"/o/{order.token}", 303, headers=SECRET_PAGE)
    return RedirectResponse(f"/pay/sandbox/{payment}", 303, headers=SECRET_PAGE)


async def cancel(request: Request) -> Response:
    """Cancel it, or ask its store to; an order that is closed stays as it is, and its page says how."""
    kernel, order = kernel_of(request), await order_of(request)
    try:
        await kernel.writer.run(Cancel(kernel, order.token))
    except Refused as refused:
        if refused.code != "closed":
            raise Problem(
                409, "order.refused", N_("The order cannot be cancelled now"), N_("Ask at the store.")
            ) from refused
    return RedirectResponse(f"/o/{order.token}", 303, headers=SECRET_PAGE)


ROUTES = [
    route("/o/{token}", order_page, permission=PUBLIC),
    route("/o/{token}/events", order_events, permission=PUBLIC),
    route("/o/{token}/pay", pay_page, permission=PUBLIC),
    route("/o/{token}/pay", pay_online, ["POST"], permission=PUBLIC, name="pay_order_online"),
    route("/o/{token}/cancel", cancel_page, permission=PUBLIC),
    route("/o/{token}/cancel", cancel, ["POST"], permission=PUBLIC, name="cancel_order"),
]
