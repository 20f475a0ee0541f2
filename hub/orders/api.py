"""Orders for programs: place one, follow one."""

from pydantic import BaseModel
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from hub.orders.ask_payment import AskPayment
from hub.orders.order_page import not_whole, order_of
from hub.orders.queries import OrderView, qr_of
from hub.orders.requests import Amount, Answer, OrderRequest
from hub.orders.take_order import OrderDesk
from hub.web.state import base_url_of, kernel_of, phone_context
from sync.rules.errors import Refused
from sync.values.clock import to_instant
from sync.web.errors import N_, Problem
from sync.web.forms import idempotency_key, read_json
from sync.web.permissions import PUBLIC_API
from sync.web.routes import Contract, route

NO_STORE = {"cache-control": "no-store"}


class LineState(BaseModel):
    """A line and what became of its units. `names` are keyed by locale, amounts are minor units."""

    line: int
    sku: str
    names: dict[str, str]
    qty: int
    unit_minor: int
    per: int
    amount_minor: int
    done: int
    short: int
    released: int


class OrderState(Answer):
    """An order as its buyer may see it; times are instants."""

    store: str
    payment: str
    pay: str
    paid: Amount
    placed_at: str
    ready_by: str
    expires_at: str
    accepted_at: str | None
    ready_at: str | None
    closed_at: str | None
    cancel_asked_at: str | None
    refunded: Amount
    prepaid_at: str | None
    lines: list[LineState]


class PayAddress(BaseModel):
    """Where a customer pays."""

    pay_url: str


async def place(request: Request) -> Response:
    """Place an order; the same key with the same body gets the same answer."""
    key = idempotency_key(request)
    order = await read_json(request, OrderRequest, phone_context(request))
    desk: OrderDesk = request.app.state.order_desk
    told = await desk.take(order, key, base_url_of(request))
    return Response(told, 201, headers=NO_STORE, media_type="application/json")


async def show(request: Request) -> Response:
    """The order that a token opens."""
    order = await order_of(request)
    return Response(to_json(_state(request, order)), headers=NO_STORE, media_type="application/json")


async def ask_payment(request: Request) -> Response:
    """Ask for the money of a counter order online; asking again gives the same address.

    Raises:
        Problem: 404 `order.unknown`; 409 `order.not_payable`, with why; 503 `store.not_whole`, try again
            later. Nothing changed.
    """
    order = await order_of(request)
    kernel = kernel_of(request)
    try:
        payment = await kernel.writer.run(AskPayment(kernel, order.token))
    except Refused as refused:
        if refused.code == "not_merged":
            raise not_whole() from refused
        raise Problem(
            409,
            "order.not_payable",
            N_("This order cannot be paid online now"),
            N_("It is paid, being cancelled, over, or nothing is due. Nothing was changed."),
            extra={"why": refused.code},
        ) from refused
    answer = PayAddress(pay_url=f"{base_url_of(request)}/pay/sandbox/{payment}")
    return Response(to_json(answer), 201, headers=NO_STORE, media_type="application/json")


def _state(request: Request, order: OrderView) -> OrderState:
    """An order as the API tells it."""
    base = base_url_of(request)
    optional = {
        name: to_instant(at) if at is not None else None
        for name, at in (
            ("accepted_at", order.accepted_at),
            ("ready_at", order.ready_at),
            ("closed_at", order.closed_at),
            ("cancel_asked_at", order.cancel_asked_at),
            ("prepaid_at", order.prepaid_at),
        )
    }
    return OrderState(
        id=order.id,
        number=order.number,
        state=order.stage,
        total=Amount(minor=order.total_minor, currency=order.currency),
        pickup_code=order.code,
        qr=qr_of(kernel_of(request), order),
        url=f"{base}/o/{order.token}",
        pay_url=f"{base}/pay/sandbox/{order.payment_id}" if order.payment_id else None,
        store=order.store,
        payment=order.payment,
        pay=order.pay,
        paid=Amount(minor=order.paid_minor, currency=order.currency),
        refunded=Amount(minor=order.refunded_minor, currency=order.currency),
        placed_at=to_instant(order.placed_at),
        ready_by=to_instant(order.ready_by),
        expires_at=to_instant(order.expires_at),
        lines=[
            LineState(
                line=line.line,
                sku=line.sku,
                names=dict(line.names),
                qty=line.qty,
                unit_minor=line.unit_minor,
                per=line.per,
                amount_minor=line.amount_minor,
                done=line.done,
                short=line.short,
                released=line.released,
            )
            for line in order.lines
        ],
        **optional,
    )


ROUTES = [
    route(
        "/api/v1/orders",
        place,
        ["POST"],
        permission=PUBLIC_API,
        name="api_place_order",
        contract=Contract(
            summary="Place an order",
            body=OrderRequest,
            answers={201: Answer},
            refusals={
                404: "no such store",
                409: "short of stock (code stock.short, with lines), or the same key is still at work",
                422: "an entry is wrong, a product not on sale, too many of one, or the key another order's",
                503: "the store or the service is not ready",
            },
            idempotent=True,
        ),
    ),
    route(
        "/api/v1/orders/{token}",
        show,
        permission=PUBLIC_API,
        name="api_order",
        contract=Contract(
            summary="An order by the token of its address",
            answers={200: OrderState},
            refusals={404: "no such order"},
        ),
    ),
    route(
        "/api/v1/orders/{token}/payment",
        ask_payment,
        ["POST"],
        permission=PUBLIC_API,
        name="api_pay_order_online",
        contract=Contract(
            summary="Pay a counter order online after all",
            answers={201: PayAddress},
            refusals={
                404: "no such order",
                409: "paid, being cancelled, over, or nothing is due (code order.not_payable, why)",
                503: "its store has not told all that happened, try again later (code store.not_whole)",
            },
        ),
    ),
]
