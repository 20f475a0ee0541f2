"""HQ's page of one order."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from hub.monitor import trouble_words
from hub.monitor.order_detail import OrderDetail
from hub.monitor.pages import PAYMENT_WORDS, STAGE_WORDS
from hub.monitor.refund_api import Forcing, force_refund, order_detail
from hub.monitor.rules import Tone
from hub.monitor.trouble_pages import facts_told
from hub.orders.rules import masked
from hub.staff.hq_page import hq_page
from hub.staff.permissions import BOARD
from hub.web.state import kernel_of
from sync.web.errors import N_, InvalidInput
from sync.web.forms import read_form
from sync.web.permissions import HQ
from sync.web.routes import route
from sync.web.translations import current, gettext

PROVIDER_WORDS: Final = {
    "sandbox": N_("online"),
    "till-cash": N_("cash at the counter"),
    "till-card": N_("card at the counter"),
    "till-sandbox": N_("online"),
}
REFERENCE_WORDS: Final = {
    "refund": N_("units not handed over"),
    "late": N_("came too late"),
    "double_paid": N_("paid twice"),
    "surplus": N_("paid twice"),
    "forced": N_("forced by HQ"),
    "recovered": N_("told by the store's log"),
}
PAID_WORDS: Final[dict[str, tuple[Tone, str]]] = {
    "pending": ("warn", N_("under way")),
    "captured": ("ok", N_("money received")),
    "failed": ("info", N_("failed")),
    "refunded": ("info", N_("given back")),
}


async def show_order(request: Request) -> Response:
    """The order that the address names by number or id, in times of its store."""
    return await _shown(request)


async def give_back(request: Request) -> Response:
    """Give money back before the store has answered; without a reason the order's page asks again."""
    try:
        given = await read_form(request, Forcing)
    except InvalidInput:
        return await _shown(request, NO_REASON, 422)
    forced = await force_refund(request, given)
    return RedirectResponse(f"/hq/orders/{forced.order}", 303)


async def _shown(request: Request, fault: str = "", status: int = 200) -> Response:
    """The order's page, and what was wrong with what was asked on it."""
    detail = await order_detail(request)
    kernel, order = kernel_of(request), detail.order
    store = kernel.directory.get(order.store)
    context: dict[str, Any] = {
        "detail": detail,
        "order": order,
        "store": order.store if store is None else store.name(current().tag),
        "contact": masked(order.name),
        "stage": STAGE_WORDS[order.stage],  # type: ignore[index]  # the table's own constraint
        "payment": PAYMENT_WORDS[order.payment],
        "paid_where": _paid_where(detail),
        "provider": _provider,
        "paid_words": PAID_WORDS,
        "trouble_words": trouble_words,
        "facts_told": facts_told,
        "in_reach": kernel.directory.is_in_reach(order.store),
        "reference": _reference,
        "now": kernel.clock.now(),
        "refund_fault": gettext(fault) if fault else "",
    }
    zone = store.tz if store else None
    return hq_page(request, "monitor/order.html", context, zone=zone, status=status)


def _paid_where(detail: OrderDetail) -> str:
    """Where the money was taken that was not given back; where it is to be paid while there is none."""
    online, till = detail.left_minor > 0, detail.till_minor > 0
    if online and till:
        return gettext("online and at the counter")
    is_counter = till or (not online and detail.order.pay == "counter")
    return gettext("at the counter") if is_counter else gettext("online")


def _provider(name: str) -> str:
    """How money was paid."""
    return gettext(PROVIDER_WORDS[name]) if name in PROVIDER_WORDS else name.replace("-", " ")


def _reference(text: str) -> str:
    """A payment's reference: the provider's, the receipt's, or why the hub gave money back."""
    return gettext(REFERENCE_WORDS[text]) if text in REFERENCE_WORDS else text


async def order_events(request: Request) -> Response:
    """Tells an open page that the order changed."""
    detail = await order_detail(request)
    return kernel_of(request).events.response(request, [f"order:{detail.order.token}"])


NO_REASON: Final = N_("Write the reason, at least 3 characters: it stays on record. Nothing was given back.")
ROUTES: list[BaseRoute] = [
    route("/hq/orders/{order}", show_order, permission=BOARD),
    route("/hq/orders/{order}/refund", give_back, ["POST"], permission=HQ, name="hq_force_refund"),
    route("/hq/orders/{order}/events", order_events, permission=BOARD),
]
