"""HQ's page of a trace: a field to search by, and the hops as a line of time."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hub.monitor.trouble_words import reason
from hub.monitor.words import span
from hub.staff.hq_page import hq_page
from hub.staff.permissions import BOARD
from hub.trace import words
from hub.trace.api import DETAIL_FORMS, problem_of, trace_of
from hub.trace.find import NotFound
from hub.trace.trace_id import MOST_CHARS
from hub.web.state import kernel_of
from sync.web.routes import route
from sync.web.translations import current


async def show_trace(request: Request) -> Response:
    """The trace that is asked for; without an id only the field."""
    kernel, text = kernel_of(request), request.query_params.get("id", "").strip()
    trace = await trace_of(request, text) if text else None
    problem = problem_of(trace) if isinstance(trace, NotFound) else None
    shown = None if isinstance(trace, NotFound) else trace
    store = kernel.directory.get(shown.target.store) if shown else None
    context: dict[str, Any] = {
        "asked": text[:MOST_CHARS],
        "most_chars": MOST_CHARS,
        "trace": shown,
        "store": store.name(current().tag) if store else (shown.target.store if shown else ""),
        "problem": problem,
        "forms": DETAIL_FORMS,
        "words": words,
        "span": span,
        "reason": reason,
        "now": kernel.clock.now(),
    }
    return hq_page(
        request,
        "trace/trace.html",
        context,
        status=problem.status if problem else 200,
        zone=store.tz if store else None,
    )


ROUTES: list[BaseRoute] = [route("/hq/trace", show_trace, permission=BOARD, name="hq_trace")]
