"""The hub's check of its own books: asking for one, and how the latest came out."""

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.staff.permissions import BOARD, HQ_API
from hub.stock.self_check import AskCheck, latest_check, today_of
from hub.web.state import kernel_of
from sync.rules.errors import Refused
from sync.web.errors import N_, Problem
from sync.web.routes import Contract, identity_of, route


class CheckAnswer(BaseModel):
    """The latest check: waiting, running, done or cut (`none` where there never was one).

    `by` is empty for the night's own. `counted` says how much was looked at; `told` are the findings, at
    most a hundred, in English; each is an exception too.
    """

    state: str
    by: str = ""
    asked_at: str = ""
    finished_at: str = ""
    took_ms: int = 0
    counted: dict[str, int] = {}
    findings: int = 0
    told: list[str] = []


async def show_check(request: Request) -> Response:
    """How the latest check came out."""
    latest = await latest_check(kernel_of(request))
    answer = CheckAnswer(state="none")
    if latest is not None:
        names = ("state", "by", "asked_at", "finished_at", "took_ms", "counted", "findings")
        values = {name: getattr(latest, name) for name in names}
        answer = CheckAnswer(**values, told=list(latest.told))
    return JSONResponse(answer.model_dump(), headers={"cache-control": "no-store"})


async def ask(request: Request) -> Response:
    """Ask for a check."""
    await ask_check(request)
    return Response(status_code=202)


async def ask_check(request: Request) -> None:
    """Ask for a check in the name of the caller; it begins within seconds.

    Raises:
        Problem: 409 `check.running`; nothing changed.
    """
    kernel = kernel_of(request)
    command = AskCheck(identity_of(request).subject, kernel.instant(), today_of(kernel))
    try:
        await kernel.writer.run(command)
    except Refused as error:
        raise Problem(409, "check.running", TITLE_RUNNING, DETAIL_RUNNING) from error
    kernel.events.publish("board", "store", {})


TITLE_RUNNING = N_("The books are being checked already")
DETAIL_RUNNING = N_("Wait for that check to end; its result appears on the exceptions page.")

ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/verify",
        show_check,
        permission=BOARD,
        name="api_check",
        contract=Contract(
            summary="How the latest check of the hub's books came out", answers={200: CheckAnswer}
        ),
    ),
    route(
        "/api/v1/verify",
        ask,
        ["POST"],
        permission=HQ_API,
        name="api_ask_check",
        contract=Contract(
            summary="Check the hub's books now",
            answers={202: None},
            refusals={409: "a check waits or runs already"},
        ),
    ),
]
