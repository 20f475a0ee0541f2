"""HQ gives money back before a store has answered: a recorded loss, with who decided and why."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.monitor.order_detail import OrderDetail, read_order
from hub.orders.force_refund import ForceRefund
from hub.staff.permissions import HQ_API
from hub.web.state import kernel_of
from sync.rules.errors import Refused
from sync.web.errors import N_, Problem
from sync.web.forms import Line, read_json
from sync.web.routes import Contract, identity_of, route


class Forcing(BaseModel):
    """Why money is given back although the goods may be gone."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Line, StringConstraints(min_length=3)]


class Forced(BaseModel):
    """What was given back, minor units."""

    order: str
    minor: int
    currency: str


async def order_detail(request: Request) -> OrderDetail:
    """The order that the address names.

    Raises:
        Problem: 404 `order.unknown`.
    """
    detail = await read_order(kernel_of(request).reader, str(request.path_params["order"])[:64])
    if detail is None:
        raise Problem(
            404, "order.unknown", N_("There is no such order"), N_("Look for it by number, code or phone.")
        )
    return detail


async def force_refund(request: Request, given: Forcing) -> Forced:
    """Give back now.

    Raises:
        Problem: 404 `order.unknown`; 409 `refund.refused` with why; nothing changed.
    """
    kernel, detail = kernel_of(request), await order_detail(request)
    order, who = detail.order, identity_of(request).subject
    try:
        minor = await kernel.writer.run(ForceRefund(kernel, order.id, who, given.reason))
    except Refused as refused:
        raise Problem(
            409,
            "refund.refused",
            N_("No refund can be forced for this order"),
            _WHY.get(refused.code, ""),
            extra={"why": refused.code},
        ) from refused
    kernel.events.publish("board", "store", {"order": order.id})
    return Forced(order=order.number, minor=minor, currency=order.currency)


_WHY = {
    "closed": N_("Its store has answered: what is due goes back by itself. Nothing was changed."),
    "not_cancelling": N_("Nobody has asked to cancel it. Cancel it first. Nothing was changed."),
    "nothing_paid": N_("No money paid online is left on it. Nothing was changed."),
}


async def by_program(request: Request) -> Response:
    """For programs."""
    forced = await force_refund(request, await read_json(request, Forcing))
    return JSONResponse(forced.model_dump(), headers={"cache-control": "no-store"})


ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/hq/orders/{order}/refund",
        by_program,
        ["POST"],
        permission=HQ_API,
        name="api_force_refund",
        contract=Contract(
            summary="Give money back before the store has answered, as a recorded loss",
            body=Forcing,
            answers={200: Forced},
            refusals={
                404: "no such order",
                409: "not being cancelled, answered already, or nothing left (code refund.refused, why)",
                422: "no reason",
            },
        ),
    ),
]
