"""Calls about how stores keep in step."""

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from hub.monitor.board import meter_of, read_board
from hub.monitor.trouble_api import ROUTES as TROUBLE_ROUTES
from hub.staff.permissions import BOARD
from hub.web.state import kernel_of
from sync.values.clock import to_instant
from sync.web.routes import Contract, route


class StoreState(BaseModel):
    """How a store keeps in step.

    `older` is the program to update where hub and store share no version of the protocol: hub or store.
    `compared_at` is when the store's balances were last compared with the hub's, `differ` how many of 256
    parts differed then.
    """

    store: str
    state: str
    tone: str
    backlog: int
    lag_ms: int | None
    skew_ms: int | None
    seen_at: str | None
    oldest_unsent_at: str | None
    version: str
    verified_at: str | None
    findings: int | None
    older: str | None
    compared_at: str | None
    differ: int


class BoardAnswer(BaseModel):
    """The board in figures."""

    at: str
    stores: list[StoreState]
    in_step: int
    lag_p95_ms: int | None
    promises_at_risk: int
    oversold: int
    open_troubles: int


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
            verified_at=to_instant(tile.verified.at) if tile.verified else None,
            findings=tile.verified.findings if tile.verified else None,
            older=tile.older,
            compared_at=to_instant(tile.compared.at) if tile.compared.at else None,
            differ=tile.compared.differ,
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


ROUTES: list[BaseRoute] = [
    route(
        "/api/v1/board",
        show_board,
        permission=BOARD,
        contract=Contract(summary="How every store keeps in step", answers={200: BoardAnswer}),
    ),
    *TROUBLE_ROUTES,
]
