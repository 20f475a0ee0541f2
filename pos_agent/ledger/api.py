"""The ledger over HTTP: balances, their movements, receiving."""

from typing import Annotated, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.ledger.queries import movements_of, stock_json, stock_of
from pos_agent.ledger.receive_stock import Delivery, receive_stock
from pos_agent.ledger.rules import MOST_DOCUMENT_LINES
from pos_agent.requests import Body, actor_of, answer, desk_of
from pos_agent.staff.rules import CLERK, MANAGER
from sync.values.bounds import MOST_UNITS
from sync.web.forms import Line, read_json, read_query
from sync.web.routes import Contract, route

BODY_MAX_BYTES = 4 * 1024 * 1024


class GoodsBody(Body):
    """Units of a SKU."""

    sku: Annotated[str, Field(min_length=1, max_length=64)]
    qty: int = Field(ge=1, le=MOST_UNITS)


class ReceiveBody(Body):
    """A delivery; its reference counts once."""

    ref: Line
    reason: Literal["opening", "receive"] = "receive"
    lines: list[GoodsBody] = Field(min_length=1, max_length=MOST_DOCUMENT_LINES)


class MovementsQuery(Body):
    """Which page of movements."""

    before: Annotated[int | None, Field(ge=1, le=2**62, strict=False)] = None


async def post_receive(request: Request) -> Response:
    """Take goods in."""
    body = await read_json(request, ReceiveBody)
    desk = desk_of(request)
    delivery = Delivery(
        ref=body.ref,
        reason=body.reason,
        lines=[(line.sku, line.qty) for line in body.lines],
        at=desk.at,
        actor=actor_of(request),
    )
    booked = await desk.ledger.run(lambda book: receive_stock(book, delivery))
    told = {"ref": body.ref, "seq": booked.seq, "units": booked.units, "repeated": booked.is_repeat}
    return answer(told, 200 if booked.is_repeat else 201)


async def get_stock(request: Request) -> Response:
    """A SKU's balances."""
    stock = await stock_of(desk_of(request).reader, str(request.path_params["sku"]))
    return answer(stock_json(stock))


async def get_movements(request: Request) -> Response:
    """A SKU's movements, the newest first."""
    query = read_query(request, MovementsQuery)
    found = await movements_of(desk_of(request).reader, str(request.path_params["sku"]), query.before)
    return answer({"movements": found})


def routes() -> list[BaseRoute]:
    """The ledger's routes."""
    return [
        route(
            "/api/v1/stock/receive",
            post_receive,
            ("POST",),
            permission=MANAGER,
            max_body_bytes=BODY_MAX_BYTES,
            contract=Contract(
                summary="Take goods in",
                body=ReceiveBody,
                answers={200: None, 201: None},
                refusals={404: "Unknown goods", 409: "The reference was used for other lines"},
            ),
        ),
        route(
            "/api/v1/stock/{sku}/movements",
            get_movements,
            permission=CLERK,
            contract=Contract(summary="Why is it this many?", query=MovementsQuery),
        ),
        route(
            "/api/v1/stock/{sku}",
            get_stock,
            permission=CLERK,
            contract=Contract(summary="Balances of a SKU"),
        ),
    ]
