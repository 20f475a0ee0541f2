"""Answers that refuse: problem documents (RFC 9457) for programs, a designed page for people.

Every refusal has a stable `code`, a title and a detail in the reader's language, and the trace id that the
log line carries. `install` puts the handlers into an application; whatever else falls is a 500 that says
nothing of the inside.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sync.web.errors import N_, InvalidInput, Problem
from sync.web.translations import gettext

MEDIA_TYPE = "application/problem+json"
API_PREFIX = "/api/"
TYPE_PREFIX = "urn:omo:problem:"
Translate = Callable[[Any], Problem]
PlaceOf = Callable[[Request], Mapping[str, Any]]
"""What an error page tells of its place: `home` (address), `home_word`, and a `product` other than ours."""
MOST_REFERER = 2_000


def wants_page(request: Request) -> bool:
    """Tell whether the caller is a person with a browser page, not a program or a script of a page."""
    if request.url.path.startswith(API_PREFIX):
        return False
    return "text/html" in request.headers.get("accept", "")


def document(problem: Problem, trace_id: str) -> dict[str, Any]:
    """Return the problem document in the language of the running request."""
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code,
        "title": gettext(problem.title, **problem.values),
        "status": problem.status,
        "code": problem.code,
        "trace_id": trace_id,
    }
    if problem.detail:
        body["detail"] = gettext(problem.detail, **problem.values)
    if isinstance(problem, InvalidInput):
        body["errors"] = [
            {"field": fault.field, "code": fault.code, "message": gettext(fault.message, **fault.values)}
            for fault in problem.faults
        ]
    return {**problem.extra, **body}


def answer_problem(request: Request, problem: Problem) -> Response:
    """Return a page for people when the application has pages, else the problem document."""
    body = document(problem, str(getattr(request.state, "trace_id", "")))
    pages = getattr(request.app.state, "pages", None) if "app" in request.scope else None
    if pages is not None and wants_page(request):
        place_of: PlaceOf = getattr(request.app.state, "place_of", _start)
        given = {"problem": body, "back": _back(request), **place_of(request)}
        answer: Response = pages.page(request, "problem.html", given, status=problem.status)
        answer.headers.update(problem.headers)
        return answer
    headers = {"cache-control": "no-store", **problem.headers}
    return Response(to_json(body), problem.status, headers=headers, media_type=MEDIA_TYPE)


def _start(_request: Request) -> Mapping[str, Any]:
    """Where a page of a program leads that says nothing else: to its start."""
    return {"home": "/", "home_word": gettext(START)}


def _back(request: Request) -> str:
    """The page of ours that the reader came from, path and query; empty where that is unknown or this one."""
    try:
        came = urlsplit(request.headers.get("referer", "")[:MOST_REFERER])
    except ValueError:
        return ""
    if came.netloc != request.headers.get("host") or not came.path.startswith("/"):
        return ""
    path = came.path + (f"?{came.query}" if came.query else "")
    return "" if path.startswith("//") or came.path == request.url.path else path


def unexpected() -> Problem:
    """Return the answer for an error that nobody foresaw."""
    return Problem(500, "unexpected", TITLE_UNEXPECTED, DETAIL_UNEXPECTED)


def from_status(error: HTTPException) -> Problem:
    """Return the problem for a status that starlette raised (404, 405, 413 …)."""
    code, title, detail = _BY_STATUS.get(
        error.status_code, ("request.refused", TITLE_REFUSED, DETAIL_REFUSED)
    )
    return Problem(error.status_code, code, title, detail, headers=error.headers)


def install(app: Starlette, translate: Mapping[type[Exception], Translate] | None = None) -> None:
    """Put the handlers into `app`.

    Args:
        app: The application.
        translate: Error of a package to the problem that tells it: `{StockShort: lambda error: Problem(409,
        …)}`.
            Also holds for subclasses.
    """

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer_problem(request, error)

    async def on_status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer_problem(request, from_status(error))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_status)
    for kind, make in (translate or {}).items():
        app.add_exception_handler(kind, _translated(make))


def _translated(make: Translate) -> Callable[[Request, Exception], Any]:
    async def on_error(request: Request, error: Exception) -> Response:
        return answer_problem(request, make(error))

    return on_error


START = N_("Go to the start page")
TITLE_UNEXPECTED = N_("Something went wrong on our side")
DETAIL_UNEXPECTED = N_("It has been written down. Try again; if it stays, tell us the number below.")
TITLE_REFUSED = N_("This request cannot be answered")
DETAIL_REFUSED = N_("Go back and try again.")

_BY_STATUS = {
    400: ("request.malformed", N_("This request could not be read"), DETAIL_REFUSED),
    404: (
        "page.missing",
        N_("There is nothing here"),
        N_("The address may be mistyped, or what it showed is gone. Go back to the start page."),
    ),
    405: (
        "method.refused",
        N_("This address does not do that"),
        N_("Open the page again and repeat it there."),
    ),
    413: (
        "body.too_large",
        N_("This is too large"),
        N_("Send less at a time. Nothing was changed."),
    ),
    415: (
        "media.refused",
        N_("This format is not understood"),
        N_("Send JSON or a form. Nothing was changed."),
    ),
}
