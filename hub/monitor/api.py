"""Calls about how stores keep in step, and about troubles."""

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.monitor.board import meter_of, read_board
from hub.monitor.resolve_trouble import ResolveTrouble
from hub.staff.permissions import BOARD, HQ_API
from hub.web.state import kernel_of
from sync.rules.errors import Refused
from sync.values.clock import to_instant
from sync.web.errors import N_, Problem
from sync.web.forms import Note, read_json
from sync.web.routes import Contract, identity_of, route


class StoreState(BaseModel):
    """How a store keeps in step."""

    store: str
    state: str
    tone: str
    backlog: int
    lag_ms: int | None
    skew_ms: int | None
    seen_at: str | None
    oldest_unsent_at: str | None
    version: str


class BoardAnswer(BaseModel):
    """The board in figures."""

    at: str
    stores: list[StoreState]
    in_step: int
    lag_p95_ms: int | None
    promises_at_risk: int
    oversold: int
    open_troubles: int


class Resolution(BaseModel):
    """How a trouble was resolved."""

    model_config = ConfigDict(extra="forbid")

    note: Note = ""


async def show_board(request: Request) -> Response:
    """The board as data."""
    board = await read_board(kernel_of(request), meter_of(request))
    figures = board.figures
    stores = [
        StoreState(
            store=tile.store,
            state=tile.state.value,
            tone=tile.tone,
            backlog=tile.backlog,
            lag_ms=tile.lag_ms,
            skew_ms=tile.skew_ms,
            seen_at=to_instant(tile.seen_at) if tile.seen_at else None,
            oldest_unsent_at=to_instant(tile.oldest_unsent_at) if tile.oldest_unsent_at else None,
            version=tile.version,
        )
        for tile in board.tiles
    ]
    answer = BoardAnswer(
        at=to_instant(board.now),
        stores=stores,
        in_step=figures.in_step,
        lag_p95_ms=figures.lag_ms,
        promises_at_risk=figures.at_risk,
        oversold=figures.oversold,
        open_troubles=figures.troubles,
    )
    return JSONResponse(answer.model_dump(), headers={"cache-control": "no-store"})


async def resolve(request: Request) -> Response:
    """Resolve a trouble."""
    given = await read_json(request, Resolution)
    await resolve_trouble(request, given.note)
    return Response(status_code=204)


async def resolve_trouble(request: Request, note: str) -> None:
    """Close the trouble of the request's path.

    Raises:
        Problem: 404 `trouble.unknown`, 409 `trouble.resolved`; nothing changed.
    """
    kernel = kernel_of(request)
    number = int(request.path_params["trouble"])
    command = ResolveTrouble(number, identity_of(request).subject, note, kernel.instant())
    try:
        await kernel.writer.run(command)
    except Refused as error:
        if error.code == "resolved":
            raise Problem(
                409, "trouble.resolved", TITLE_RESOLVED, DETAIL_RESOLVED, values=error.facts
            ) from error
        raise Problem(404, "trouble.unknown", TITLE_UNKNOWN) from error
    kernel.events.publish("board", "store", {"trouble": number})


TITLE_UNKNOWN = N_("There is no such trouble")
TITLE_RESOLVED = N_("This trouble is resolved already")
DETAIL_RESOLVED = N_("%(by)s resolved it at %(at)s. Nothing was changed.")

ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/board",
        show_board,
        permission=BOARD,
        contract=Contract(summary="How every store keeps in step", answers={200: BoardAnswer}),
    ),
    route(
        "/api/v1/troubles/{trouble:number}/resolution",
        resolve,
        ["POST"],
        permission=HQ_API,
        contract=Contract(
            summary="Resolve a trouble",
            body=Resolution,
            answers={204: None},
            refusals={404: "There is no such trouble", 409: "It is resolved already"},
        ),
    ),
]
