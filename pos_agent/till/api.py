"""The till over HTTP."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from devices.printing.job import JobKind
from pos_agent.catalogue.queries import search
from pos_agent.hardware.paper_view import PaperView
from pos_agent.hardware.picture_answer import picture_answer
from pos_agent.hardware.print_once import PrintWish, print_once
from pos_agent.requests import Body, PrintBody, actor_of, answer, desk_of, till_of
from pos_agent.staff.rules import CLERK
from pos_agent.till import take_scan as tickets
from pos_agent.till.classify import MOST_CODE_CHARACTERS
from pos_agent.till.facing import facing_of
from pos_agent.till.look_up import look_up
from pos_agent.till.pay import Tendered, pay
from pos_agent.till.print_gift import print_gift
from pos_agent.till.receipt import latest_receipts, receipt_from, receipt_json, receipt_of
from pos_agent.till.receipt_document import receipt_document
from sync.web.forms import COLUMN_MAX, Line, read_json, read_query
from sync.web.routes import Contract, Endpoint, GuardedRoute, route

Text = Annotated[str, Field(min_length=1, max_length=64)]


class LineBody(Body):
    """Units of a product."""

    sku: Text
    qty: int = Field(1, ge=1, le=1_000_000)
    pieces: int = Field(1, ge=1, le=1_000_000, description="Units of each: `qty` cases of so many")


class QuantityBody(Body):
    """A line's units."""

    qty: int = Field(ge=1, le=1_000_000)


class OverrideBody(Body):
    """Why goods are sold that online orders wait for."""

    reason: Line


class PayBody(Body):
    """The money given for a ticket."""

    tender: Literal["cash"] = "cash"
    given_minor: int = Field(ge=0, le=COLUMN_MAX)
    ticket: Text
    override: OverrideBody | None = None


class GiftBody(Body):
    """Which gift receipt of a sale is wanted: one more than there are."""

    copy_number: int = Field(ge=1, le=99)


class SearchQuery(Body):
    """What is looked for; `scan`: it may be a code, which is told with the units it stands for."""

    q: str = Field("", max_length=MOST_CODE_CHARACTERS)
    scan: bool = Field(default=False, strict=False)


class LatestQuery(Body):
    """How many receipts are listed."""

    limit: int = Field(20, ge=1, le=100, strict=False)


async def get_ticket(request: Request) -> Response:
    """The till's open ticket."""
    return answer(await tickets.current_ticket(desk_of(request), till_of(request)))


async def get_facing(request: Request) -> Response:
    """What the customer's screen shows of the till's open ticket."""
    desk = desk_of(request)
    ticket = await tickets.current_ticket(desk, till_of(request))
    return answer({"names": desk.profile.names, "facing": facing_of(ticket)})


async def post_line(request: Request) -> Response:
    """Add units of a product."""
    body = await read_json(request, LineBody)
    return answer(
        await tickets.add_lines(desk_of(request), till_of(request), body.sku, body.qty, body.pieces)
    )


async def patch_line(request: Request) -> Response:
    """Change a line's units."""
    body = await read_json(request, QuantityBody)
    line = int(request.path_params["line"])
    return answer(await tickets.set_quantity(desk_of(request), till_of(request), line, body.qty))


async def delete_line(request: Request) -> Response:
    """Take a line off."""
    line = int(request.path_params["line"])
    return answer(await tickets.drop_line(desk_of(request), till_of(request), line))


async def post_clear(request: Request) -> Response:
    """Take all lines off."""
    return answer(await tickets.clear_ticket(desk_of(request), till_of(request)))


async def post_pay(request: Request) -> Response:
    """Take the money and finish the ticket."""
    body = await read_json(request, PayBody)
    tendered = Tendered(
        ticket=body.ticket,
        till=till_of(request),
        given_minor=body.given_minor,
        actor=actor_of(request),
        tender=body.tender,
        override=body.override.reason if body.override else None,
    )
    return answer(await pay(desk_of(request), tendered))


async def get_search(request: Request) -> Response:
    """Products by name, initials, SKU or digits."""
    query = read_query(request, SearchQuery)
    if query.scan:
        return answer(await look_up(desk_of(request), query.q))
    return answer({"items": await search(desk_of(request).reader, query.q)})


async def get_receipts(request: Request) -> Response:
    """The newest receipts."""
    query = read_query(request, LatestQuery)
    return answer({"receipts": await latest_receipts(desk_of(request).reader, query.limit)})


