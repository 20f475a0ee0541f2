"""One event's trace, for programs."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.kernel import Kernel
from hub.staff.permissions import BOARD
from hub.trace.answer import TraceAnswer, trace_answer
from hub.trace.find import Fault, NotFound, find
from hub.trace.keep_hops import HopKeeper
from hub.trace.queries import Trace, read_trace
from hub.trace.trace_id import FORMS
from hub.web.state import kernel_of
from sync.web.errors import N_, Problem
from sync.web.routes import Contract, route


async def trace_of(request: Request, text: str) -> Trace | NotFound:
    """The trace of an id; what the running hub still has in memory is in it."""
    kernel: Kernel = kernel_of(request)
    found = await find(kernel.reader, text)
    if isinstance(found, NotFound):
        return found
    keeper: HopKeeper | None = getattr(request.app.state, "hops", None)
    if keeper is not None:
        await keeper.catch_up(found.store)
    return await read_trace(kernel.reader, found, kernel.clock.now())


def problem_of(found: NotFound) -> Problem:
    """Why there is no trace, as an answer."""
    status, title, detail = PROBLEMS[found.code]
    extra = {"forms": list(FORMS), "choices": list(found.choices)}
    return Problem(
        status, f"trace.{found.code}", title, detail, values={"id": found.text, "app": found.app}, extra=extra
    )


async def show_trace(request: Request) -> Response:
    """Every hop of an event, an order or a paper."""
    trace = await trace_of(request, str(request.path_params["id"]))
    if isinstance(trace, NotFound):
        raise problem_of(trace)
    return JSONResponse(trace_answer(trace).model_dump(), headers={"cache-control": "no-store"})


DETAIL_FORMS: Final = N_(
    "An event is written STORE/SEQ or STORE/INCARNATION/SEQ, an order by its number or id, a receipt or"
    " delivery by its number, or STORE/NUMBER where several stores have the same, what the hub told a store"
    " STORE/vVERSION."
)
PROBLEMS: Final[dict[Fault, tuple[int, str, str]]] = {
    "bad_id": (422, N_("This cannot be traced"), DETAIL_FORMS),
    "unknown": (404, N_("Nothing here is called “%(id)s”"), DETAIL_FORMS),
    "ambiguous": (409, N_("Several stores have “%(id)s”"), N_("Say which store: STORE/NUMBER.")),
    "not_here_yet": (
        404,
        N_("Event %(id)s has not reached the hub"),
        N_("The hub has the store's events up to %(app)s. What comes after it is still in the store."),
    ),
    "item_gone": (
        404,
        N_("%(id)s is no longer kept"),
        N_("What the hub told a store is kept for a week, the newest of each order and SKU for longer."),
    ),
}
"""By fault: status, title, detail."""

ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/trace/{id:path}",
        show_trace,
        permission=BOARD,
        name="api_trace",
        contract=Contract(
            summary="Every hop of an event, an order or a receipt, with its time",
            answers={200: TraceAnswer},
            refusals={
                404: "Nothing is called so, or the event has not reached the hub",
                409: "Several stores have a paper of this number",
                422: "No id is written so",
            },
        ),
    ),
]
