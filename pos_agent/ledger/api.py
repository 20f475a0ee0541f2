"""The ledger over HTTP: balances, their movements, receiving, what is frozen after a loss."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.ledger.explain import cursor_of, explain
from pos_agent.ledger.frozen import MOST_NAMED, accept, frozen_page
from pos_agent.ledger.queries import movements_of, stock_json, stock_of
from pos_agent.ledger.receive_stock import Delivery, receive_stock
from pos_agent.ledger.rules import MOST_DOCUMENT_LINES
from pos_agent.requests import Body, actor_of, answer, desk_of
from pos_agent.staff.rules import CLERK, MANAGER
from sync.rules.errors import Refused
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


class AcceptBody(Body):
    """Whose told balances are taken for true: some SKUs, or all that are frozen."""

    skus: list[Annotated[str, Field(min_length=1, max_length=64)]] | None = Field(
        None, min_length=1, max_length=MOST_NAMED
    )
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.skus is None) == (self.all is None):
            msg = "give either skus or all"
            raise ValueError(msg)
        return self


class FrozenQuery(Body):
    """Which page of frozen SKUs: those after this one."""

    after: Annotated[str, Field(max_length=64)] = ""


class MovementsQuery(Body):
    """Which page of movements."""

    before: Annotated[int | None, Field(ge=1, le=2**62, strict=False)] = None


class WhyQuery(Body):
    """Which page of movements: `before` as the page before it said, event-line."""

    before: Annotated[str, Field(pattern=r"^$|^[0-9]{1,15}-[0-9]{1,6}$")] = ""


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


async def get_frozen(request: Request) -> Response:
    """What is frozen after a loss."""
    query = read_query(request, FrozenQuery)
    return answer(await frozen_page(desk_of(request).reader, query.after))


async def post_accept(request: Request) -> Response:
    """A manager takes told balances for true."""
    body = await read_json(request, AcceptBody)
    return answer(await accept(desk_of(request), body.skus, actor_of(request)))


async def get_stock(request: Request) -> Response:
    """A SKU's balances."""
    stock = await stock_of(desk_of(request).reader, str(request.path_params["sku"]))
    return answer(stock_json(stock))


async def get_movements(request: Request) -> Response:
    """A SKU's movements, the newest first."""
    query = read_query(request, MovementsQuery)
    found = await movements_of(desk_of(request).reader, str(request.path_params["sku"]), query.before)
    return answer({"movements": found})


async def get_why(request: Request) -> Response:
    """Why is it this many?"""
    query, sku = read_query(request, WhyQuery), str(request.path_params["sku"])
    found = await explain(desk_of(request).reader, sku, cursor_of(query.before))
    if found is None:
        raise Refused("unknown_sku", sku=sku)
    return answer(found)


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
                refusals={404: "Unknown goods", 409: "The reference was used before"},
            ),
        ),
        route(
            "/api/v1/frozen",
            get_frozen,
            permission=CLERK,
            contract=Contract(
                summary="Products frozen after a loss, until counted or accepted: how many, and which",
                query=FrozenQuery,
            ),
        ),
        route(
            "/api/v1/stock/accept",
            post_accept,
            ("POST",),
            permission=MANAGER,
            contract=Contract(
                summary="Take told balances for true; `left` above 0: call again",
                body=AcceptBody,
                refusals={409: "None of them is frozen, or another machine serves the store"},
            ),
        ),
        route(
            "/api/v1/stock/{sku:path}/why",
            get_why,
            permission=MANAGER,
            contract=Contract(
                summary="Why is it this many? The number now and the movements behind it",
                query=WhyQuery,
                refusals={404: "Unknown goods"},
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