async def get_receipt(request: Request) -> Response:
    """A stored receipt, and how its paper fares."""
    kept = await receipt_of(desk_of(request).reader, str(request.path_params["number"]))
    return answer(receipt_json(kept))


async def post_reprint(request: Request) -> Response:
    """Print a receipt once more, marked as a copy; asked twice with the same request, one copy."""
    body, desk = await read_json(request, PrintBody), desk_of(request)
    number = str(request.path_params["number"])
    kept = await receipt_of(desk.reader, number)
    wish = PrintWish(body.request, {"receipt": number}, desk.at)
    (new,) = await desk.ledger.writer.run(
        lambda tx: print_once(tx, wish, lambda: [desk.papers.reprint(tx, kept.job)])
    )
    return answer({"job": new}, 202)


async def get_receipt_picture(request: Request) -> Response:
    """A receipt as its paper looks."""
    desk = desk_of(request)
    kept = await receipt_of(desk.reader, str(request.path_params["number"]))
    printer = desk.papers.printer_for(JobKind.RECEIPT)
    document = receipt_document(receipt_from(kept.content), desk.profile)
    return await picture_answer(PaperView(desk.settings, document, printer.id if printer else None))


async def post_gift(request: Request) -> Response:
    """Print a gift receipt; asked twice for the same one, it is printed once."""
    body = await read_json(request, GiftBody)
    number = str(request.path_params["number"])
    return answer({"gift_copies": await print_gift(desk_of(request), number, body.copy_number)}, 202)


Told = Mapping[int, str] | None
"""What a route may refuse: status and what it means."""


_ONCE: Final = {409: "No printer, too old, or the request printed something else"}


def routes() -> list[BaseRoute]:
    """The till's routes; the scan's own stands with the scans."""
    return [*_ticket_routes("/api/v1/till"), *_receipt_routes("/api/v1/receipts")]


def _clerks(  # a route in one line
    path: str,
    endpoint: Endpoint,
    method: str,
    summary: str,
    body: type[Body] | None = None,
    told: Told = None,
) -> GuardedRoute:
    """A route for signed-in clerks."""
    contract = Contract(summary=summary, body=body, refusals=told or {})
    return route(path, endpoint, (method,), permission=CLERK, contract=contract)


def _ticket_routes(base: str) -> list[BaseRoute]:
    """Around the open ticket."""
    pay_told = {402: "Not paid", 404: "No such ticket", 409: "Not enough on the shelf"}
    told = {404: "No such product or line", 409: "Not for sale, or the ticket is full"}
    line = f"{base}/lines/{{line:number}}"
    return [
        _clerks(f"{base}/ticket", get_ticket, "GET", "The open ticket"),
        _clerks(f"{base}/facing", get_facing, "GET", "The customer's side of the open ticket"),
        _clerks(f"{base}/lines", post_line, "POST", "Add a product", LineBody, told),
        _clerks(line, patch_line, "PATCH", "Change a line's units", QuantityBody, told),
        _clerks(line, delete_line, "DELETE", "Take a line off", None, told),
        _clerks(f"{base}/clear", post_clear, "POST", "Take all lines off"),
        _clerks(f"{base}/pay", post_pay, "POST", "Pay the ticket", PayBody, pay_told),
        route(
            f"{base}/search",
            get_search,
            permission=CLERK,
            contract=Contract(summary="Find products", query=SearchQuery),
        ),
    ]


def _receipt_routes(base: str) -> list[BaseRoute]:
    """Around receipts that were printed before."""
    told = {404: "No such receipt", 409: "No printer"}
    latest = Contract(summary="The newest receipts", query=LatestQuery)
    one = f"{base}/{{number}}"
    reprint = Contract(
        summary="Print a receipt again", body=PrintBody, answers={202: None}, refusals=told | _ONCE
    )
    return [
        route(base, get_receipts, permission=CLERK, contract=latest),
        _clerks(one, get_receipt, "GET", "A receipt", None, {404: "No such receipt"}),
        route(f"{one}/reprint", post_reprint, ("POST",), permission=CLERK, contract=reprint),
        route(
            f"{one}/gift",
            post_gift,
            ("POST",),
            permission=CLERK,
            contract=Contract(
                summary="Print a gift receipt", body=GiftBody, answers={202: None}, refusals=told
            ),
        ),
        route(f"{one}/picture", get_receipt_picture, permission=CLERK),
    ]
