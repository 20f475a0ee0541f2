"""HQ's board and its list of orders. Pages are views: pushed events only make them read again."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, StringConstraints
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hub.monitor import trouble_words, words
from hub.monitor.board import meter_of, read_board
from hub.monitor.device_pages import ROUTES as DEVICE_ROUTES
from hub.monitor.order_search import MOST, find_orders
from hub.monitor.rules import Tone
from hub.monitor.trouble_pages import ROUTES as TROUBLE_ROUTES
from hub.monitor.trouble_pages import facts_told, goods_path
from hub.monitor.trouble_queries import moment
from hub.orders.rules import Stage
from hub.staff.hq_page import hq_page
from hub.staff.permissions import BOARD
from hub.web.state import kernel_of
from sync.web.errors import N_, InvalidInput
from sync.web.forms import read_query
from sync.web.routes import route
from sync.web.translations import current

STAGE_WORDS: Final[dict[Stage, tuple[Tone, str]]] = {
    "unpaid": ("info", N_("waits for payment")),
    "pending_store": ("warn", N_("waits for the store")),
    "accepted": ("info", N_("accepted")),
    "picking": ("info", N_("picking")),
    "ready": ("ok", N_("ready")),
    "collected": ("ok", N_("collected")),
    "short": ("bad", N_("short")),
    "cancelled": ("info", N_("cancelled")),
    "expired": ("warn", N_("expired")),
}
PAYMENT_WORDS: Final = {
    "unpaid": N_("not paid"),
    "pending": N_("payment under way"),
    "paid": N_("paid"),
    "refund_due": N_("refund due"),
    "refunded": N_("refunded"),
}


class OrderQuery(BaseModel):
    """What is looked for."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    stage: Literal["", Stage] = ""
    store: Annotated[str, StringConstraints(max_length=32)] = ""


async def show_board(request: Request) -> Response:
    """The board."""
    kernel = kernel_of(request)
    board = await read_board(kernel, meter_of(request))
    names = {store.id: store.name(current().tag) for store in kernel.directory.all()}
    context: dict[str, Any] = {
        "board": board,
        "names": names,
        "words": words,
        "trouble_words": trouble_words,
        "facts_told": facts_told,
        "goods_path": goods_path,
        "moment": moment,
    }
    return hq_page(request, "monitor/board.html", context)


async def board_events(request: Request) -> Response:
    """Tells open boards that something changed."""
    return kernel_of(request).events.response(request, ["board"])


async def show_orders(request: Request) -> Response:
    """Orders found."""
    kernel = kernel_of(request)
    try:
        query, status = read_query(request, OrderQuery), 200
    except InvalidInput:
        query, status = OrderQuery(), 422
    orders = await find_orders(kernel.reader, query.q, query.stage, query.store)
    stores = {store.id: store.name(current().tag) for store in kernel.directory.all()}
    context: dict[str, Any] = {
        "query": query,
        "orders": orders,
        "stores": stores,
        "stages": STAGE_WORDS,
        "payments": PAYMENT_WORDS,
        "most": MOST,
        "now": kernel.clock.now(),
        "is_wrong": status == 422,
    }
    return hq_page(request, "monitor/orders.html", context, status=status)


ROUTES: list[BaseRoute] = [
    route("/hq", show_board, permission=BOARD),
    route("/hq/events", board_events, permission=BOARD),
    *TROUBLE_ROUTES,
    *DEVICE_ROUTES,
    route("/hq/orders", show_orders, permission=BOARD),
]
