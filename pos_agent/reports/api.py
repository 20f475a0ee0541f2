"""X and Z reports over HTTP, for managers: who counts a drawer blind must not read what it should hold."""

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from devices.printing.document import Document
from devices.printing.job import JobKind
from pos_agent.desk import Desk
from pos_agent.hardware.paper_view import PaperView
from pos_agent.hardware.papers import shown_state
from pos_agent.hardware.picture_answer import picture_answer
from pos_agent.reports.close_till import Closing, close_till, look_at_till, print_again, print_look
from pos_agent.reports.queries import KeptReport, latest_reports, report_of
from pos_agent.requests import Body, PrintBody, RequestId, actor_of, answer, desk_of, till_of
from pos_agent.staff.rules import MANAGER
from sync.web.forms import read_json, read_query
from sync.web.routes import Contract, Endpoint, GuardedRoute, route

_TILL = r"^[A-Za-z0-9]{1,8}$"


class TillQuery(Body):
    """Which till; the caller's own where none is named."""

    till: str | None = Field(None, pattern=_TILL)


class PictureQuery(TillQuery):
    """`look` counts a page's looks, so that no browser shows an older picture."""

    look: int = Field(0, ge=0, strict=False)


class CloseBody(Body):
    """A closing, or a look on paper; `request` is new for each wish and the same for each try of it."""

    till: str | None = Field(None, pattern=_TILL)
    request: RequestId


def _view(desk: Desk, document: Document) -> PaperView:
    printer = desk.papers.printer_for(JobKind.REPORT)
    return PaperView(desk.settings, document, printer.id if printer else None)


async def _look(request: Request, form: type[TillQuery] = TillQuery) -> PaperView:
    desk, query = desk_of(request), read_query(request, form)
    document = await look_at_till(desk, query.till or till_of(request), actor_of(request))
    return _view(desk, document)


async def _kept(request: Request) -> KeptReport:
    return await report_of(desk_of(request).reader, str(request.path_params["report"])[:64])


async def _closing(request: Request) -> Closing:
    body = await read_json(request, CloseBody)
    return Closing(till=body.till or till_of(request), actor=actor_of(request), request=body.request)


async def get_x(request: Request) -> Response:
    """What a till took since its last Z, as its paper reads."""
    return answer({"text": (await _look(request)).text(), "tills": list(desk_of(request).settings.tills)})


async def get_x_picture(request: Request) -> Response:
    """The same as a picture."""
    return await picture_answer(await _look(request, PictureQuery))


async def post_x(request: Request) -> Response:
    """Print it; nothing is closed."""
    wish = await _closing(request)
    return answer({"job": await print_look(desk_of(request), wish)}, 202)


async def post_z(request: Request) -> Response:
    """Close a till; the same request closes once."""
    desk, closing = desk_of(request), await _closing(request)
    kept = await report_of(desk.reader, await close_till(desk, closing))
    return answer(_told(desk, kept), 201)


async def get_zs(request: Request) -> Response:
    """The newest closings of all tills."""
    reports = await latest_reports(desk_of(request).reader)
    return answer({"reports": [kept.as_json() for kept in reports]})


async def get_z(request: Request) -> Response:
    """A closing as its paper reads, and how the paper fares."""
    return answer(_told(desk_of(request), await _kept(request)))


async def get_z_picture(request: Request) -> Response:
    """A closing as a picture."""
    kept = await _kept(request)
    return await picture_answer(_view(desk_of(request), Document.from_json(kept.document)))


async def post_reprint(request: Request) -> Response:
    """Print a closing once more, marked as a copy; asked twice with the same request, one copy."""
    body, report = await read_json(request, PrintBody), str(request.path_params["report"])[:64]
    return answer({"job": await print_again(desk_of(request), report, body.request)}, 202)


def _told(desk: Desk, kept: KeptReport) -> dict[str, object]:
    text = _view(desk, Document.from_json(kept.document)).text()
    return {**kept.as_json(), "printed": shown_state(kept.state), "text": text}


def _managers(path: str, endpoint: Endpoint, contract: Contract, method: str = "GET") -> GuardedRoute:
    return route(f"/api/v1/reports/{path}", endpoint, (method,), permission=MANAGER, contract=contract)


def routes() -> list[BaseRoute]:
    """The routes of this module."""
    till, report = {404: "No such till"}, {404: "No such report"}
    x = Contract(summary="What a till took since its last Z report", query=TillQuery, refusals=till)
    x_picture = Contract(summary="The same as a picture (image/png)", query=PictureQuery, refusals=till)
    no_printer = {409: "No printer, or the request printed something else"}
    x_print = Contract(
        summary="Print an X report", body=CloseBody, answers={202: None}, refusals=till | no_printer
    )
    close = Contract(
        summary="Close a till: its Z report",
        body=CloseBody,
        answers={201: None},
        refusals=till | {409: "This request closed another till"},
    )
    again = Contract(
        summary="Print a Z report again", body=PrintBody, answers={202: None}, refusals=report | no_printer
    )
    return [
        _managers("x", get_x, x),
        _managers("x/picture", get_x_picture, x_picture),
        _managers("x/print", post_x, x_print, "POST"),
        _managers("z", get_zs, Contract(summary="The newest Z reports")),
        _managers("z", post_z, close, "POST"),
        _managers("z/{report}", get_z, Contract(summary="A Z report", refusals=report)),
        _managers(
            "z/{report}/picture",
            get_z_picture,
            Contract(summary="A Z report as a picture (image/png)", refusals=report),
        ),
        _managers("z/{report}/reprint", post_reprint, again, "POST"),
    ]
