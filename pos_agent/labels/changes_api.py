"""Labels that tell an old price over HTTP, for managers: the list, printing it, ticking it off."""

from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.labels.changed_labels import BATCH, Hung, changed_labels, print_missing, tick_off
from pos_agent.requests import Body, PrintBody, answer, desk_of
from pos_agent.staff.rules import MANAGER
from sync.web.forms import COLUMN_MAX, read_json, read_query
from sync.web.routes import Contract, route

_Sku = Annotated[str, Field(min_length=1, max_length=64)]


class AfterQuery(Body):
    """Where the list goes on: shelf and SKU of the last one that was shown."""

    shelf: str = Field("", max_length=200)
    sku: str = Field("", max_length=64)


class HungBody(Body):
    """A label that hangs now; the price is the new one as the page showed it, null for goods without one."""

    sku: _Sku
    price_minor: int | None = Field(ge=0, le=COLUMN_MAX)
    per: int = Field(ge=1, le=COLUMN_MAX)


class TickBody(Body):
    """The labels to tick off."""

    lines: list[HungBody] = Field(min_length=1, max_length=BATCH)


async def get_changes(request: Request) -> Response:
    """Labels that tell an old price."""
    query = read_query(request, AfterQuery)
    return answer(await changed_labels(desk_of(request).reader, (query.shelf, query.sku)))


async def post_missing(request: Request) -> Response:
    """Print the next labels that are not on paper; asked twice with the same request, once."""
    body, desk = await read_json(request, PrintBody), desk_of(request)
    return answer({"labels": len(await print_missing(desk, body.request))}, 202)


async def post_hung(request: Request) -> Response:
    """Tick labels off; one that is off already is no fault."""
    body = await read_json(request, TickBody)
    hung = [Hung(one.sku, one.price_minor, one.per) for one in body.lines]
    return answer({"done": await tick_off(desk_of(request), hung)})


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    base = "/api/v1/labels/changes"
    listed = Contract(summary="Shelf labels that tell an old price, by shelf", query=AfterQuery)
    missing = Contract(
        summary="Print the next of them that are not on paper yet",
        body=PrintBody,
        answers={202: None},
        refusals={409: "No printer, or the request printed something else"},
    )
    hung = Contract(
        summary="Tick labels off: all or none",
        body=TickBody,
        refusals={409: "A price changed again"},
    )
    return [
        route(base, get_changes, permission=MANAGER, contract=listed),
        route(f"{base}/print", post_missing, ("POST",), permission=MANAGER, contract=missing),
        route(f"{base}/hung", post_hung, ("POST",), permission=MANAGER, contract=hung),
    ]
