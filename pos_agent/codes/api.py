"""Unknown codes over HTTP, for managers."""

from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from pos_agent.codes.keep import CHANNEL
from pos_agent.codes.name_code import dismiss, name_code, take_back
from pos_agent.codes.queries import codes_csv, codes_json
from pos_agent.codes.rules import MOST_PIECES
from pos_agent.desk import Desk
from pos_agent.requests import Body, actor_of, answer, desk_of
from pos_agent.staff.rules import MANAGER
from sync.web.forms import read_json
from sync.web.routes import Contract, route

Text = Annotated[str, Field(min_length=1, max_length=64)]


class NameBody(Body):
    """What a code is: goods, and how many units of them it stands for."""

    sku: Text
    pieces: int = Field(1, ge=1, le=MOST_PIECES)


async def get_codes(request: Request) -> Response:
    """Unknown and named codes."""
    return answer(await codes_json(desk_of(request).reader))


async def get_csv(request: Request) -> Response:
    """The same as a file."""
    headers = {"content-disposition": 'attachment; filename="codes.csv"', "cache-control": "no-store"}
    text = await codes_csv(desk_of(request).reader)
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


async def post_name(request: Request) -> Response:
    """Say what a code is."""
    body = await read_json(request, NameBody)
    desk, code = desk_of(request), int(request.path_params["code"])
    at, actor = desk.at, actor_of(request)
    await desk.ledger.writer.run(lambda tx: name_code(tx, code, (body.sku, body.pieces), at, actor))
    return await _changed(desk)


async def post_dismiss(request: Request) -> Response:
    """The code is nothing of ours."""
    desk, code = desk_of(request), int(request.path_params["code"])
    await desk.ledger.writer.run(lambda tx: dismiss(tx, code))
    return await _changed(desk)


async def post_take_back(request: Request) -> Response:
    """What was said of a code does not hold any more."""
    desk, alias = desk_of(request), int(request.path_params["alias"])
    await desk.ledger.writer.run(lambda tx: take_back(tx, alias))
    return await _changed(desk)


async def _changed(desk: Desk) -> Response:
    desk.screens.publish(CHANNEL, "codes", {})
    return answer(await codes_json(desk.reader))


def routes() -> list[BaseRoute]:
    """The routes of this area."""
    told = {
        404: "Not on the list any more, or no such goods",
        409: "The catalogue has it, or the list is full",
    }
    gone = {404: "Not on the list any more"}
    base = "/api/v1/codes"
    posts = (
        (
            f"{base}/{{code:number}}/name",
            post_name,
            Contract(summary="Say what a code is", body=NameBody, refusals=told),
        ),
        (
            f"{base}/{{code:number}}/dismiss",
            post_dismiss,
            Contract(summary="Dismiss an unknown code", refusals=gone),
        ),
        (
            f"{base}/named/{{alias:number}}/take-back",
            post_take_back,
            Contract(summary="Forget what was said of a code", refusals=gone),
        ),
    )
    return [
        route(base, get_codes, permission=MANAGER, contract=Contract(summary="Unknown codes")),
        route(f"{base}.csv", get_csv, permission=MANAGER, name="codes.csv"),
        *(route(path, act, ("POST",), permission=MANAGER, contract=told) for path, act, told in posts),
    ]
